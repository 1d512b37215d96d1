/* The functions of proto/turnout.lua. They are written as they stand there, so that both can be read side by side. */
#include "model_functions.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/limits.h>
#include <turnout/base/memory.h>

#include "model_call.h"

/* ---- replies ---- */

void put_list(struct buffer *reply, size_t count)
{
    buffer_printf(reply, "*%zu\r\n", count);
}

void put_bulk(struct buffer *reply, struct slice text)
{
    buffer_printf(reply, "$%zu\r\n", text.length);
    buffer_append(reply, text.bytes, text.length);
    buffer_append(reply, "\r\n", 2);
}

static void put_bulk_or_nil(struct buffer *reply, const struct slice *text)
{
    if (text == NULL) {
        buffer_append_text(reply, "$-1\r\n");
    } else {
        put_bulk(reply, *text);
    }
}

void put_integer(struct buffer *reply, int value)
{
    buffer_printf(reply, ":%d\r\n", value);
}

void refuse(struct buffer *reply, const char *why)
{
    buffer_clear(reply);
    buffer_printf(reply, "-TURNOUT %s\r\n", why);
}

/* ---- the ground ---- */

int64_t count_in(const struct model_key *key, const char *field)
{
    const struct slice *text = model_get_text(key, field);
    int64_t count = 0;
    bool is_count = text == NULL || text_parse_integer(*text, 0, INT64_MAX, &count);
    assert(is_count);
    return count;
}

void set_count(struct model_key *key, const char *field, int64_t count)
{
    char digits[DECIMAL_BYTES_MAX];
    size_t length = (size_t)(text_put_integer(digits, count) - digits);
    model_set(key, slice_of(field), (struct slice){digits, length});
}

bool ground_of(const struct model_key *totals, const struct slice *ret_ground[3])
{
    ret_ground[0] = model_get_text(totals, "generation");
    ret_ground[1] = model_get_text(totals, "digest");
    ret_ground[2] = model_get_text(totals, "phase");
    return ret_ground[0] != NULL && ret_ground[1] != NULL && ret_ground[2] != NULL;
}

/* ---- reading ---- */

static void put_fields(struct buffer *reply, const struct model_key *key, const struct slice *fields,
                       size_t count)
{
    put_list(reply, count);
    for (size_t i = 0; i < count; i++) {
        put_bulk_or_nil(reply, model_get(key, fields[i]));
    }
}

static void turnout_load(const struct call *call, struct buffer *reply)
{
    const struct slice *ground[3];
    const struct slice *words = model_get(model_key_of(call->keys[1]), call->args[0]);
    if (!ground_of(model_key_of(call->keys[0]), ground) || words == NULL) {
        refuse(reply, "never seeded");
        return;
    }
    put_list(reply, 6);
    for (int i = 0; i < 3; i++) {
        put_bulk(reply, *ground[i]);
    }
    put_bulk(reply, *words);
    put_fields(reply, model_key_of(call->keys[2]), call->args + 1, call->arg_count - 1);
    const struct model_key *aside = model_key_of(call->keys[3]);
    put_fields(reply, aside, call->args + 1, aside->field_count > 0 ? call->arg_count - 1 : 0);
}

/* ---- changing the election ---- */

static void turnout_change_begin(const struct call *call, struct buffer *reply)
{
    struct model_key *meta = model_key_of(call->keys[0]);
    const struct slice *generation = model_get_text(meta, "generation");
    const struct slice *standing = model_get(meta, call->args[1]);
    if (model_get_text(meta, "schema") == NULL || generation == NULL || standing == NULL) {
        refuse(reply, "never seeded");
        return;
    }
    int64_t number = 0;
    if (model_is_same(*generation, call->args[0]) && model_is_same(*standing, call->args[2])) {
        number = count_in(meta, "changes") + 1;
        model_begin_transaction();
        set_count(meta, "changes", number);
    }
    put_integer(reply, (int)number);
}

static void turnout_phase(const struct call *call, struct buffer *reply)
{
    struct model_key *totals = model_key_of(call->keys[0]);
    const struct slice *ground[3];
    if (!ground_of(totals, ground)) {
        refuse(reply, "never seeded");
        return;
    }
    int64_t number;
    bool is_number = text_parse_integer(call->args[1], 0, INT64_MAX, &number);
    assert(is_number);
    struct slice wanted = call->args[2];
    bool looks = slice_equals(wanted, "look");
    int64_t last = count_in(totals, "change");
    bool is_late = number < last || (number == last && slice_equals(wanted, "opening"));
    if (!model_is_same(*ground[0], call->args[0]) || (is_late && !looks)) {
        put_integer(reply, -1);
        return;
    }
    bool is_silent = true;
    for (size_t i = 1; i < call->key_count; i++) {
        is_silent = is_silent && !model_exists(model_key_of(call->keys[i]));
    }
    if (!is_silent && (!slice_equals(*ground[2], "open") || slice_equals(wanted, "rehearsal"))) {
        put_integer(reply, 0);
        return;
    }
    put_integer(reply, looks && !slice_equals(*ground[2], "rehearsal") ? 2 : 1);
    if (is_silent && !looks) {
        model_begin_transaction();
        model_set(totals, slice_of("phase"), wanted);
        model_set(totals, slice_of("change"), call->args[1]);
    }
}

