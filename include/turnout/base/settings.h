/* Settings of a program and options of a command, from a table: each said once, with its name, kind, bounds, default,
 * unit and help. Flags, variables, files, --help and what is printed follow from the table, and every fault says which
 * setting it is, where its value came from and what is allowed. */
#ifndef TURNOUT_BASE_SETTINGS_H
#define TURNOUT_BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <turnout/base/error.h>
#include <turnout/base/host_port.h>

enum { SETTING_VALUE_BYTES_MAX = 4095 };

/* What a value may be, and what member of the target it is put into. */
enum setting_kind {
    SETTING_FLAG, /* bool, or no member; takes no value, and stands on a command line alone */
    SETTING_TEXT, /* const char *, borrowed from the values */
    SETTING_PATH, /* const char *, borrowed from the values; not empty */
    SETTING_CODE, /* const char *, borrowed from the values; the code of an area, or the id of an election */
    SETTING_NUMBER,    /* an integer of 2, 4 or 8 bytes: a whole number from least to most */
    SETTING_CHOICE,    /* bool or an enum: the place of the word among `words` */
    SETTING_MOMENT,    /* struct setting_moment: RFC 3339 with an offset, after 1970 */
    SETTING_HOST_PORT, /* struct host_port */
    SETTING_OWN,       /* what read() makes of it */
};

struct setting_moment {
    const char *text; /* as it was given; borrowed from the values */
    int64_t seconds;  /* Unix; 0: not given */
};

/* Puts a value into the target. The error says what it must be, not where it came from. */
typedef enum turnout_error setting_read_fn(const char *text, void *target, struct error *error);

struct setting {
    const char *name; /* publish-ms: the flag is --publish-ms, the variable PUBLISH_MS behind its prefix */
    size_t offset, bytes; /* of the member in the target: SETTING_AT() */
    const char *standard; /* the default, as text; NULL: none, and the member stays as it is */
    const char *takes;    /* what stands for the value in --help, its unit if it has one: MILLISECONDS */
    int64_t least, most;
    const char *const *words; /* ended by NULL */
    setting_read_fn *read;
    const char *help;
    enum setting_kind kind;
    bool is_required;
    bool is_never_in_file;
};

#define SETTING_AT(type, member) .offset = offsetof(type, member), .bytes = sizeof(((type *)NULL)->member)

/* A table; borrowed by everything that is made of it. */
struct settings_table {
    const struct setting *rows;
    size_t count;
};

/* NULL when no setting has this name. */
const struct setting *settings_find(const struct settings_table *table, struct slice name);

/* The values of a table's settings as text, each with where it came from. A flag counts more than a variable, a variable
 * more than the file, the file more than a default, in whichever order they are read; of two flags the last. */
struct settings_values;

struct settings_values *settings_values_new(const struct settings_table *table);
void settings_values_free(struct settings_values *values); /* NULL-safe */

/* Reads `--name value`, `--name=value`, and `--name` of a flag, from argv[1] on; what is none of them, and what stands
 * behind `--`, is a word. `-h` stands for --help. Borrows argv. TURNOUT_NOT_FOUND when no setting has a name; the
 * error's field is that name. */
enum turnout_error settings_read_arguments(struct settings_values *values, int argc, char **argv,
                                           struct error *error);

/* What is left of the command line, in order; NULL behind the last. Valid as long as argv. */
const char *const *settings_words(const struct settings_values *values, size_t *ret_count);

/* Reads every variable that begins with `prefix`; each must be one of a setting. */
enum turnout_error settings_read_environment(struct settings_values *values, const char *prefix,
                                             char **environment, struct error *error);

/* Reads a file of lines `name = value` (ini_file.h). Tells the first fault. */
enum turnout_error settings_read_file(struct settings_values *values, const char *path, struct error *error);

/* Whether a value came from anywhere but the default. */
bool settings_is_given(const struct settings_values *values, const char *name);

/* The value as text; NULL when there is none. Borrowed. */
const char *settings_text(const struct settings_values *values, const char *name);

/* Puts every value into the target, in the order of the table. `target` begins as zeros, or as its members are to be
 * without a value. */
enum turnout_error settings_parse(const struct settings_values *values, void *target, struct error *error);

/* An error when a setting that is required has no value. */
enum turnout_error settings_require(const struct settings_values *values, struct error *error);

/* Prints a file that says the same when it is read again; above each value where it came from. */
void settings_print(const struct settings_values *values, FILE *out);

void settings_print_help(const struct settings_table *table, FILE *out);

#endif
