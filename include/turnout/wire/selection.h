/* A part of the snapshot: `?fields=voted,percent` and `?level=province`. */
#ifndef TURNOUT_WIRE_SELECTION_H
#define TURNOUT_WIRE_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/register.h>

/* Zeroed, it selects the whole snapshot. */
struct selection {
    uint32_t fields; /* one bit a field; 0: the document's */
    uint32_t levels; /* one bit a level (enum area_level); 0: all */
};

/* Parse names separated by commas. The code is always among the fields. TURNOUT_BAD_INPUT for an unknown name; *error
 * has it and the parameter. */
enum turnout_error selection_read_fields(const char *names, struct selection *selection, struct error *error);
enum turnout_error selection_read_levels(const char *names, struct selection *selection, struct error *error);

bool selection_is_all(const struct selection *selection);
bool selection_has_level(const struct selection *selection, enum area_level level);

#endif
