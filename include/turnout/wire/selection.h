/* The part of a snapshot that a reader asks for: `?fields=voted,percent` and `?level=province`. */
#ifndef TURNOUT_WIRE_SELECTION_H
#define TURNOUT_WIRE_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/register.h>

/* As it stands, zeroed, everything that the snapshot has without a selection. */
struct selection {
    uint32_t fields; /* a bit a field; 0: those of the document */
    uint32_t levels; /* a bit a level (enum area_level); 0: all */
};

/* Reads names, separated by commas. The code is always among the fields. TURNOUT_BAD_INPUT for a name that is none, with it and
 * the parameter in *error. */
enum turnout_error selection_read_fields(const char *names, struct selection *selection, struct error *error);
enum turnout_error selection_read_levels(const char *names, struct selection *selection, struct error *error);

bool selection_is_all(const struct selection *selection);
bool selection_has_level(const struct selection *selection, enum area_level level);

#endif
