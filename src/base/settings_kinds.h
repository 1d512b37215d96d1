/* What the value of a setting may be, by its kind. */
#ifndef TURNOUT_BASE_SETTINGS_KINDS_H
#define TURNOUT_BASE_SETTINGS_KINDS_H

#include <turnout/base/settings.h>

/* Puts a value into its member of the target. The error says what the value must be. */
enum turnout_error setting_read(const struct setting *setting, const char *text, void *target,
                                struct error *error);

/* Two lines of --help. */
void setting_print_help(const struct setting *setting, FILE *out);

#endif
