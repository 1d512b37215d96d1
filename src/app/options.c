/* Gathers the settings from the three places a value can come from: flags, the environment, a file. What a value may be
 * is the table's business. */
#include <turnout/app/options.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>
#include <sodium.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>

#include "options_table.h"

enum { VALUE_BYTES = PATH_MAX, PLACE_BYTES = 320 };

/* A value as text, and where it came from. */
struct option_value {
    char text[VALUE_BYTES];
    char place[PLACE_BYTES];
};

struct options {
    enum options_task task;
    char config[PATH_MAX];
    struct option_value *values; /* one a setting of the table */
    struct settings settings;
};

static enum turnout_error set_value(struct options *options, size_t i, const char *text, const char *place,
                                    struct error *error)
{
    struct option_value *value = &options->values[i];
    if (!slice_copy(slice_of(text), value->text, sizeof value->text)) {
        return error_fail(error, TURNOUT_TOO_LARGE, options_table_name(i), "%s: longer than %d bytes", place,
                          VALUE_BYTES - 1);
    }
    if (!slice_copy(slice_of(place), value->place, sizeof value->place)) {
        memcpy(value->place, "?", sizeof "?");
    }
    return TURNOUT_OK;
}

/* ---- the file ---- */

struct config_file {
    FILE *file;
    struct options *options;
    struct error *error;
    enum turnout_error failed;
    int line;
    int failed_line;
    bool line_too_long;
};

static char *read_line(char *ret_line, int capacity, void *stream)
{
    struct config_file *config = stream;
    char *line = fgets(ret_line, capacity, config->file);
    if (line != NULL) {
        config->line++;
        config->line_too_long |= strchr(line, '\n') == NULL && !feof(config->file);
        /* With blanks in front, libinih would take it for more of the value before. */
        size_t blanks = strspn(line, " \t\v\f\r");
        memmove(line, line + blanks, strlen(line + blanks) + 1);
    }
    return line;
}

static int on_setting(void *context, const char *section, const char *name, const char *text)
{
    struct config_file *config = context;
    if (config->failed != TURNOUT_OK) {
        return 0;
    }
    char place[PLACE_BYTES];
    (void)snprintf(place, sizeof place, "%.280s:%d", config->options->config, config->line);
    size_t i = options_table_find(slice_of(name));
    if (section[0] != '\0') {
        config->failed = error_fail(config->error, TURNOUT_BAD_INPUT, section,
                                    "%s: settings stand alone here, without a section", place);
    } else if (i == options_table_count()) {
        config->failed =
            error_fail(config->error, TURNOUT_BAD_INPUT, name, "%s: there is no setting '%s'", place, name);
    } else {
        config->failed = set_value(config->options, i, text, place, config->error);
    }
    return config->failed == TURNOUT_OK;
}

static enum turnout_error read_file(struct options *options, struct error *error)
{
    struct config_file config = {.options = options, .error = error};
    config.file = fopen(options->config, "re");
    if (config.file == NULL) {
        return error_fail_system(error, errno, "config", "cannot read %s", options->config);
    }
    int bad_line = ini_parse_stream(read_line, &config, on_setting, &config);
    int closed = fclose(config.file);
    if (config.failed == TURNOUT_OK && (bad_line != 0 || config.line_too_long || closed != 0)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "config", "%s:%d: not a line of the form `name = value`",
                          options->config, bad_line > 0 ? bad_line : config.line);
    }
    return config.failed;
}

/* ---- the environment ---- */

static const char variable_prefix[] = "TURNOUT_";

/* Whether a variable, its prefix taken off, is the one of a setting: PUBLISH_MS of publish-ms. */
static bool variable_is(struct slice variable, const char *name)
{
    if (variable.length != strlen(name)) {
        return false;
    }
    for (size_t i = 0; i < variable.length; i++) {
        int expected = name[i] == '-' ? '_' : toupper((unsigned char)name[i]);
        if ((unsigned char)variable.bytes[i] != expected) {
            return false;
        }
    }
    return true;
}

static enum turnout_error read_variable(struct options *options, const char *entry, struct error *error)
{
    struct slice rest = slice_of(entry);
    struct slice variable = text_split(&rest, '=');
    char place[PLACE_BYTES];
    (void)snprintf(place, sizeof place, "%.*s", (int)variable.length, variable.bytes);
    variable.bytes += strlen(variable_prefix);
    variable.length -= strlen(variable_prefix);
    if (variable_is(variable, "config")) {
        return TURNOUT_OK; /* taken before */
    }
    for (size_t i = 0; i < options_table_count(); i++) {
        if (variable_is(variable, options_table_name(i))) {
            return set_value(options, i, rest.bytes, place, error);
        }
    }
    return error_fail(error, TURNOUT_BAD_INPUT, place, "%s: no setting has this name", place);
}

