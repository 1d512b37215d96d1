/* turnout_heard, turnout_register_begin, _step and _end of proto/turnout.lua, written as they stand there. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "model_call.h"

enum { COMMUNES_MAX = 16, ASIDE_WORDS = 11 };

/* ---- the change as a whole ---- */

void turnout_register_begin(const struct call *call, struct buffer *reply)
{
    const struct slice *digest = model_get_text(model_key_of(call->keys[0]), "digest");
    struct model_key *change = model_key_of(call->keys[1]);
    const struct slice *to = model_get_text(change, "to");
    if (digest == NULL || !model_is_same(*digest, call->args[0])) {
        put_list(reply, 2);
        put_bulk(reply, slice_of("other"));
        put_bulk(reply, digest == NULL ? slice_of("") : *digest);
        return;
    }
    if (to != NULL && !model_is_same(*to, call->args[1])) {
        put_list(reply, 2);
        put_bulk(reply, slice_of("busy"));
        put_bulk(reply, *to);
        return;
    }
    if (to == NULL) {
        model_begin_transaction();
        for (size_t i = 2; i + 1 < call->arg_count; i += 2) {
            model_set(change, call->args[i], call->args[i + 1]);
        }
        model_set(change, slice_of("from"), call->args[0]);
        model_set(change, slice_of("to"), call->args[1]);
    }
    put_list(reply, 1);
    put_bulk(reply, slice_of("begun"));
}

void turnout_register_end(const struct call *call, struct buffer *reply)
{
    struct model_key *meta = model_key_of(call->keys[0]);
    struct model_key *change = model_key_of(call->keys[2]);
    const struct slice *to = model_get_text(change, "to");
    if (to == NULL || !model_is_same(*to, call->args[0]) || model_get_text(meta, "schema") == NULL) {
        put_integer(reply, 0);
        return;
    }
    model_begin_transaction();
    if (slice_equals(call->args[1], "1")) {
        const struct slice *files = model_get_text(change, "files");
        const struct slice *lines = model_get_text(change, "lines");
        model_set(meta, slice_of("digest"), *to);
        model_set(meta, slice_of("files"), files == NULL ? slice_of("") : *files);
        struct slice rest = lines == NULL ? slice_of("") : *lines;
        while (rest.length > 0) {
            struct slice line = text_split(&rest, '\n');
            if (line.length > 0) {
                (void)model_add(model_key_of(call->keys[1]), slice_of(""), 0, line, NULL);
            }
        }
    }
    while (change->field_count > 0) {
        model_delete(change, slice_of(change->fields[0].name));
    }
    put_integer(reply, 1);
}

/* ---- silence ---- */

static bool is_heard(const struct model_key *units, const struct model_key *aside, struct slice unit)
{
    const struct slice *words = model_get(aside, unit);
    struct slice rest = words == NULL ? slice_of("") : *words;
    for (size_t at = 0; rest.length > 0; at++) {
        if (slice_equals(text_split(&rest, ' '), "held") && at % ASIDE_WORDS == 0) {
            return true;
        }
    }
    return model_get(units, unit) != NULL;
}

void turnout_heard(const struct call *call, struct buffer *reply)
{
    put_list(reply, call->arg_count);
    for (size_t i = 0; i < call->arg_count; i++) {
        put_integer(reply, is_heard(model_key_of(call->keys[0]), model_key_of(call->keys[1]), call->args[i]));
    }
}

/* ---- a province's step ---- */

/* A commune that changes. */
struct changing {
    struct slice code;
    struct buffer words;
};

/* The words with another roll, which is the fourth of them. */
static void set_roll(struct buffer *words, int64_t by)
{
    struct slice rest = {words->bytes, words->length};
    for (int i = 0; i < 3; i++) {
        (void)text_split(&rest, ' ');
    }
    size_t before = words->length - rest.length;
    int64_t roll = 0;
    bool is_roll = text_parse_integer(text_split(&rest, ' '), 0, INT64_MAX, &roll);
    assert(is_roll && roll + by >= 0);
    struct buffer changed = {0};
    buffer_append(&changed, words->bytes, before);
    buffer_append_integer(&changed, roll + by);
    buffer_append_char(&changed, ' ');
    buffer_append(&changed, rest.bytes, rest.length);
    buffer_done(words);
    *words = changed;
}

static struct changing *find_changing(struct changing *communes, size_t *count, const struct model_key *key,
                                      struct slice code)
{
    size_t at = 0;
    while (at < *count && !model_is_same(communes[at].code, code)) {
        at++;
    }
    if (at == *count) {
        const struct slice *words = model_get(key, code);
        assert(words != NULL && at < COMMUNES_MAX); /* no commune is added here */
        (*count)++;
        communes[at] = (struct changing){.code = code};
        buffer_append(&communes[at].words, words->bytes, words->length);
    }
    return &communes[at];
}

static void write_step(struct model_key *totals, struct model_key *communes, struct slice digest,
                       struct changing *changing, size_t count, int64_t moved)
{
    const struct slice *standing = model_get_text(totals, "registered");
    int64_t registered = 0;
    bool is_count = standing != NULL && text_parse_integer(*standing, 0, INT64_MAX, &registered);
    assert(is_count && registered + moved >= 0);
    char digits[DECIMAL_BYTES_MAX];
    size_t length = (size_t)(text_put_integer(digits, registered + moved) - digits);
    model_begin_transaction();
    for (size_t i = 0; i < count; i++) {
        model_set(communes, changing[i].code,
                  (struct slice){changing[i].words.bytes, changing[i].words.length});
    }
    model_set(totals, slice_of("registered"), (struct slice){digits, length});
    model_set(totals, slice_of("digest"), digest);
}

void turnout_register_step(const struct call *call, struct buffer *reply)
{
    struct model_key *totals = model_key_of(call->keys[0]);
    struct model_key *communes = model_key_of(call->keys[1]);
    const struct slice *ground[3];
    if (!ground_of(totals, ground)) {
        refuse(reply, "never seeded");
        return;
    }
    bool is_done = model_is_same(*ground[1], call->args[1]);
    if (is_done || !model_is_same(*ground[1], call->args[0])) {
        put_list(reply, is_done ? 1 : 2);
        put_bulk(reply, slice_of(is_done ? "done" : "other"));
        if (!is_done) {
            put_bulk(reply, *ground[1]);
        }
        return;
    }
    int64_t sign = slice_equals(call->args[2], "1") ? 1 : -1;
    struct changing changing[COMMUNES_MAX] = {0};
    struct buffer heard = {0};
    size_t count = 0;
    size_t heard_count = 0;
    int64_t moved = 0;
    struct slice rest = call->args[4];
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        struct slice what = text_split(&line, ' ');
        struct slice code = text_split(&line, ' ');
        int64_t number = 0;
        bool is_number = text_parse_integer(line, INT64_MIN, INT64_MAX, &number);
        assert(is_number);
        if (slice_equals(what, "unit")) {
            if (is_heard(model_key_of(call->keys[2]), model_key_of(call->keys[3]), code)) {
                put_bulk(&heard, code);
                heard_count++;
            }
        } else {
            set_roll(&find_changing(changing, &count, communes, code)->words, sign * number);
            moved += sign * number;
        }
    }
    put_list(reply, heard_count + 1);
    put_bulk(reply, slice_of(heard_count > 0 ? "heard" : "done"));
    buffer_append(reply, heard.bytes, heard.length);
    if (heard_count == 0) {
        write_step(totals, communes, call->args[1], changing, count, moved);
    }
    for (size_t i = 0; i < count; i++) {
        buffer_done(&changing[i].words);
    }
    buffer_done(&heard);
}
