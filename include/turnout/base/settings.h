/* Settings of a program and options of a command, from one table: each row has name, kind, bounds, default, unit and
 * help. Flags, variables, files, --help and --print-config follow from the table. Every error names the setting,
 * where its value came from, and what is allowed. */
#ifndef TURNOUT_BASE_SETTINGS_H
#define TURNOUT_BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <turnout/base/error.h>
#include <turnout/base/host_port.h>

enum { SETTING_VALUE_BYTES_MAX = 4095 };

/* The type of a value, and of the member of the target that it is stored in. */
enum setting_kind {
    SETTING_FLAG, /* bool, or no member; takes no value; only on a command line */
    SETTING_TEXT, /* const char *, borrowed from the values */
    SETTING_PATH, /* const char *, borrowed from the values; not empty */
    SETTING_CODE, /* const char *, borrowed from the values; the code of an area, or the id of an election */
    SETTING_NUMBER,    /* an integer of 2, 4 or 8 bytes: a whole number from least to most */
    SETTING_CHOICE,    /* bool or an enum: the index of the word in `words` */
    SETTING_MOMENT,    /* struct setting_moment: RFC 3339 with an offset, after 1970 */
    SETTING_HOST_PORT, /* struct host_port */
    SETTING_OWN,       /* whatever read() stores */
};

struct setting_moment {
    const char *text; /* as given; borrowed from the values */
    int64_t seconds;  /* Unix; 0: not given */
};

/* Parses a value into the target. The error says what it must be, not where it came from. */
typedef enum turnout_error setting_read_fn(const char *text, void *target, struct error *error);

struct setting {
    const char *name;     /* publish-ms: the flag is --publish-ms, the variable PREFIX_PUBLISH_MS */
    size_t offset, bytes; /* of the member in the target: SETTING_AT() */
    const char *standard; /* the default, as text; NULL: none, and the member stays as it is */
    const char *takes;    /* placeholder of the value in --help, its unit if it has one: MILLISECONDS */
    int64_t least, most;
    const char *const *words; /* ended by NULL */
    setting_read_fn *read;
    const char *help;
    enum setting_kind kind;
    bool is_required;
    bool is_never_in_file;
};

#define SETTING_AT(type, member) .offset = offsetof(type, member), .bytes = sizeof(((type *)NULL)->member)

/* A table; borrowed by everything made from it. */
struct settings_table {
    const struct setting *rows;
    size_t count;
};

/* NULL when no setting has this name. */
const struct setting *settings_find(const struct settings_table *table, struct slice name);

/* The values of a table's settings as text, each with its origin. A flag overrides a variable, a variable the file,
 * the file a default, in whatever order they are read; of two flags the last counts. */
struct settings_values;

struct settings_values *settings_values_new(const struct settings_table *table);
void settings_values_free(struct settings_values *values); /* NULL-safe */

/* Reads `--name value`, `--name=value`, and `--name` of a flag, from argv[1] on. Everything else, and everything
 * after `--`, is a word. `-h` is --help. Borrows argv. TURNOUT_NOT_FOUND for an unknown name, which is the error's
 * field. */
enum turnout_error settings_read_arguments(struct settings_values *values, int argc, char **argv,
                                           struct error *error);

/* The words of the command line, in order, ended by NULL. Valid as long as argv. */
const char *const *settings_words(const struct settings_values *values, size_t *ret_count);

/* Reads every variable that begins with `prefix`; each must name a setting. */
enum turnout_error settings_read_environment(struct settings_values *values, const char *prefix,
                                             char **environment, struct error *error);

/* Reads a file of lines `name = value` (ini_file.h). Reports the first fault. */
enum turnout_error settings_read_file(struct settings_values *values, const char *path, struct error *error);

/* Whether a value came from anywhere but the default. */
bool settings_is_given(const struct settings_values *values, const char *name);

/* The value as text; NULL when there is none. Borrowed. */
const char *settings_text(const struct settings_values *values, const char *name);

/* Parses every value into the target, in the order of the table. Members without a value keep what they hold. */
enum turnout_error settings_parse(const struct settings_values *values, void *target, struct error *error);

/* Fails when a required setting has no value. */
enum turnout_error settings_require(const struct settings_values *values, struct error *error);

/* Prints a settings file that reads back as the same values, each preceded by its origin. */
void settings_print(const struct settings_values *values, FILE *out);

void settings_print_help(const struct settings_table *table, FILE *out);

#endif
