/* Field by field, through the store and, where that would hide something, by what Redis itself says. */
#include "store_compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/wire/signature.h>

static void compare_totals(const struct totals *got, const struct totals *wanted, const struct area *area)
{
    ck_assert_msg(totals_equal(got, wanted),
                  "%s: voted %" PRId64 "/%" PRId64 " registered %" PRId64 "/%" PRId64 " revision %" PRId64
                  "/%" PRId64,
                  area->code, got->voted, wanted->voted, got->registered, wanted->registered, got->revision,
                  wanted->revision);
    ck_assert_int_eq(got->as_of, wanted->as_of);
    ck_assert(totals_plausible(got, area->units));
}

static void compare_province(struct store_fixture *store, const struct memory_store *oracle,
                             uint32_t province)
{
    const struct election_register *reg = store->reg;
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    struct totals sum = {0};
    bool moved = false;
    ck_assert_int_eq(store_fixture_read(store, province, -1, &moved, &totals, communes), TURNOUT_OK);
    ck_assert(moved);
    compare_totals(&totals, memory_store_totals(oracle, province), &reg->areas[province]);
    for (uint32_t i = 0; i < STORE_FIXTURE_COMMUNES; i++) {
        uint32_t commune = reg->areas[province].first_child + i;
        compare_totals(&communes[i], memory_store_totals(oracle, commune), &reg->areas[commune]);
        totals_add(&sum, &communes[i]);
    }
    ck_assert(totals_equal(&sum, &totals));
}

/* The units hash word by word, as proto/redis.md describes it. */
static void compare_unit(struct store_fixture *store, const struct memory_store *oracle, uint32_t unit)
{
    const struct election_register *reg = store->reg;
    const struct unit_state *state = memory_store_unit(oracle, unit);
    uint32_t province = register_province_of(reg, reg->units[unit].commune);
    redisReply *reply = redis_fixture_command(&store->redis, "HGET turnout:{e-1:%s}:units %s",
                                              reg->areas[province].code, reg->units[unit].code);
    if (state->seq == 0) {
        ck_assert_int_eq(reply->type, REDIS_REPLY_NIL);
    } else {
        char wanted[200];
        int length = snprintf(wanted, sizeof wanted, "%d %d %d %" PRId64 " %" PRId64 " %s %u ", state->seq,
                              state->voted, state->registered, state->as_of, state->received_ms,
                              report_kind_name(state->kind), state->round);
        for (size_t i = 0; i < sizeof state->digest; i++) {
            length += snprintf(wanted + length, sizeof wanted - (size_t)length, "%02x", state->digest[i]);
        }
        ck_assert_str_eq(reply->str, wanted);
    }
    freeReplyObject(reply);
}

static void compare_held_report(const struct log_line *got, const struct memory_held *wanted)
{
    const struct report_received *received = &wanted->held.received;
    ck_assert_int_eq(got->outcome, LOG_HELD);
    ck_assert_str_eq(report_code_name(got->code), report_code_name(wanted->held.code));
    ck_assert_str_eq(got->flags, wanted->flags);
    ck_assert_uint_eq(got->round, received->round);
    ck_assert_int_eq(got->received_ms, received->received_ms);
    unsigned char digest[REPORT_DIGEST_BYTES];
    report_digest(&got->report, digest); /* of everything that a unit says */
    ck_assert_mem_eq(digest, received->digest, sizeof digest);
}

/* Those that wait, whatever their order. */
static void compare_held(struct store_fixture *store, const struct memory_store *oracle, uint32_t province)
{
    const struct election_register *reg = store->reg;
    static struct log_line listed[STORE_HELD_LISTED_MAX]; /* too much for a stack */
    struct fixture_held page;
    size_t held;
    const struct memory_held *wanted = memory_store_held(oracle, &held);
    ck_assert_int_eq(store_fixture_list_held(store, province, NULL, STORE_HELD_LISTED_MAX, listed, &page),
                     TURNOUT_OK);
    ck_assert(!page.has_next);
    size_t count = page.count;
    ck_assert_int_eq(page.total, memory_store_totals(oracle, province)->held);
    ck_assert_int_eq((int64_t)count, page.total);
    for (size_t i = 0; i < held; i++) {
        if (wanted[i].held.state != HELD_WAITING ||
            register_province_of(reg, reg->units[wanted[i].unit].commune) != province) {
            continue;
        }
        size_t at = 0;
        const char *unit = reg->units[wanted[i].unit].code;
        while (at < count && (strcmp(listed[at].report.unit, unit) != 0 ||
                              listed[at].report.seq != wanted[i].held.received.seq)) {
            at++;
        }
        ck_assert_uint_lt(at, count);
        compare_held_report(&listed[at], &wanted[i]);
    }
}

/* The head that a commune's words name, and the one that its log lines come to. Its revision is their number. */
static void compare_chain(struct store_fixture *store, uint32_t province, uint32_t commune)
{
    const struct area *areas = store->reg->areas;
    unsigned char head[LOG_HEAD_BYTES] = {0};
    int64_t lines = 0;
    redisReply *entries =
        redis_fixture_command(&store->redis, "XRANGE turnout:{e-1:%s}:log - +", areas[province].code);
    for (size_t i = 0; i < entries->elements; i++) {
        const redisReply *fields = entries->element[i]->element[1];
        ck_assert_str_eq(fields->element[0]->str, "commune");
        ck_assert_str_eq(fields->element[4]->str, "lines");
        if (strcmp(fields->element[1]->str, areas[commune].code) == 0) {
            struct slice rest = {fields->element[5]->str, fields->element[5]->len};
            while (rest.bytes != NULL) {
                log_chain_extend(head, text_split(&rest, '\n'));
                lines++;
            }
        }
    }
    freeReplyObject(entries);
    char wanted[160];
    int length = snprintf(wanted, sizeof wanted, "%" PRId64 " ", lines);
    for (size_t i = 0; i < sizeof head; i++) {
        length += snprintf(wanted + length, sizeof wanted - (size_t)length, "%02x", head[i]);
    }
    redisReply *words = redis_fixture_command(&store->redis, "HGET turnout:{e-1:%s}:communes %s",
                                              areas[province].code, areas[commune].code);
    ck_assert_msg(strncmp(words->str, wanted, (size_t)length) == 0, "%s: %s, not %s", areas[commune].code,
                  words->str, wanted);
    freeReplyObject(words);
}

void store_compare(struct store_fixture *store, const struct memory_store *oracle)
{
    for (uint32_t province = 1; province <= 2; province++) {
        compare_province(store, oracle, province);
        for (uint32_t i = 0; i < STORE_FIXTURE_COMMUNES; i++) {
            compare_chain(store, province, store->reg->areas[province].first_child + i);
        }
        compare_held(store, oracle, province);
    }
    for (uint32_t unit = 0; unit < store->reg->unit_count; unit++) {
        compare_unit(store, oracle, unit);
    }
}
