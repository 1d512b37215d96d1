/* turnout_heard, turnout_register_begin, _back, _step and _end of proto/turnout.lua, written as they stand there. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "model_call.h"

enum { COMMUNES_MAX = 16, ASIDE_WORDS = 11, TURN_BYTES = 64 };

/* ---- turns ---- */

static void set_turn(struct model_key *meta, struct model_key *change, struct slice generation,
                     int64_t number)
{
    char turn[TURN_BYTES];
    (void)snprintf(turn, sizeof turn, "%.*s.%lld", (int)generation.length, generation.bytes,
                   (long long)number);
    model_set_text(change, "turn", turn);
    set_count(meta, "turn", number);
}

static bool read_turn(struct slice turn, struct slice *ret_generation, int64_t *ret_number)
{
    *ret_generation = text_split(&turn, '.');
    return text_parse_integer(turn, 0, INT64_MAX, ret_number);
}

/* ---- the change as a whole ---- */

static void put_answer(struct buffer *reply, const char *head, struct slice text)
{
    put_list(reply, 2);
    put_bulk(reply, slice_of(head));
    put_bulk(reply, text);
}

void turnout_register_begin(const struct call *call, struct buffer *reply)
{
    struct model_key *meta = model_key_of(call->keys[0]);
    struct model_key *change = model_key_of(call->keys[1]);
    const struct slice *digest = model_get_text(meta, "digest");
    const struct slice *generation = model_get_text(meta, "generation");
    const struct slice *to = model_get_text(change, "to");
    int64_t number = count_in(meta, "turn");
    if (to != NULL && !model_is_same(*to, call->args[1])) {
        put_answer(reply, "busy", *to);
        return;
    }
    if (digest == NULL || !model_is_same(*digest, call->args[0]) || generation == NULL ||
        (to == NULL && call->arg_count == 2)) {
        put_answer(reply, "other", digest == NULL ? slice_of("") : *digest);
        return;
    }
    if (to == NULL || number % 2 != 0) {
        model_begin_transaction();
        for (size_t i = 2; to == NULL && i + 1 < call->arg_count; i += 2) {
            model_set(change, call->args[i], call->args[i + 1]);
        }
        model_set(change, slice_of("from"), call->args[0]);
        model_set(change, slice_of("to"), call->args[1]);
        set_turn(meta, change, *generation, number + 2 - number % 2);
    }
    put_answer(reply, "begun", *model_get_text(change, "turn"));
}

void turnout_register_back(const struct call *call, struct buffer *reply)
{
    struct model_key *meta = model_key_of(call->keys[0]);
    struct model_key *change = model_key_of(call->keys[1]);
    const struct slice *turn = model_get_text(change, "turn");
    if (turn == NULL || !model_is_same(*turn, call->args[0])) {
        put_bulk(reply, slice_of(""));
        return;
    }
    struct slice generation;
    int64_t number;
    bool is_turn = read_turn(call->args[0], &generation, &number);
    assert(is_turn); /* it is the one that stands */
    if (number % 2 == 0) {
        model_begin_transaction();
        set_turn(meta, change, generation, number + 1);
    }
    put_bulk(reply, *model_get_text(change, "turn"));
}

void turnout_register_end(const struct call *call, struct buffer *reply)
{
    struct model_key *meta = model_key_of(call->keys[0]);
    struct model_key *change = model_key_of(call->keys[2]);
    const struct slice *turn = model_get_text(change, "turn");
    const struct slice *digest = model_get_text(meta, "digest");
    if (turn == NULL || !model_is_same(*turn, call->args[0]) || model_get_text(meta, "schema") == NULL) {
        bool is_wanted = turn == NULL && digest != NULL && model_is_same(*digest, call->args[1]);
        put_integer(reply, is_wanted ? 0 : -1);
        return;
    }
    model_begin_transaction();
    const struct slice *to = model_get_text(change, "to");
    if (model_is_same(*to, call->args[1])) {
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
    const struct slice *ground[3];
    if (!ground_of(model_key_of(call->keys[0]), ground)) {
        refuse(reply, "never seeded");
        return;
    }
    bool is_before = model_is_same(*ground[1], call->args[0]);
    put_list(reply, call->arg_count - 1);
    for (size_t i = 1; i < call->arg_count; i++) {
        bool counts =
            is_before && is_heard(model_key_of(call->keys[1]), model_key_of(call->keys[2]), call->args[i]);
        put_integer(reply, counts);
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
    int64_t registered = count_in(totals, "registered") + moved;
    assert(registered >= 0);
    for (size_t i = 0; i < count; i++) {
        model_set(communes, changing[i].code,
                  (struct slice){changing[i].words.bytes, changing[i].words.length});
    }
    set_count(totals, "registered", registered);
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
    struct slice generation;
    struct slice digest = *ground[1];
    int64_t turn;
    if (!read_turn(call->args[2], &generation, &turn) || !model_is_same(*ground[0], generation) ||
        turn < count_in(totals, "turn")) {
        put_list(reply, 1);
        put_bulk(reply, slice_of("overtaken"));
        return;
    }
    if (!model_is_same(digest, call->args[0])) {
        model_begin_transaction();
        set_count(totals, "turn", turn);
        bool is_done = model_is_same(digest, call->args[1]);
        put_list(reply, is_done ? 1 : 2);
        put_bulk(reply, slice_of(is_done ? "done" : "other"));
        if (!is_done) {
            put_bulk(reply, digest);
        }
        return;
    }
    int64_t sign = turn % 2 == 0 ? 1 : -1;
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
        model_begin_transaction();
        set_count(totals, "turn", turn);
        write_step(totals, communes, call->args[1], changing, count, moved);
    }
    for (size_t i = 0; i < count; i++) {
        buffer_done(&changing[i].words);
    }
    buffer_done(&heard);
}
