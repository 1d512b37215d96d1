/* Keeps the values of settings, and says where one came from that is wrong. What a value may be is settings_kinds.c's
 * business, and where values come from that of settings_read.c. */
#include <turnout/base/settings.h>

#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/ini_file.h>
#include <turnout/base/memory.h>

#include "settings_private.h"

const struct setting *settings_find(const struct settings_table *table, struct slice name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (slice_equals(name, table->rows[i].name)) {
            return &table->rows[i];
        }
    }
    return NULL;
}

bool setting_is_in_files(const struct setting *setting)
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

enum turnout_error settings_set(struct settings_values *values, const struct setting *setting,
                                enum origin origin, const char *place, struct slice text, struct error *error)
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
        if (!setting_is_in_files(setting)) {
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
