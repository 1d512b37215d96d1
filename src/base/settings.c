/* Gathers the values of settings from where they can come from. What a value may be is settings_kinds.c's business. */
#include <turnout/base/settings.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/base/ini_file.h>
#include <turnout/base/memory.h>
#include <turnout/base/nearest.h>

#include "settings_kinds.h"

enum { FILE_BYTES_MAX = 1024 * 1024 };

/* In the order in which they count. */
enum origin { ORIGIN_NONE, ORIGIN_DEFAULT, ORIGIN_FILE, ORIGIN_VARIABLE, ORIGIN_FLAG };

struct value {
    enum origin origin;
    char *text;
    char *place; /* `--workers`, `TURNOUT_WORKERS`, `turnoutd.ini:12` */
};

struct settings_values {
    const struct settings_table *table;
    struct value *values; /* one a row */
    const char **words;
    size_t word_count;
};

const struct setting *settings_find(const struct settings_table *table, struct slice name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (slice_equals(name, table->rows[i].name)) {
            return &table->rows[i];
        }
    }
    return NULL;
}

static bool is_in_files(const struct setting *setting)
{
    return setting->kind != SETTING_FLAG && !setting->is_never_in_file;
}

/* ---- values ---- */

static struct value *value_of(const struct settings_values *values, const struct setting *setting)
{
    return &values->values[setting - values->table->rows];
}

static void value_clear(struct value *value)
{
    free(value->text);
    free(value->place);
    *value = (struct value){0};
}

static char *copy_text(struct slice text)
{
    char *copy = memory_new_array(text.length + 1, 1);
    (void)slice_copy(text, copy, text.length + 1);
    return copy;
}

/* The value as a person wrote it, for the head of a message: `--workers 0`, `turnoutd.ini:12: workers = 0`. */
static void show_value(const struct setting *setting, enum origin origin, const char *place,
                       struct slice text, struct buffer *out)
{
    char shown[TEXT_SHOWN_BYTES];
    (void)text_show(text, shown);
    const char *value = shown[0] == '\0' ? "\"\"" : shown;
    switch (origin) {
    case ORIGIN_FLAG:
        buffer_printf(out, "%s %s", place, value);
        return;
    case ORIGIN_VARIABLE:
        buffer_printf(out, "%s=%s", place, shown);
        return;
    case ORIGIN_FILE:
        buffer_printf(out, "%s: %s = %s", place, setting->name, value);
        return;
    case ORIGIN_NONE:
    case ORIGIN_DEFAULT:
        buffer_printf(out, "the default of %s, %s", setting->name, value);
        return;
    }
}

static enum turnout_error refuse_value(const struct setting *setting, enum origin origin, const char *place,
                                       struct slice text, enum turnout_error code, const char *why,
                                       struct error *error)
{
    struct buffer head = {0};
    show_value(setting, origin, place, text, &head);
    (void)error_fail(error, code, setting->name, "%s: %s", head.bytes, why);
    buffer_done(&head);
    return code;
}

static enum turnout_error set_value(struct settings_values *values, const struct setting *setting,
                                    enum origin origin, const char *place, struct slice text,
                                    struct error *error)
{
    struct value *value = value_of(values, setting);
    if (text.length > SETTING_VALUE_BYTES_MAX) {
        return refuse_value(setting, origin, place, text, TURNOUT_TOO_LARGE, "is longer than 4095 bytes",
                            error);
    }
    if (text_has_control(text)) {
        return refuse_value(setting, origin, place, text, TURNOUT_BAD_INPUT,
                            "must be UTF-8 on one line, without control characters", error);
    }
    if (origin < value->origin) {
        return TURNOUT_OK;
    }
    value_clear(value);
    *value = (struct value){origin, copy_text(text), copy_text(slice_of(place))};
    return TURNOUT_OK;
}

struct settings_values *settings_values_new(const struct settings_table *table)
{
    struct settings_values *values = memory_new(sizeof *values);
    values->table = table;
    values->values = memory_new_array(table->count, sizeof *values->values);
    for (size_t i = 0; i < table->count; i++) {
        if (table->rows[i].standard != NULL) {
            values->values[i] = (struct value){ORIGIN_DEFAULT, copy_text(slice_of(table->rows[i].standard)),
                                               copy_text(slice_of("default"))};
        }
    }
    return values;
}

void settings_values_free(struct settings_values *values)
{
    if (values == NULL) {
        return;
    }
    for (size_t i = 0; i < values->table->count; i++) {
        value_clear(&values->values[i]);
    }
    free(values->values);
    free((void *)values->words);
    free(values);
}

