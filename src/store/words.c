/* Writes and reads the words by which Redis keeps units, communes and reports that were set aside. */
#include "words.h"

#include <string.h>

#include <sodium.h>

#include <turnout/base/limits.h>
#include <turnout/wire/round_words.h>

enum { SUM_COUNT = 8 };

static const uint64_t EXACT_MAX = (UINT64_C(1) << 53) - 1; /* as in proto/turnout.lua */

static void put_number(struct buffer *out, int64_t number)
{
    buffer_append_integer(out, number);
    buffer_append_char(out, ' ');
}

static void put_word(struct buffer *out, const char *word)
{
    buffer_append_text(out, word);
    buffer_append_char(out, ' ');
}

void words_put_hex(struct buffer *out, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char *at = buffer_reserve(out, 2 * length);
    for (size_t i = 0; i < length; i++) {
        at[2 * i] = digits[bytes[i] >> 4];
        at[2 * i + 1] = digits[bytes[i] & 15];
    }
    at[2 * length] = '\0';
    out->length += 2 * length;
}

bool words_read_hex(struct slice hex, unsigned char *ret_bytes, size_t length)
{
    size_t bytes;
    return hex.length == 2 * length &&
           sodium_hex2bin(ret_bytes, length, hex.bytes, hex.length, NULL, &bytes, NULL) == 0 &&
           bytes == length;
}

static bool next_number(struct slice *rest, uint64_t most, uint64_t *ret_number)
{
    return text_parse_unsigned(text_split(rest, ' '), most, ret_number);
}

/* ---- a unit ---- */

void words_write_unit(struct buffer *out, const struct unit_state *state)
{
    put_number(out, state->seq);
    put_number(out, state->voted);
    put_number(out, state->registered);
    put_number(out, state->as_of);
    put_number(out, state->received_ms);
    put_word(out, report_kind_name(state->kind));
    put_number(out, state->round);
    words_put_hex(out, state->digest, sizeof state->digest);
}

bool words_read_unit(struct slice text, struct unit_state *ret_state)
{
    uint64_t seq;
    uint64_t voted;
    uint64_t registered;
    uint64_t as_of;
    uint64_t received;
    uint64_t round;
    struct slice rest = text;
    struct unit_state state;
    if (!next_number(&rest, SEQ_MAX, &seq) || !next_number(&rest, VOTERS_MAX, &voted) ||
        !next_number(&rest, VOTERS_MAX, &registered) || !next_number(&rest, INT64_MAX, &as_of) ||
        !next_number(&rest, INT64_MAX, &received) ||
        !report_kind_parse(text_split(&rest, ' '), &state.kind) || !next_number(&rest, ROUNDS_MAX, &round) ||
        !words_read_hex(rest, state.digest, sizeof state.digest)) {
        return false;
    }
    state.seq = (int32_t)seq;
    state.voted = (int32_t)voted;
    state.registered = (int32_t)registered;
    state.round = (uint32_t)round;
    state.as_of = (int64_t)as_of;
    state.received_ms = (int64_t)received;
    *ret_state = state;
    return true;
}

/* ---- a commune ---- */

void words_write_expected(struct buffer *out, const struct store_commune *commune)
{
    put_number(out, commune->totals.revision);
    words_put_hex(out, commune->head, sizeof commune->head);
    buffer_append_char(out, ' ');
}

static void put_sums(struct buffer *out, const struct totals *totals)
{
    put_number(out, totals->voted);
    put_number(out, totals->registered);
    put_number(out, totals->units_reported);
    put_number(out, totals->registered_reported);
    put_number(out, totals->units_final);
    put_number(out, totals->units_complete);
    put_number(out, totals->held);
}

void words_write_commune(struct buffer *out, const struct store_commune *commune)
{
    words_write_expected(out, commune);
    put_sums(out, &commune->totals);
    put_number(out, commune->totals.as_of);
    round_words_write(out, &commune->totals);
}

bool words_read_commune(struct slice text, struct store_commune *ret_commune)
{
    uint64_t revision;
    uint64_t sums[SUM_COUNT];
    struct slice rest = text;
    struct store_commune commune = {.totals = {0}};
    if (!next_number(&rest, EXACT_MAX, &revision) ||
        !words_read_hex(text_split(&rest, ' '), commune.head, sizeof commune.head)) {
        return false;
    }
    for (int i = 0; i < SUM_COUNT; i++) {
        if (!next_number(&rest, EXACT_MAX, &sums[i])) {
            return false;
        }
    }
    /* The last word is an entry's id, or `-`. */
    if (!round_words_read(text_split(&rest, ' '), &commune.totals) || rest.length == 0 ||
        memchr(rest.bytes, ' ', rest.length) != NULL) {
        return false;
    }
    struct totals *totals = &commune.totals;
    totals->revision = (int64_t)revision;
    totals->voted = (int64_t)sums[0];
    totals->registered = (int64_t)sums[1];
    totals->units_reported = (int64_t)sums[2];
    totals->registered_reported = (int64_t)sums[3];
    totals->units_final = (int64_t)sums[4];
    totals->units_complete = (int64_t)sums[5];
    totals->held = (int64_t)sums[6];
    totals->as_of = (int64_t)sums[7];
    *ret_commune = commune;
    return true;
}

