/* Gathers the values of settings: from the command line, the environment, a file. */
#include <turnout/base/settings.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/base/ini_file.h>
#include <turnout/base/memory.h>
#include <turnout/base/nearest.h>

#include "settings_private.h"

enum { FILE_BYTES_MAX = 1024 * 1024 };

/* ---- the command line ---- */

/* The error's field is the name that no setting has. */
static enum turnout_error refuse_option(const struct settings_values *values, const char *argument,
                                        struct slice name, struct error *error)
{
    char shown[TEXT_SHOWN_BYTES];
    char field[TEXT_SHOWN_BYTES];
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < values->table->count; i++) {
        nearest_offer(&nearest, values->table->rows[i].name);
    }
    (void)text_show(slice_of(argument), shown);
    (void)text_show(name, field);
    if (nearest.name == NULL) {
        return error_fail(error, TURNOUT_NOT_FOUND, field, "unrecognized option '%s'", shown);
    }
    return error_fail(error, TURNOUT_NOT_FOUND, field, "unrecognized option '%s'; did you mean --%s?", shown,
                      nearest.name);
}

/* Reads the option at argv[0], and its value, which may be argv[1]. *ret_taken is how many of them it took. */
static enum turnout_error read_option(struct settings_values *values, char **argv, int *ret_taken,
                                      struct error *error)
{
    const char *argument = strcmp(argv[0], "-h") == 0 ? "--help" : argv[0];
    struct slice value = slice_of(argument);
    struct slice flag = text_split(&value, '=');
    bool is_long = flag.length > 2 && flag.bytes[1] == '-';
    struct slice name = is_long ? (struct slice){flag.bytes + 2, flag.length - 2} : flag;
    const struct setting *setting = is_long ? settings_find(values->table, name) : NULL;
    if (setting == NULL) {
        return refuse_option(values, argument, name, error);
    }
    struct buffer place = {0};
    buffer_printf(&place, "--%s", setting->name);
    enum turnout_error failed = TURNOUT_OK;
    *ret_taken = 1;
    if (setting->kind == SETTING_FLAG && value.bytes != NULL) {
        failed = error_fail(error, TURNOUT_BAD_INPUT, setting->name, "--%s takes no value", setting->name);
    } else if (setting->kind == SETTING_FLAG) {
        failed = settings_set(values, setting, ORIGIN_FLAG, place.bytes, slice_of("yes"), error);
    } else if (value.bytes == NULL && argv[1] == NULL) {
        failed =
            error_fail(error, TURNOUT_BAD_INPUT, setting->name, "--%s: a value is missing", setting->name);
    } else {
        *ret_taken = value.bytes == NULL ? 2 : 1;
        value = value.bytes == NULL ? slice_of(argv[1]) : value;
        failed = settings_set(values, setting, ORIGIN_FLAG, place.bytes, value, error);
    }
    buffer_done(&place);
    return failed;
}

enum turnout_error settings_read_arguments(struct settings_values *values, int argc, char **argv,
                                           struct error *error)
{
    bool has_only_words = false;
    free((void *)values->words);
    values->words = memory_new_array((size_t)argc + 1, sizeof *values->words);
    values->word_count = 0;
    for (int at = 1; at < argc;) {
        bool is_word = has_only_words || argv[at][0] != '-' || argv[at][1] == '\0';
        int taken = 1;
        if (is_word) {
            values->words[values->word_count++] = argv[at];
        } else if (strcmp(argv[at], "--") == 0) {
            has_only_words = true;
        } else {
            enum turnout_error failed = read_option(values, argv + at, &taken, error);
            if (failed != TURNOUT_OK) {
                return failed;
            }
        }
        at += taken;
    }
    return TURNOUT_OK;
}

const char *const *settings_words(const struct settings_values *values, size_t *ret_count)
{
    *ret_count = values->word_count;
    return values->words;
}

/* ---- the environment ---- */

/* PUBLISH_MS becomes publish-ms. What no variable has in it becomes what no name has. */
static void name_of_variable(struct slice variable, struct buffer *out)
{
    buffer_append_text(out, "");
    for (size_t i = 0; i < variable.length; i++) {
        int c = (unsigned char)variable.bytes[i];
        int named = c == '_' ? '-' : isupper(c) || isdigit(c) ? tolower(c) : '?';
        buffer_append_char(out, (char)named);
    }
}

