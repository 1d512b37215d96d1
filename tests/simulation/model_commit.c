/* turnout_commit of proto/turnout.lua, written as it stands there. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/limits.h>

#include "model_call.h"
#include "registers.h"

static const uint64_t EXACT_MAX = (UINT64_C(1) << 53) - 1;

/* ---- committing ---- */

enum { CODE, EXPECTED, WORDS, CHANGED, LINES, SHAPE, PART };
enum { COMMUNES = 1, UNITS, LOG, HELD, WAITING, ASIDE, LEDGER, FLAGGED }; /* keys of a commit */
enum { PARTS_MAX = 64, SUM_COUNT = 8, FLAGGED_MAX = 1000 };

static const char *const sum_names[SUM_COUNT] = {
    "voted",       "registered",     "units_reported", "registered_reported",
    "units_final", "units_complete", "held",           "revision"};

struct part {
    const struct slice *args;
    size_t units, silenced, aside, held, decided, ledger, flagged, unflagged; /* how many */
    const struct slice *standing;
    bool matches;
};

/* What the communes' changes add up to. */
struct change {
    int64_t sums[SUM_COUNT];
    int64_t as_of;
    int64_t rounds[ROUNDS_MAX];
    int64_t late[ROUNDS_MAX];
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
        part->silenced = next_count(&shape);
        part->aside = next_count(&shape);
        part->held = next_count(&shape);
        part->decided = next_count(&shape);
        part->ledger = next_count(&shape);
        part->flagged = next_count(&shape);
        part->unflagged = next_count(&shape);
        at += PART + 2 * part->units + part->silenced + 2 * part->aside + 3 * part->held + part->decided +
              part->ledger + 2 * part->flagged + part->unflagged;
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
        bool is_late = slice_equals(text_split(&units, ':'), "late");
        struct slice round = text_split(&units, ':');
        uint64_t number = 0;
        int64_t count = 0;
        is_number = text_parse_unsigned(round, ROUNDS_MAX, &number) && number > 0 &&
                    text_parse_integer(units, INT64_MIN, INT64_MAX, &count);
        assert(is_number);
        (is_late ? change->late : change->rounds)[number - 1] += count;
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
    for (int i = 0; i < 2 * ROUNDS_MAX; i++) {
        bool is_late = i >= ROUNDS_MAX;
        int64_t units = is_late ? change->late[i - ROUNDS_MAX] : change->rounds[i];
        char field[sizeof "round:-2147483648"];
        (void)snprintf(field, sizeof field, "%s:%d", is_late ? "late" : "round", i % ROUNDS_MAX + 1);
        is_possible = (units == 0 || add_to(totals, field, units, writes)) && is_possible;
    }
    int64_t as_of;
    is_possible = read_count(totals, "as_of", &as_of) && is_possible;
    if (is_possible && change->as_of > as_of) {
        is_possible = add_to(totals, "as_of", change->as_of - as_of, writes);
    }
    return is_possible;
}

/* The units and what is set aside of them. Returns where the lines of the ledger begin. */
static const struct slice *write_units(struct model_key *const keys[], const struct part *part)
{
    const struct slice *at = part->args + PART;
    for (size_t i = 0; i < part->units; i++, at += 2) {
        model_set(keys[UNITS], at[0], at[1]);
    }
    for (size_t i = 0; i < part->silenced; i++, at++) {
        model_delete(keys[UNITS], *at);
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
    return at;
}

static void write_flagged(struct model_key *flagged, const struct part *part, const struct slice *at)
{
    for (size_t i = 0; i < part->flagged; i++, at += 2) {
        model_set(flagged, at[1], at[0]);
    }
    for (size_t i = 0; i < part->unflagged; i++, at++) {
        model_delete(flagged, *at);
    }
    assert(flagged->field_count <= FLAGGED_MAX); /* what is beyond would have to go */
}

static void write_commune(const struct call *call, const struct part *part,
                          const struct model_ground *standing)
{
    struct model_key *keys[FLAGGED + 1];
    for (size_t i = 0; i <= FLAGGED; i++) {
        keys[i] = model_key_of(call->keys[i]);
    }
    struct slice last = *part->standing;
    struct slice word = {NULL, 0};
    uint64_t previous = 0;
    bool has_word =
        text_split_last(&last, ' ', &word) &&
        (slice_equals(word, "-") || text_parse_unsigned(text_split(&word, '-'), UINT64_MAX, &previous));
    assert(has_word);
    uint64_t id = model_add(keys[LOG], part->args[CODE], previous, part->args[LINES], standing);
    struct buffer words = {0};
    buffer_append(&words, part->args[WORDS].bytes, part->args[WORDS].length);
    buffer_printf(&words, " %llu-0", (unsigned long long)id);
    model_set(keys[COMMUNES], part->args[CODE], (struct slice){words.bytes, words.length});
    buffer_done(&words);
    const struct slice *at = write_units(keys, part);
    for (size_t i = 0; i < part->ledger; i++, at++) {
        (void)model_add(keys[LEDGER], slice_of(""), 0, *at, standing);
    }
    write_flagged(keys[FLAGGED], part, at);
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

void turnout_commit(const struct call *call, struct buffer *reply)
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
    struct model_ground standing = {.reg = registers_find(*ground[1])};
    bool is_phase = election_phase_parse(*ground[2], &standing.phase);
    assert(is_phase);
    if (matches) {
        model_begin_transaction();
    }
    for (size_t i = 0; i < count; i++) {
        if (parts[i].matches) {
            write_commune(call, &parts[i], &standing);
        }
    }
    if (matches) {
        (void)change_totals(totals, &change, true);
    }
    answer_commit(reply, parts, count);
}
