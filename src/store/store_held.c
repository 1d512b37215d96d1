/* Held reports: which there are, and deciding about one. */
#include <turnout/store/store.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "held_reply.h"
#include "store_private.h"

static enum turnout_error error_of(const redisReply *reply)
{
    return store_is_about_content(reply) ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE;
}

static void write_number(int64_t number, char ret_text[24])
{
    int length = snprintf(ret_text, 24, "%" PRId64, number);
    assert(length > 0 && length < 24);
}

/* ---- listing ---- */

struct listing {
    struct store *store;
    store_held_fn *on_held;
    void *context;
};

static enum turnout_error read_list(const redisReply *reply, const struct store *store,
                                    struct held_report *ret_reports, struct error *error)
{
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *element = reply->element[i];
        bool is_text = element->type == REDIS_REPLY_STRING;
        struct slice text = is_text ? (struct slice){element->str, element->len} : slice_of("");
        enum turnout_error failed =
            held_report_read(text, store_election(store), store_register(store), &ret_reports[i], error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

static void on_list_reply(void *context, const redisReply *reply, const char *why)
{
    struct listing *listing = context;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements <= STORE_HELD_LISTED_MAX) {
        struct held_report *reports = memory_new_array(reply->elements, sizeof *reports);
        struct error error = {0};
        enum turnout_error failed = read_list(reply, listing->store, reports, &error);
        if (failed == TURNOUT_OK) {
            listing->on_held(listing->context, TURNOUT_OK, "", reports, reply->elements);
        } else {
            listing->on_held(listing->context, failed, error.text, NULL, 0);
        }
        free(reports);
    } else {
        listing->on_held(listing->context, error_of(reply), store_word_of(reply, why), NULL, 0);
    }
    free(listing);
}

void store_list_held(struct store *store, uint32_t area, store_held_fn *on_held, void *context)
{
    const struct election_register *reg = store_register(store);
    uint32_t province = register_province_of(reg, area);
    struct province_keys keys;
    char most[24];
    store_keys_of(store, province, &keys);
    write_number(STORE_HELD_LISTED_MAX, most);
    const struct slice arguments[] = {
        slice_of("FCALL_RO"), slice_of("turnout_list_held"),
        slice_of("1"),        slice_of(keys.text[KEY_HELD]),
        slice_of(most),       slice_of(area == province ? "" : reg->areas[area].code),
    };
    struct listing *listing = memory_new(sizeof *listing);
    *listing = (struct listing){store, on_held, context};
    store_send(store, sizeof arguments / sizeof arguments[0], arguments, on_list_reply, listing);
}

/* ---- deciding ---- */

struct deciding {
    store_decided_fn *on_decided;
    void *context;
};

/* What turnout_decide answers, and what the report is then. */
static const struct {
    const char *answer;
    enum store_decided decided;
    enum held_state state;
} outcomes[] = {
    {"released", DECIDED_RELEASED, HELD_RELEASED},
    {"rejected", DECIDED_REJECTED, HELD_REJECTED},
    {"superseded", DECIDED_SUPERSEDED, HELD_SUPERSEDED},
    {"already released", DECIDED_BEFORE, HELD_RELEASED},
    {"already rejected", DECIDED_BEFORE, HELD_REJECTED},
    {"already superseded", DECIDED_BEFORE, HELD_SUPERSEDED},
    {"over-roll", DECIDED_OVER_ROLL, HELD_WAITING},
    {"not-found", DECIDED_NOT_FOUND, HELD_WAITING},
};

static void on_decide_reply(void *context, const redisReply *reply, const char *why)
{
    struct deciding *deciding = context;
    bool is_text = reply != NULL && reply->type == REDIS_REPLY_STRING;
    struct slice answer = is_text ? (struct slice){reply->str, reply->len} : slice_of("");
    size_t at = 0;
    while (at < sizeof outcomes / sizeof outcomes[0] && !slice_equals(answer, outcomes[at].answer)) {
        at++;
    }
    if (at < sizeof outcomes / sizeof outcomes[0]) {
        deciding->on_decided(deciding->context, TURNOUT_OK, "", outcomes[at].decided, outcomes[at].state);
    } else {
        deciding->on_decided(deciding->context, error_of(reply), store_word_of(reply, why), DECIDED_NOT_FOUND,
                             HELD_WAITING);
    }
    free(deciding);
}

void store_decide(struct store *store, const struct store_decision *decision, store_decided_fn *on_decided,
                  void *context)
{
    const struct election_register *reg = store_register(store);
    assert(decision->unit < reg->unit_count);
    const struct unit *unit = &reg->units[decision->unit];
    struct province_keys keys;
    store_keys_of(store, register_province_of(reg, unit->commune), &keys);
    char id[HELD_ID_BYTES];
    char now[24];
    held_id_write(unit->code, decision->seq, id);
    write_number(decision->now_ms, now);
    const struct slice arguments[] = {
        slice_of("FCALL"),
        slice_of("turnout_decide"),
        PROVINCE_KEYS_ALL(keys),
        slice_of(id),
        slice_of(decision->release ? "release" : "reject"),
        slice_of(decision->reason),
        slice_of(decision->who),
        slice_of(now),
    };
    struct deciding *deciding = memory_new(sizeof *deciding);
    *deciding = (struct deciding){on_decided, context};
    store_send(store, sizeof arguments / sizeof arguments[0], arguments, on_decide_reply, deciding);
}