static void turnout_set(const struct call *call, struct buffer *reply)
{
    struct model_key *meta = model_key_of(call->keys[0]);
    const struct slice *generation = model_get_text(meta, "generation");
    int64_t known;
    bool is_count = text_parse_integer(call->args[1], 0, INT64_MAX, &known);
    assert(is_count);
    if (model_get_text(meta, "schema") == NULL) {
        refuse(reply, "never seeded");
        return;
    }
    int64_t changes = count_in(meta, "changes");
    bool stands = generation != NULL && model_is_same(*generation, call->args[0]) && changes == known;
    put_integer(reply, stands ? 1 : 0);
    if (!stands) {
        return;
    }
    model_begin_transaction();
    model_set(meta, call->args[2], call->args[3]);
    (void)model_add(model_key_of(call->keys[1]), slice_of(""), 0, call->args[4], NULL);
    if (call->arg_count > 5) {
        struct buffer shown = {0};
        const struct slice *last = model_get_text(meta, "bulletin");
        buffer_append(&shown, call->args[5].bytes, call->args[5].length);
        buffer_append_char(&shown, ' ');
        buffer_append(&shown, last == NULL ? "0" : last->bytes, last == NULL ? 1 : last->length);
        model_set(meta, slice_of("shown"), (struct slice){shown.bytes, shown.length});
        buffer_done(&shown);
    }
    if (slice_equals(call->args[3], "closed")) {
        model_set(meta, slice_of("bulletin_closing"), slice_of("1"));
    }
}

static void turnout_settle(const struct call *call, struct buffer *reply)
{
    struct model_key *meta = model_key_of(call->keys[0]);
    if (model_get_text(meta, "schema") == NULL) {
        refuse(reply, "never seeded");
        return;
    }
    model_begin_transaction();
    model_set(meta, slice_of("settled"), call->args[0]);
    put_integer(reply, 1);
}

/* ---- commands ---- */

/* Splits the next bulk string off. */
static struct slice next_bulk(struct slice *rest)
{
    struct slice head = text_split(rest, '\n');
    uint64_t length = 0;
    bool is_bulk =
        head.length > 2 && head.bytes[0] == '$' &&
        text_parse_unsigned((struct slice){head.bytes + 1, head.length - 2}, rest->length, &length);
    assert(is_bulk && length + 2 <= rest->length);
    struct slice bulk = {rest->bytes, (size_t)length};
    rest->bytes += length + 2;
    rest->length -= length + 2;
    return bulk;
}

static size_t count_words(struct slice *rest)
{
    struct slice head = text_split(rest, '\n');
    uint64_t count = 0;
    bool is_list = head.length > 2 && head.bytes[0] == '*' &&
                   text_parse_unsigned((struct slice){head.bytes + 1, head.length - 2}, 1000000, &count);
    assert(is_list && count > 0);
    return (size_t)count;
}

struct slice model_name_of(struct slice command)
{
    size_t count = count_words(&command);
    struct slice name = next_bulk(&command);
    return count > 1 && (slice_equals(name, "FCALL") || slice_equals(name, "FCALL_RO")) ? next_bulk(&command)
                                                                                        : name;
}

static void call_function(struct slice name, const struct call *call, struct buffer *reply)
{
    static const struct {
        const char *name;
        void (*run)(const struct call *call, struct buffer *reply);
    } functions[] = {
        {"turnout_commit", turnout_commit},
        {"turnout_load", turnout_load},
        {"turnout_change_begin", turnout_change_begin},
        {"turnout_phase", turnout_phase},
        {"turnout_set", turnout_set},
        {"turnout_settle", turnout_settle},
        {"turnout_heard", turnout_heard},
        {"turnout_register_begin", turnout_register_begin},
        {"turnout_register_back", turnout_register_back},
        {"turnout_register_step", turnout_register_step},
        {"turnout_register_end", turnout_register_end},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (slice_equals(name, functions[i].name)) {
            functions[i].run(call, reply);
            return;
        }
    }
    assert(!"a function that the model does not have");
}

static void set_if_new(struct model_key *key, struct slice field, struct slice value, struct buffer *reply)
{
    bool is_new = model_get(key, field) == NULL;
    if (is_new) {
        model_begin_transaction();
        model_set(key, field, value);
    }
    put_integer(reply, is_new ? 1 : 0);
}

void model_run(struct slice command, struct buffer *reply)
{
    size_t count = count_words(&command);
    struct slice *words = memory_new_array(count, sizeof *words);
    for (size_t i = 0; i < count; i++) {
        words[i] = next_bulk(&command);
    }
    if (slice_equals(words[0], "HMGET")) {
        put_fields(reply, model_key_of(words[1]), words + 2, count - 2);
    } else if (slice_equals(words[0], "HSETNX")) {
        set_if_new(model_key_of(words[1]), words[2], words[3], reply);
    } else {
        uint64_t keys = 0;
        bool is_call = count > 3 && text_parse_unsigned(words[2], count - 3, &keys);
        assert(is_call);
        struct call call = {words + 3, (size_t)keys, words + 3 + keys, count - 3 - (size_t)keys};
        call_function(words[1], &call, reply);
    }
    free(words);
}
