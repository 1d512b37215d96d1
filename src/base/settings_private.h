/* What the parts of settings share: settings.c keeps the values, settings_read.c gathers them, and settings_kinds.c
 * knows what each may be. */
#ifndef TURNOUT_BASE_SETTINGS_PRIVATE_H
#define TURNOUT_BASE_SETTINGS_PRIVATE_H

#include <turnout/base/settings.h>
#include <turnout/base/text.h>

/* ---- settings.c ---- */

/* Where a value can come from, in the order in which they count. */
enum origin { ORIGIN_NONE, ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_VARIABLE, ORIGIN_FLAG };

struct value {
    enum origin origin;
    char *text;
    char *place; /* `--workers`, `TURNOUT_WORKERS`, `turnoutd.ini:12` */
};

struct settings_values {
    const struct settings_table *table;
    struct value *values; /* one a row */
    const char **words;   /* of the command line, ended by NULL; NULL before it is read */
    size_t word_count;
};

/* Whether a file may have it. */
bool setting_is_in_files(const struct setting *setting);

/* Keeps a value, unless one that counts more is there. An error when no setting can have it. */
enum turnout_error settings_set(struct settings_values *values, const struct setting *setting,
                                enum origin origin, const char *place, struct slice text,
                                struct error *error);

/* ---- settings_kinds.c ---- */

/* Puts a value into its member of the target. The error says what the value must be. */
enum turnout_error setting_read(const struct setting *setting, const char *text, void *target,
                                struct error *error);

/* Two lines of --help. */
void setting_print_help(const struct setting *setting, FILE *out);

#endif