/* ` <field>:<round>:<units>` for each round with a change. */
static void put_round_changes(struct buffer *out, const char *field, const int64_t units[ROUNDS_MAX])
{
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        if (units[i] != 0) {
            buffer_append_char(out, ' ');
            buffer_append_text(out, field);
            buffer_append_char(out, ':');
            buffer_append_integer(out, (int64_t)i + 1);
            buffer_append_char(out, ':');
            buffer_append_integer(out, units[i]);
        }
    }
}

void words_write_change(struct buffer *out, const struct totals *change)
{
    put_sums(out, change);
    put_number(out, change->revision);
    buffer_append_integer(out, change->as_of);
    put_round_changes(out, "round", change->rounds);
    put_round_changes(out, "late", change->late);
}

/* ---- reports that were held ---- */

/* `-` where there is none. */
static void put_name(struct buffer *out, const char *name)
{
    put_word(out, name[0] == '\0' ? "-" : name);
}

void words_write_held(struct buffer *out, const struct held_report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct report_received *received = &reports[i].received;
        if (i > 0) {
            buffer_append_char(out, ' ');
        }
        put_word(out, held_state_name(reports[i].state));
        put_word(out, report_code_name(reports[i].code));
        put_number(out, received->seq);
        put_number(out, received->voted);
        if (received->registered == REGISTERED_ABSENT) {
            put_name(out, "");
        } else {
            put_number(out, received->registered);
        }
        put_number(out, received->as_of);
        put_number(out, received->received_ms);
        put_word(out, report_kind_name(received->kind));
        put_name(out, report_reason_name(received->reason));
        put_number(out, received->round);
        words_put_hex(out, received->digest, sizeof received->digest);
    }
}

static bool next_registered(struct slice *rest, int32_t *ret_registered)
{
    struct slice word = text_split(rest, ' ');
    uint64_t registered;
    if (slice_equals(word, "-")) {
        *ret_registered = REGISTERED_ABSENT;
        return true;
    }
    bool is_count = text_parse_unsigned(word, VOTERS_MAX, &registered);
    *ret_registered = is_count ? (int32_t)registered : REGISTERED_ABSENT;
    return is_count;
}

static bool next_reason(struct slice *rest, enum report_reason *ret_reason)
{
    struct slice word = text_split(rest, ' ');
    *ret_reason = REASON_NONE;
    return slice_equals(word, "-") || report_reason_parse(word, ret_reason);
}

bool words_next_held(struct slice *rest, struct held_report *ret_report)
{
    struct slice start = *rest;
    uint64_t seq;
    uint64_t voted;
    uint64_t as_of;
    uint64_t received_ms;
    uint64_t round;
    struct held_report report = {.state = HELD_WAITING};
    struct report_received *received = &report.received;
    if (rest->length == 0 || !held_state_parse(text_split(rest, ' '), &report.state) ||
        !report_code_parse(text_split(rest, ' '), &report.code) || !next_number(rest, SEQ_MAX, &seq) ||
        !next_number(rest, VOTERS_MAX, &voted) || !next_registered(rest, &received->registered) ||
        !next_number(rest, INT64_MAX, &as_of) || !next_number(rest, INT64_MAX, &received_ms) ||
        !report_kind_parse(text_split(rest, ' '), &received->kind) || !next_reason(rest, &received->reason) ||
        !next_number(rest, ROUNDS_MAX, &round) ||
        !words_read_hex(text_split(rest, ' '), received->digest, sizeof received->digest)) {
        *rest = start;
        return false;
    }
    received->seq = (int32_t)seq;
    received->voted = (int32_t)voted;
    received->as_of = (int64_t)as_of;
    received->received_ms = (int64_t)received_ms;
    received->round = (uint32_t)round;
    *ret_report = report;
    return true;
}

/* ---- reports that broke rules ---- */

void words_write_flagged(struct buffer *out, const struct words_flagged *flagged)
{
    buffer_append(out, flagged->unit.bytes, flagged->unit.length);
    buffer_append_char(out, ' ');
    put_number(out, flagged->seq);
    put_number(out, flagged->voted);
    put_number(out, flagged->as_of);
    put_number(out, flagged->received_ms);
    buffer_append(out, flagged->flags.bytes, flagged->flags.length);
}

bool words_read_flagged(struct slice text, struct words_flagged *ret_flagged)
{
    struct slice rest = text;
    uint64_t seq;
    uint64_t voted;
    uint64_t as_of;
    uint64_t received_ms;
    *ret_flagged = (struct words_flagged){.unit = text_split(&rest, ' ')};
    if (!text_is_code(ret_flagged->unit) || !next_number(&rest, SEQ_MAX, &seq) ||
        !next_number(&rest, VOTERS_MAX, &voted) || !next_number(&rest, INT64_MAX, &as_of) ||
        !next_number(&rest, INT64_MAX, &received_ms) || rest.length == 0 || rest.length >= RULE_FLAGS_BYTES ||
        memchr(rest.bytes, ' ', rest.length) != NULL) {
        return false;
    }
    ret_flagged->seq = (int32_t)seq;
    ret_flagged->voted = (int32_t)voted;
    ret_flagged->as_of = (int64_t)as_of;
    ret_flagged->received_ms = (int64_t)received_ms;
    ret_flagged->flags = rest;
    return true;
}