static enum turnout_error read_environment(struct options *options, char **environment, struct error *error)
{
    for (char **entry = environment; *entry != NULL; entry++) {
        if (strncmp(*entry, variable_prefix, strlen(variable_prefix)) != 0) {
            continue;
        }
        enum turnout_error failed = read_variable(options, *entry, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

/* ---- flags ---- */

/* One flag of the command line: `--name value`, `--name=value`, or a task. */
struct flag {
    struct slice name;
    const char *value; /* NULL: there is none */
    int taken;         /* arguments */
};

static enum turnout_error next_flag(int left, char **argv, struct flag *ret_flag, struct error *error)
{
    const char *argument = argv[0];
    if (strncmp(argument, "--", 2) != 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, argument, "'%s' is not a flag; see --help", argument);
    }
    struct slice rest = slice_of(argument + 2);
    struct flag flag = {.name = text_split(&rest, '='), .value = rest.bytes, .taken = 1};
    if (flag.value == NULL && left > 1) {
        flag.value = argv[1];
        flag.taken = 2;
    }
    *ret_flag = flag;
    return TURNOUT_OK;
}

static bool find_task(struct slice name, enum options_task *ret_task)
{
    static const struct {
        const char *name;
        enum options_task task;
    } tasks[] = {{"help", TASK_HELP},
                 {"version", TASK_VERSION},
                 {"print-config", TASK_PRINT_CONFIG},
                 {"check-config", TASK_CHECK_CONFIG}};
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        if (slice_equals(name, tasks[i].name)) {
            *ret_task = tasks[i].task;
            return true;
        }
    }
    return false;
}

/* Called twice: for --config and the tasks before the file is read, for the settings after. */
static enum turnout_error read_flags(struct options *options, int argc, char **argv, bool sets_values,
                                     struct error *error)
{
    for (int at = 1; at < argc;) {
        struct flag flag = {0};
        enum turnout_error failed = next_flag(argc - at, argv + at, &flag, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        size_t i = options_table_find(flag.name);
        bool is_config = slice_equals(flag.name, "config");
        if (find_task(flag.name, &options->task)) {
            at++;
            continue;
        }
        if (i == options_table_count() && !is_config) {
            return error_fail(error, TURNOUT_BAD_INPUT, argv[at] + 2,
                              "%s: no setting has this name; see --help", argv[at]);
        }
        if (flag.value == NULL) {
            return error_fail(error, TURNOUT_BAD_INPUT, argv[at] + 2, "%s: a value is missing", argv[at]);
        }
        if (is_config && !slice_copy(slice_of(flag.value), options->config, sizeof options->config)) {
            return error_fail(error, TURNOUT_TOO_LARGE, "config", "--config: the path is too long");
        }
        if (!is_config && sets_values) {
            char place[PLACE_BYTES];
            (void)snprintf(place, sizeof place, "--%s", options_table_name(i));
            failed = set_value(options, i, flag.value, place, error);
            if (failed != TURNOUT_OK) {
                return failed;
            }
        }
        at += flag.taken;
    }
    return TURNOUT_OK;
}

/* ---- all of it ---- */

static enum turnout_error parse_all(struct options *options, struct error *error)
{
    for (size_t i = 0; i < options_table_count(); i++) {
        struct error cause;
        const struct option_value *value = &options->values[i];
        if (options->task == TASK_PRINT_CONFIG && value->text[0] == '\0') {
            continue; /* what is missing may be seen, too */
        }
        enum turnout_error failed = options_table_parse(i, value->text, &options->settings, &cause);
        if (failed != TURNOUT_OK) {
            return error_fail(error, failed, options_table_name(i), "%s: %s", value->place, cause.text);
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error gather(struct options *options, int argc, char **argv, char **environment,
                                 struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    for (size_t i = 0; i < options_table_count() && failed == TURNOUT_OK; i++) {
        failed = set_value(options, i, options_table_standard(i), "default", error);
    }
    const char *config = getenv("TURNOUT_CONFIG");
    if (config != NULL && !slice_copy(slice_of(config), options->config, sizeof options->config)) {
        failed = error_fail(error, TURNOUT_TOO_LARGE, "config", "TURNOUT_CONFIG: the path is too long");
    }
    if (failed == TURNOUT_OK) {
        failed = read_flags(options, argc, argv, false, error);
    }
    if (failed != TURNOUT_OK || options->task == TASK_HELP || options->task == TASK_VERSION) {
        return failed;
    }
    if (options->config[0] != '\0') {
        failed = read_file(options, error);
    }
    if (failed == TURNOUT_OK) {
        failed = read_environment(options, environment, error);
    }
    if (failed == TURNOUT_OK) {
        failed = read_flags(options, argc, argv, true, error);
    }
    return failed == TURNOUT_OK ? parse_all(options, error) : failed;
}

enum turnout_error options_read(int argc, char **argv, char **environment, struct options **ret_options,
                                struct error *error)
{
    struct options *options = memory_new(sizeof *options);
    options->values = memory_new_array(options_table_count(), sizeof *options->values);
    enum turnout_error failed = gather(options, argc, argv, environment, error);
    if (failed != TURNOUT_OK) {
        options_free(options);
        return failed;
    }
    *ret_options = options;
    return TURNOUT_OK;
}

void options_free(struct options *options)
{
    if (options == NULL) {
        return;
    }
    free(options->values);
    sodium_memzero(&options->settings, sizeof options->settings); /* a password is in it */
    free(options);
}

enum options_task options_task(const struct options *options)
{
    return options->task;
}

const struct settings *options_settings(const struct options *options)
{
    return &options->settings;
}

void options_print(const struct options *options, FILE *out)
{
    for (size_t i = 0; i < options_table_count(); i++) {
        (void)fprintf(out, "; %s\n%s = %s\n", options->values[i].place, options_table_name(i),
                      options->values[i].text);
    }
}
