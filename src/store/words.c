/* Writes and reads the words by which Redis keeps units, communes and reports that were set aside. */
#include "words.h"

#include <string.h>

#include <turnout/base/limits.h>
#include <turnout/wire/round_words.h>

static const int64_t EXACT_MAX = (INT64_C(1) << 53) - 1; /* as in proto/turnout.lua */

static void put_number(struct buffer *out, int64_t number)
{
    char *end = text_put_integer(buffer_reserve(out, DECIMAL_BYTES_MAX + sizeof " "), number);
    *end++ = ' ';
    *end = '\0';
    out->length = (size_t)(end - out->bytes);
}

static void put_word(struct buffer *out, const char *word)
{
    buffer_append_text(out, word);
    buffer_append_char(out, ' ');
}

/* These two are of every report and commune. libsodium's take the same time for all bytes, and so more of it. */

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
    if (hex.length != 2 * length) {
        return false;
    }
    unsigned all = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned high = text_hex_digit(hex.bytes[2 * i]);
        unsigned low = text_hex_digit(hex.bytes[2 * i + 1]);
        ret_bytes[i] = (unsigned char)(high << 4 | low);
        all |= high | low;
    }
    return all < 16;
}

static bool next_number(struct slice *rest, int64_t most, int64_t *ret_number)
{
    uint64_t number = 0;
    bool is_number = text_parse_unsigned(text_split(rest, ' '), (uint64_t)most, &number);
    *ret_number = (int64_t)number;
    return is_number;
}

static bool next_small(struct slice *rest, int32_t most, int32_t *ret_number)
{
    int64_t number;
    bool is_number = next_number(rest, most, &number);
    *ret_number = (int32_t)number;
    return is_number;
}

static bool next_round(struct slice *rest, uint32_t *ret_round)
{
    int32_t round;
    bool is_round = next_small(rest, ROUNDS_MAX, &round);
    *ret_round = (uint32_t)round;
    return is_round;
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
    struct slice rest = text;
    struct unit_state state;
    bool is_sound =
        next_small(&rest, SEQ_MAX, &state.seq) && next_small(&rest, VOTERS_MAX, &state.voted) &&
        next_small(&rest, VOTERS_MAX, &state.registered) && next_number(&rest, INT64_MAX, &state.as_of) &&
        next_number(&rest, INT64_MAX, &state.received_ms) &&
        report_kind_parse(text_split(&rest, ' '), &state.kind) && next_round(&rest, &state.round) &&
        words_read_hex(rest, state.digest, sizeof state.digest);
    if (is_sound) {
        *ret_state = state;
    }
    return is_sound;
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
    struct slice rest = text;
    struct store_commune commune = {.totals = {0}};
    struct totals *totals = &commune.totals;
    if (!next_number(&rest, EXACT_MAX, &totals->revision) ||
        !words_read_hex(text_split(&rest, ' '), commune.head, sizeof commune.head) ||
        !next_number(&rest, EXACT_MAX, &totals->voted) ||
        !next_number(&rest, EXACT_MAX, &totals->registered) ||
        !next_number(&rest, EXACT_MAX, &totals->units_reported) ||
        !next_number(&rest, EXACT_MAX, &totals->registered_reported) ||
        !next_number(&rest, EXACT_MAX, &totals->units_final) ||
        !next_number(&rest, EXACT_MAX, &totals->units_complete) ||
        !next_number(&rest, EXACT_MAX, &totals->held) || !next_number(&rest, EXACT_MAX, &totals->as_of) ||
        !round_words_read(text_split(&rest, ' '), totals) || rest.length == 0 ||
        memchr(rest.bytes, ' ', rest.length) != NULL) { /* the last word is an entry's id, or `-` */
        return false;
    }
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
    struct slice after = *rest;
    if (slice_equals(text_split(&after, ' '), "-")) {
        *rest = after;
        *ret_registered = REGISTERED_ABSENT;
        return true;
    }
    return next_small(rest, VOTERS_MAX, ret_registered);
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
    struct held_report report = {.state = HELD_WAITING};
    struct report_received *received = &report.received;
    if (rest->length == 0 || !held_state_parse(text_split(rest, ' '), &report.state) ||
        !report_code_parse(text_split(rest, ' '), &report.code) ||
        !next_small(rest, SEQ_MAX, &received->seq) || !next_small(rest, VOTERS_MAX, &received->voted) ||
        !next_registered(rest, &received->registered) || !next_number(rest, INT64_MAX, &received->as_of) ||
        !next_number(rest, INT64_MAX, &received->received_ms) ||
        !report_kind_parse(text_split(rest, ' '), &received->kind) || !next_reason(rest, &received->reason) ||
        !next_round(rest, &received->round) ||
        !words_read_hex(text_split(rest, ' '), received->digest, sizeof received->digest)) {
        *rest = start;
        return false;
    }
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
    *ret_flagged = (struct words_flagged){.unit = text_split(&rest, ' ')};
    if (!text_is_code(ret_flagged->unit) || !next_small(&rest, SEQ_MAX, &ret_flagged->seq) ||
        !next_small(&rest, VOTERS_MAX, &ret_flagged->voted) ||
        !next_number(&rest, INT64_MAX, &ret_flagged->as_of) ||
        !next_number(&rest, INT64_MAX, &ret_flagged->received_ms)) {
        return false;
    }
    ret_flagged->flags = rest;
    return rest.length > 0 && rest.length < RULE_FLAGS_BYTES && memchr(rest.bytes, ' ', rest.length) == NULL;
}