static enum turnout_error refuse_variable(const struct settings_values *values, const char *prefix,
                                          struct slice variable, struct slice name, struct error *error)
{
    char shown[TEXT_SHOWN_BYTES];
    struct buffer hint = {0};
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < values->table->count; i++) {
        if (values->table->rows[i].kind != SETTING_FLAG) {
            nearest_offer(&nearest, values->table->rows[i].name);
        }
    }
    buffer_append_text(&hint, "");
    if (nearest.name != NULL) {
        buffer_printf(&hint, "; did you mean %s", prefix);
        for (const char *c = nearest.name; *c != '\0'; c++) {
            int named = *c == '-' ? '_' : toupper((unsigned char)*c);
            buffer_append_char(&hint, (char)named);
        }
        buffer_append_char(&hint, '?');
    }
    (void)text_show(variable, shown);
    (void)error_fail(error, TURNOUT_NOT_FOUND, shown, "%s: no setting has this name%s", shown, hint.bytes);
    buffer_done(&hint);
    return TURNOUT_NOT_FOUND;
}

static enum turnout_error read_variable(struct settings_values *values, const char *prefix, const char *entry,
                                        struct error *error)
{
    struct slice value = slice_of(entry);
    struct slice variable = text_split(&value, '=');
    struct buffer name = {0};
    name_of_variable((struct slice){variable.bytes + strlen(prefix), variable.length - strlen(prefix)},
                     &name);
    const struct setting *setting = settings_find(values->table, (struct slice){name.bytes, name.length});
    enum turnout_error failed;
    if (setting == NULL || setting->kind == SETTING_FLAG || value.bytes == NULL) {
        failed = refuse_variable(values, prefix, variable, (struct slice){name.bytes, name.length}, error);
    } else {
        struct buffer place = {0};
        buffer_append(&place, variable.bytes, variable.length);
        failed = settings_set(values, setting, ORIGIN_VARIABLE, place.bytes, value, error);
        buffer_done(&place);
    }
    buffer_done(&name);
    return failed;
}

enum turnout_error settings_read_environment(struct settings_values *values, const char *prefix,
                                             char **environment, struct error *error)
{
    for (char **entry = environment; *entry != NULL; entry++) {
        if (strncmp(*entry, prefix, strlen(prefix)) != 0) {
            continue;
        }
        enum turnout_error failed = read_variable(values, prefix, *entry, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

/* ---- the file ---- */

struct file_reading {
    struct settings_values *values;
    const char *path;
    struct ini_key *keys;
    size_t *rows; /* of the keys, in the table */
    enum turnout_error failed;
    struct error *error;
};

/* Keeps the first. */
static void keep_fault(void *context, const char *file, uint32_t line, const struct error *fault)
{
    struct file_reading *reading = context;
    if (reading->failed == TURNOUT_OK) {
        reading->failed = error_fail(reading->error, TURNOUT_BAD_INPUT,
                                     fault->field[0] == '\0' ? "config" : fault->field, "%s:%u: %s%s%s", file,
                                     line, fault->field, fault->field[0] == '\0' ? "" : ": ", fault->text);
    }
}

static void take_value(void *context, size_t key, struct slice text)
{
    struct file_reading *reading = context;
    struct buffer place = {0};
    buffer_printf(&place, "%s:%u", reading->path, reading->keys[key].line);
    if (reading->failed == TURNOUT_OK) {
        reading->failed = settings_set(reading->values, &reading->values->table->rows[reading->rows[key]],
                                       ORIGIN_FILE, place.bytes, text, reading->error);
    }
    buffer_done(&place);
}

static void read_lines(struct file_reading *reading, struct slice text)
{
    const struct settings_table *table = reading->values->table;
    struct faults faults = {.on_fault = keep_fault, .context = reading};
    size_t count = 0;
    reading->keys = memory_new_array(table->count, sizeof *reading->keys);
    reading->rows = memory_new_array(table->count, sizeof *reading->rows);
    for (size_t i = 0; i < table->count; i++) {
        if (setting_is_in_files(&table->rows[i])) {
            reading->keys[count] = (struct ini_key){.section = "", .name = table->rows[i].name};
            reading->rows[count++] = i;
        }
    }
    ini_file_read(text, reading->path, reading->keys, count, &faults, take_value, reading);
    free(reading->keys);
    free(reading->rows);
}

enum turnout_error settings_read_file(struct settings_values *values, const char *path, struct error *error)
{
    char *bytes;
    size_t length;
    struct error cause;
    enum turnout_error failed = file_read(path, FILE_BYTES_MAX, &bytes, &length, &cause);
    if (failed != TURNOUT_OK) {
        return error_fail(error, failed, "config", "%s %s", path, cause.text);
    }
    struct file_reading reading = {.values = values, .path = path, .error = error};
    read_lines(&reading, (struct slice){bytes, length});
    free(bytes);
    return reading.failed;
}
