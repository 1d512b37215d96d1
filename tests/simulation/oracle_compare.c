/* Compares what must stand with what does. */
#include <inttypes.h>
#include <string.h>

#include "oracle_private.h"
#include "scene.h"
#include "words.h"
#include "world.h"

static bool is_text(const struct slice *stands, const struct buffer *expected)
{
    return stands != NULL && stands->length == expected->length &&
           memcmp(stands->bytes, expected->bytes, expected->length) == 0;
}

static void check_text(const char *what, const char *code, const struct slice *stands,
                       struct buffer *expected)
{
    if (!is_text(stands, expected)) {
        world_fail("%s %s: stands \"%.*s\", must be \"%s\"", what, code,
                   stands == NULL ? 1 : (int)stands->length, stands == NULL ? "-" : stands->bytes,
                   expected->bytes);
    }
    buffer_clear(expected);
}

/* ---- units ---- */

/* What was voided leaves its seq, and so its id, to others. */
static bool has_waiting(const struct oracle_unit *known, int32_t seq)
{
    for (size_t i = 0; i < known->held_count; i++) {
        if (known->held[i].received.seq == seq && known->held[i].state == HELD_WAITING) {
            return true;
        }
    }
    return false;
}

static void compare_unit_held(const struct oracle_province *province, uint32_t unit)
{
    const struct oracle_unit *known = &oracle.units[unit];
    const char *code = scene.reg->units[unit].code;
    struct buffer expected = {0};
    if (known->held_count > 0) {
        words_write_held(&expected, known->held, known->held_count);
        check_text("aside", code, model_get_text(province->keys[KEY_ASIDE], code), &expected);
    } else if (model_get_text(province->keys[KEY_ASIDE], code) != NULL) {
        world_fail("aside %s: there are words of a unit of which nothing was held", code);
    }
    for (size_t i = 0; i < known->held_count; i++) {
        char id[HELD_ID_BYTES];
        held_id_write(code, known->held[i].received.seq, id);
        bool waits = known->held[i].state == HELD_WAITING;
        const struct slice *line = model_get_text(province->keys[KEY_HELD], id);
        const struct slice *when = model_get_text(province->keys[KEY_WAITING], id);
        if (waits ? line == NULL || when == NULL
                  : (line != NULL || when != NULL) && !has_waiting(known, known->held[i].received.seq)) {
            world_fail("held %s: %s, but it is %s", id, line != NULL ? "is there" : "is not there",
                       held_state_name(known->held[i].state));
        }
        if (waits) {
            buffer_append(&expected, known->held_kept[i].line.bytes, known->held_kept[i].line.length);
            check_text("held", id, line, &expected);
            buffer_append_integer(&expected, known->held_kept[i].order);
            check_text("waiting", id, when, &expected);
        }
    }
    buffer_done(&expected);
}

static void compare_unit_flagged(const struct oracle_province *province, uint32_t unit)
{
    const struct oracle_unit *known = &oracle.units[unit];
    struct buffer words = {0};
    struct buffer received = {0};
    for (size_t i = 0; i < known->counted_count; i++) {
        const struct report_received *report = &known->counted[i].received;
        char flags[RULE_FLAGS_BYTES];
        if (known->counted[i].violations == 0) {
            continue;
        }
        rules_write_flags(known->counted[i].violations, flags);
        words_write_flagged(&words, &(struct words_flagged){slice_of(scene.reg->units[unit].code),
                                                            report->seq, report->voted, report->as_of,
                                                            report->received_ms, slice_of(flags)});
        buffer_append_integer(&received, report->received_ms);
        check_text("flagged", words.bytes, model_get_text(province->keys[KEY_FLAGGED], words.bytes),
                   &received);
        buffer_clear(&words);
    }
    buffer_done(&words);
    buffer_done(&received);
}

static void compare_unit(const struct oracle_province *province, uint32_t unit)
{
    const struct oracle_unit *known = &oracle.units[unit];
    const char *code = scene.reg->units[unit].code;
    const struct slice *stands = model_get_text(province->keys[KEY_UNITS], code);
    if (known->state.seq == 0) {
        if (stands != NULL) {
            world_fail("units %s: has words, but nothing of it was counted", code);
        }
    } else {
        struct buffer expected = {0};
        words_write_unit(&expected, &known->state);
        check_text("units", code, stands, &expected);
        buffer_done(&expected);
    }
    compare_unit_held(province, unit);
    compare_unit_flagged(province, unit);
}

/* ---- communes ---- */

static void check_sum(const char *what, const char *code, int64_t stands, int64_t sum)
{
    if (stands != sum) {
        world_fail("%s: %s is %" PRId64 ", but the units add up to %" PRId64, code, what, stands, sum);
    }
}

