/* The functions of proto/turnout.lua. They are written as they stand there, so that both can be read side by side. */
#include "model_functions.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/limits.h>
#include <turnout/base/memory.h>

#include "model_data.h"

static const uint64_t EXACT_MAX = (UINT64_C(1) << 53) - 1;

/* A function that is called: its keys, its arguments. */
struct call {
    const struct slice *keys;
    size_t key_count;
    const struct slice *args;
    size_t arg_count;
};

/* ---- replies ---- */

static void put_list(struct buffer *reply, size_t count)
{
    buffer_printf(reply, "*%zu\r\n", count);
}

static void put_bulk(struct buffer *reply, struct slice text)
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

static void put_integer(struct buffer *reply, int value)
{
    buffer_printf(reply, ":%d\r\n", value);
}

static void refuse(struct buffer *reply, const char *why)
{
    buffer_clear(reply);
    buffer_printf(reply, "-TURNOUT %s\r\n", why);
}

/* ---- the ground ---- */

static bool ground_of(const struct model_key *totals, const struct slice *ret_ground[3])
{
    ret_ground[0] = model_get_text(totals, "generation");
    ret_ground[1] = model_get_text(totals, "digest");
    ret_ground[2] = model_get_text(totals, "phase");
    return ret_ground[0] != NULL && ret_ground[1] != NULL && ret_ground[2] != NULL;
}

/* ---- committing ---- */

enum { CODE, EXPECTED, WORDS, CHANGED, LINES, SHAPE, PART };
enum { PARTS_MAX = 64, SUM_COUNT = 8 };

static const char *const sum_names[SUM_COUNT] = {
    "voted",       "registered",     "units_reported", "registered_reported",
    "units_final", "units_complete", "held",           "revision"};

struct part {
    const struct slice *args;
    size_t units, aside, held, decided, ledger; /* how many */
    const struct slice *standing;
    bool matches;
};

/* What the communes' changes add up to. */
struct change {
    int64_t sums[SUM_COUNT];
    int64_t as_of;
    int64_t rounds[ROUNDS_MAX];
};

static size_t next_count(struct slice *rest)
{
    uint64_t count = 0;
    bool is_count = text_parse_unsigned(text_split(rest, ' '), 1000000, &count);
    assert(is_count);
    return (size_t)count;
}

static size_t parts_of(const struct call *call, struct part parts[PARTS_MAX])
{
    size_t count = 0;
    for (size_t at = 3; at < call->arg_count; count++) {
        assert(count < PARTS_MAX && at + SHAPE < call->arg_count);
        struct slice shape = call->args[at + SHAPE];
        struct part *part = &parts[count];
        part->args = &call->args[at];
        part->units = next_count(&shape);
        part->aside = next_count(&shape);
        part->held = next_count(&shape);
        part->decided = next_count(&shape);
        part->ledger = next_count(&shape);
        at += PART + 2 * part->units + 2 * part->aside + 3 * part->held + part->decided + part->ledger;
        assert(at <= call->arg_count);
    }
    return count;
}

static void add_change(struct slice text, struct change *change)
{
    for (int i = 0; i < SUM_COUNT; i++) {
        int64_t number = 0;
        bool is_number = text_parse_integer(text_split(&text, ' '), INT64_MIN, INT64_MAX, &number);
        assert(is_number);
        change->sums[i] += number;
    }
    int64_t as_of = 0;
    bool is_number = text_parse_integer(text_split(&text, ' '), 0, INT64_MAX, &as_of);
    assert(is_number);
    change->as_of = as_of > change->as_of ? as_of : change->as_of;
    while (text.length > 0) {
        struct slice units = text_split(&text, ' ');
        struct slice round = text_split(&units, ':');
        uint64_t number = 0;
        int64_t count = 0;
        is_number = text_parse_unsigned(round, ROUNDS_MAX, &number) && number > 0 &&
                    text_parse_integer(units, INT64_MIN, INT64_MAX, &count);
        assert(is_number);
        change->rounds[number - 1] += count;
    }
}