bool settings_is_given(const struct settings_values *values, const char *name)
{
    const struct setting *setting = settings_find(values->table, slice_of(name));
    return setting != NULL && value_of(values, setting)->origin > ORIGIN_DEFAULT;
}

const char *settings_text(const struct settings_values *values, const char *name)
{
    const struct setting *setting = settings_find(values->table, slice_of(name));
    return setting == NULL ? NULL : value_of(values, setting)->text;
}

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
        failed = set_value(values, setting, ORIGIN_FLAG, place.bytes, slice_of("yes"), error);
    } else if (value.bytes == NULL && argv[1] == NULL) {
        failed =
            error_fail(error, TURNOUT_BAD_INPUT, setting->name, "--%s: a value is missing", setting->name);
    } else {
        *ret_taken = value.bytes == NULL ? 2 : 1;
        value = value.bytes == NULL ? slice_of(argv[1]) : value;
        failed = set_value(values, setting, ORIGIN_FLAG, place.bytes, value, error);
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
        unsigned char c = (unsigned char)variable.bytes[i];
        if (c == '_') {
            buffer_append_char(out, '-');
        } else {
            buffer_append_char(out, isupper(c) || isdigit(c) ? (char)tolower(c) : '?');
        }
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
            buffer_append_char(&hint, *c == '-' ? '_' : (char)toupper((unsigned char)*c));
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
        char *place = copy_text(variable);
        failed = set_value(values, setting, ORIGIN_VARIABLE, place, value, error);
        free(place);
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
    const struct setting **settings; /* of the keys */
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
        reading->failed = set_value(reading->values, reading->settings[key], ORIGIN_FILE, place.bytes, text,
                                    reading->error);
    }
    buffer_done(&place);
}

static void read_lines(struct file_reading *reading, struct slice text)
{
    const struct settings_table *table = reading->values->table;
    struct faults faults = {.on_fault = keep_fault, .context = reading};
    size_t count = 0;
    reading->keys = memory_new_array(table->count, sizeof *reading->keys);
    reading->settings = memory_new_array(table->count, sizeof *reading->settings);
    for (size_t i = 0; i < table->count; i++) {
        if (is_in_files(&table->rows[i])) {
            reading->keys[count] = (struct ini_key){.section = "", .name = table->rows[i].name};
            reading->settings[count++] = &table->rows[i];
        }
    }
    ini_file_read(text, reading->path, reading->keys, count, &faults, take_value, reading);
    free(reading->keys);
    free((void *)reading->settings);
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

/* ---- all of it ---- */

enum turnout_error settings_parse(const struct settings_values *values, void *target, struct error *error)
{
    for (size_t i = 0; i < values->table->count; i++) {
        const struct setting *setting = &values->table->rows[i];
        const struct value *value = &values->values[i];
        struct error cause = {.text = ""};
        if (value->origin == ORIGIN_NONE) {
            continue;
        }
        enum turnout_error failed = setting_read(setting, value->text, target, &cause);
        if (failed != TURNOUT_OK) {
            return refuse_value(setting, value->origin, value->place, slice_of(value->text), failed,
                                cause.text, error);
        }
    }
    return TURNOUT_OK;
}

enum turnout_error settings_require(const struct settings_values *values, struct error *error)
{
    for (size_t i = 0; i < values->table->count; i++) {
        const struct setting *setting = &values->table->rows[i];
        if (setting->is_required && values->values[i].origin == ORIGIN_NONE) {
            return error_fail(error, TURNOUT_BAD_INPUT, setting->name, "--%s is missing", setting->name);
        }
    }
    return TURNOUT_OK;
}

void settings_print(const struct settings_values *values, FILE *out)
{
    for (size_t i = 0; i < values->table->count; i++) {
        const struct setting *setting = &values->table->rows[i];
        const struct value *value = &values->values[i];
        struct buffer line = {0};
        if (!is_in_files(setting)) {
            continue;
        }
        if (value->origin == ORIGIN_NONE) {
            buffer_printf(&line, "; %s\n; %s =\n", setting->is_required ? "required" : "no value",
                          setting->name);
        } else {
            buffer_printf(&line, "; %s\n", value->place);
            ini_file_write(&line, setting->name, value->text);
        }
        (void)fputs(line.bytes, out);
        buffer_done(&line);
    }
}

void settings_print_help(const struct settings_table *table, FILE *out)
{
    for (size_t i = 0; i < table->count; i++) {
        setting_print_help(&table->rows[i], out);
    }
}