/* The commune is the sum of its units. */
static void compare_sums(uint32_t commune)
{
    const struct area *area = &scene.reg->areas[commune];
    struct totals sum = {0};
    for (uint32_t i = area->first_child; i < area->first_child + area->units; i++) {
        const struct unit_state *state = &oracle.units[i].state;
        bool is_heard = state->seq > 0;
        sum.voted += state->voted;
        sum.registered += state->registered;
        sum.units_reported += is_heard;
        sum.registered_reported += is_heard ? state->registered : 0;
        sum.units_final += state->kind == KIND_FINAL;
        sum.units_complete += state->registered > 0 && state->voted == state->registered;
        for (size_t j = 0; j < oracle.units[i].held_count; j++) {
            sum.held += oracle.units[i].held[j].state == HELD_WAITING;
        }
    }
    const struct totals *totals = &oracle.communes[commune].known.totals;
    check_sum("voted", area->code, totals->voted, sum.voted);
    check_sum("registered", area->code, totals->registered, sum.registered);
    check_sum("units_reported", area->code, totals->units_reported, sum.units_reported);
    check_sum("registered_reported", area->code, totals->registered_reported, sum.registered_reported);
    check_sum("units_final", area->code, totals->units_final, sum.units_final);
    check_sum("units_complete", area->code, totals->units_complete, sum.units_complete);
    check_sum("held", area->code, totals->held, sum.held);
}

void oracle_compare_commune(uint32_t commune)
{
    const struct area *area = &scene.reg->areas[commune];
    const struct oracle_province *province = &oracle.provinces[area->parent];
    const struct oracle_commune *known = &oracle.communes[commune];
    struct buffer expected = {0};
    words_write_commune(&expected, &known->known);
    if (known->last_id == 0) {
        buffer_append_text(&expected, " -");
    } else {
        buffer_printf(&expected, " %" PRIu64 "-0", known->last_id);
    }
    check_text("communes", area->code, model_get_text(province->keys[KEY_COMMUNES], area->code), &expected);
    buffer_done(&expected);
    compare_sums(commune);
    for (uint32_t i = area->first_child; i < area->first_child + area->units; i++) {
        compare_unit(province, i);
    }
}

/* ---- provinces ---- */

static void check_field(uint32_t province, const char *field, int64_t must)
{
    const struct slice *stands = model_get_text(oracle.provinces[province].keys[KEY_TOTALS], field);
    int64_t count = 0;
    if (stands != NULL && !text_parse_integer(*stands, INT64_MIN, INT64_MAX, &count)) {
        world_fail("totals %s %s: no number", scene.reg->areas[province].code, field);
    }
    if (count != must) {
        world_fail("totals %s %s: stands %" PRId64 ", but the communes add up to %" PRId64,
                   scene.reg->areas[province].code, field, count, must);
    }
}

static void check_rounds(uint32_t province, const char *name, const int64_t units[ROUNDS_MAX])
{
    for (uint32_t i = 0; i < scene.election.round_count; i++) {
        struct buffer field = {0};
        buffer_printf(&field, "%s:%u", name, i + 1);
        check_field(province, field.bytes, units[i]);
        buffer_done(&field);
    }
}

void oracle_compare_province(uint32_t province)
{
    const struct area *area = &scene.reg->areas[province];
    struct totals sum = {0};
    for (uint32_t i = area->first_child; i < area->first_child + area->children; i++) {
        totals_add(&sum, &oracle.communes[i].known.totals);
    }
    check_field(province, "voted", sum.voted);
    check_field(province, "registered", sum.registered);
    check_field(province, "units_reported", sum.units_reported);
    check_field(province, "registered_reported", sum.registered_reported);
    check_field(province, "units_final", sum.units_final);
    check_field(province, "units_complete", sum.units_complete);
    check_field(province, "held", sum.held);
    check_field(province, "revision", sum.revision);
    check_field(province, "as_of", sum.as_of);
    check_rounds(province, "round", sum.rounds);
    check_rounds(province, "late", sum.late);
    size_t lines = oracle.provinces[province].keys[KEY_LEDGER]->entry_count;
    if (lines != oracle.provinces[province].ledger_count) {
        world_fail("ledger %s: %zu lines, must be %zu", area->code, lines,
                   oracle.provinces[province].ledger_count);
    }
    size_t flagged = oracle.provinces[province].keys[KEY_FLAGGED]->field_count;
    if (flagged != oracle.provinces[province].flagged_count) {
        world_fail("flagged %s: %zu are there, %zu must be", area->code, flagged,
                   oracle.provinces[province].flagged_count);
    }
    size_t held = oracle.provinces[province].keys[KEY_HELD]->field_count;
    if ((int64_t)held != sum.held || held != oracle.provinces[province].keys[KEY_WAITING]->field_count) {
        world_fail("held %s: %zu are there, %" PRId64 " must be", area->code, held, sum.held);
    }
}