static bool read_count(const struct model_key *totals, const char *field, int64_t *ret_count)
{
    const struct slice *text = model_get_text(totals, field);
    uint64_t count = 0;
    if (text != NULL && !text_parse_unsigned(*text, EXACT_MAX, &count)) {
        return false;
    }
    *ret_count = (int64_t)count;
    return true;
}

/* Adds to the totals when `writes`, else only says whether that is possible. */
static bool add_to(struct model_key *totals, const char *field, int64_t added, bool writes)
{
    int64_t count;
    if (!read_count(totals, field, &count) || count + added < 0) {
        return false;
    }
    if (writes) {
        char digits[DECIMAL_BYTES_MAX];
        size_t length = (size_t)(text_put_integer(digits, count + added) - digits);
        model_set(totals, slice_of(field), (struct slice){digits, length});
    }
    return true;
}

static bool change_totals(struct model_key *totals, const struct change *change, bool writes)
{
    bool is_possible = true;
    for (int i = 0; i < SUM_COUNT; i++) {
        is_possible = add_to(totals, sum_names[i], change->sums[i], writes) && is_possible;
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
        char field[sizeof "round:-2147483648"];
        (void)snprintf(field, sizeof field, "round:%d", round + 1);
        is_possible = (change->rounds[round] == 0 || add_to(totals, field, change->rounds[round], writes)) &&
                      is_possible;
    }
    int64_t as_of;
    is_possible = read_count(totals, "as_of", &as_of) && is_possible;
    if (is_possible && change->as_of > as_of) {
        is_possible = add_to(totals, "as_of", change->as_of - as_of, writes);
    }
    return is_possible;
}

static void write_commune(const struct call *call, const struct part *part, enum election_phase phase)
{
    enum { COMMUNES = 1, UNITS, LOG, HELD, WAITING, ASIDE, LEDGER };
    struct model_key *keys[LEDGER + 1];
    for (size_t i = 0; i <= LEDGER; i++) {
        keys[i] = model_key_of(call->keys[i]);
    }
    struct slice last = *part->standing;
    struct slice word = {NULL, 0};
    uint64_t previous = 0;
    bool has_word =
        text_split_last(&last, ' ', &word) &&
        (slice_equals(word, "-") || text_parse_unsigned(text_split(&word, '-'), UINT64_MAX, &previous));
    assert(has_word);
    uint64_t id = model_add(keys[LOG], part->args[CODE], previous, part->args[LINES], phase);
    struct buffer words = {0};
    buffer_append(&words, part->args[WORDS].bytes, part->args[WORDS].length);
    buffer_printf(&words, " %llu-0", (unsigned long long)id);
    model_set(keys[COMMUNES], part->args[CODE], (struct slice){words.bytes, words.length});
    buffer_done(&words);
    const struct slice *at = part->args + PART;
    for (size_t i = 0; i < part->units; i++, at += 2) {
        model_set(keys[UNITS], at[0], at[1]);
    }
    for (size_t i = 0; i < part->aside; i++, at += 2) {
        model_set(keys[ASIDE], at[0], at[1]);
    }
    for (size_t i = 0; i < part->held; i++, at += 3) {
        model_set(keys[HELD], at[0], at[2]);
        model_set(keys[WAITING], at[0], at[1]);
    }
    for (size_t i = 0; i < part->decided; i++, at++) {
        model_delete(keys[HELD], *at);
        model_delete(keys[WAITING], *at);
    }
    for (size_t i = 0; i < part->ledger; i++, at++) {
        (void)model_add(keys[LEDGER], slice_of(""), 0, *at, phase);
    }
}

static bool begins_with(struct slice text, struct slice beginning)
{
    return text.length >= beginning.length && memcmp(text.bytes, beginning.bytes, beginning.length) == 0;
}

static void answer_commit(struct buffer *reply, const struct part *parts, size_t count)
{
    put_list(reply, count + 1);
    put_bulk(reply, slice_of("done"));
    for (size_t i = 0; i < count; i++) {
        put_bulk(reply, parts[i].matches ? parts[i].args[WORDS] : slice_of(""));
    }
}

static void turnout_commit(const struct call *call, struct buffer *reply)
{
    struct model_key *totals = model_key_of(call->keys[0]);
    const struct model_key *communes = model_key_of(call->keys[1]);
    const struct slice *ground[3];
    if (!ground_of(totals, ground)) {
        refuse(reply, "never seeded");
        return;
    }
    if (!model_is_same(*ground[0], call->args[0]) || !model_is_same(*ground[1], call->args[1]) ||
        !model_is_same(*ground[2], call->args[2])) {
        put_list(reply, 4);
        put_bulk(reply, slice_of("ground"));
        for (int i = 0; i < 3; i++) {
            put_bulk(reply, *ground[i]);
        }
        return;
    }
    struct part parts[PARTS_MAX];
    size_t count = parts_of(call, parts);
    assert(count > 0);
    struct change change = {0};
    bool matches = false;
    for (size_t i = 0; i < count; i++) {
        struct part *part = &parts[i];
        part->standing = model_get(communes, part->args[CODE]);
        assert(part->standing != NULL);
        part->matches = begins_with(*part->standing, part->args[EXPECTED]);
        if (part->matches) {
            add_change(part->args[CHANGED], &change);
            matches = true;
        }
    }
    if (matches && !change_totals(totals, &change, false)) {
        refuse(reply, "the totals would leave their range");
        return;
    }
    enum election_phase phase = PHASE_REHEARSAL;
    bool is_phase = election_phase_parse(*ground[2], &phase);
    assert(is_phase);
    if (matches) {
        model_begin_transaction();
    }
    for (size_t i = 0; i < count; i++) {
        if (parts[i].matches) {
            write_commune(call, &parts[i], phase);
        }
    }
    if (matches) {
        (void)change_totals(totals, &change, true);
    }
    answer_commit(reply, parts, count);
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

static void turnout_gate(const struct call *call, struct buffer *reply)
{
    struct model_key *totals = model_key_of(call->keys[0]);
    const struct slice *ground[3];
    if (!ground_of(totals, ground)) {
        refuse(reply, "never seeded");
        return;
    }
    bool is_empty = true;
    for (size_t i = 1; i < call->key_count; i++) {
        is_empty = is_empty && !model_exists(model_key_of(call->keys[i]));
    }
    bool stands = model_is_same(*ground[2], call->args[0]);
    if (!stands && is_empty) {
        model_begin_transaction();
        model_set(totals, slice_of("phase"), call->args[0]);
    }
    put_integer(reply, stands || is_empty ? 1 : 0);
}

static void turnout_set(const struct call *call, struct buffer *reply)
{
    struct model_key *meta = model_key_of(call->keys[0]);
    const struct slice *standing = model_get(meta, call->args[0]);
    if (standing == NULL || model_get_text(meta, "schema") == NULL) {
        refuse(reply, "never seeded");
        return;
    }
    put_bulk(reply, *standing);
    if (model_is_same(*standing, call->args[1])) {
        model_begin_transaction();
        model_set(meta, call->args[0], call->args[2]);
        (void)model_add(model_key_of(call->keys[1]), slice_of(""), 0, call->args[3], PHASE_REHEARSAL);
        if (slice_equals(call->args[2], "closed")) {
            model_set(meta, slice_of("bulletin_closing"), slice_of("1"));
        }
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
        {"turnout_commit", turnout_commit}, {"turnout_load", turnout_load},
        {"turnout_gate", turnout_gate},     {"turnout_set", turnout_set},
        {"turnout_settle", turnout_settle},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (slice_equals(name, functions[i].name)) {
            functions[i].run(call, reply);
            return;
        }
    }
    assert(!"a function that the model does not have");
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
    } else {
        uint64_t keys = 0;
        bool is_call = count > 3 && text_parse_unsigned(words[2], count - 3, &keys);
        assert(is_call);
        struct call call = {words + 3, (size_t)keys, words + 3 + keys, count - 3 - (size_t)keys};
        call_function(words[1], &call, reply);
    }
    free(words);
}
