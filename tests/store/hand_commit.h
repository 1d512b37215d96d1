/* Commits made by hand, as a tally would make them: for what Redis says of one, word for word. */
#ifndef TURNOUT_TESTS_HAND_COMMIT_H
#define TURNOUT_TESTS_HAND_COMMIT_H

#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/store/commit.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "store_fixture.h"

enum { HAND_COMMUNES_MAX = 8, HAND_WHY_BYTES = 256 };

/* What a province stands on, as it was prepared. */
static inline struct store_ground hand_ground(struct store_fixture *fixture, uint32_t province)
{
    struct store_ground ground = {.phase = PHASE_REHEARSAL};
    redisReply *reply = redis_fixture_command(&fixture->redis, "HGET turnout:{e-1:%s}:totals generation",
                                              fixture->reg->areas[province].code);
    ck_assert_int_eq(reply->type, REDIS_REPLY_STRING);
    ck_assert(slice_copy(slice_of(reply->str), ground.generation, sizeof ground.generation));
    freeReplyObject(reply);
    memset(ground.digest, fixture->register_id, sizeof ground.digest);
    return ground;
}

/* A commune of which nobody has reported. */
static inline struct store_commune hand_seeded(const struct store_fixture *fixture, uint32_t commune)
{
    return (struct store_commune){.totals = {.registered = fixture->reg->areas[commune].registered}};
}

/* One report that counts, of a unit that was silent. Points into itself; ended by hand_commit_done(). */
struct hand_commit {
    struct commit_commune commune;
    struct store_commune before;
    struct store_commune after;
    struct totals change;
    struct buffer line;
    uint32_t unit;
    struct unit_state state;
};

static inline void hand_commit_init(struct hand_commit *commit, const struct store_fixture *fixture,
                                    uint32_t unit, const struct report *report,
                                    const struct store_commune *before)
{
    struct unit_state silent = {.registered = (int32_t)fixture->reg->units[unit].registered};
    struct rules_context context = {.unit = &silent, .listed = silent.registered};
    struct report_received received = {.seq = report->seq,
                                       .voted = report->voted,
                                       .registered = report->registered,
                                       .test = report->test,
                                       .round = 1,
                                       .as_of = report->as_of,
                                       .received_ms = report->as_of * 1000 + 123};
    struct decision decision;
    struct buffer sent = {0};
    report_digest(report, received.digest);
    rules_decide(&fixture->election, &context, &received, &decision);
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    *commit = (struct hand_commit){.before = *before,
                                   .after = *before,
                                   .change = decision.change,
                                   .unit = unit,
                                   .state = decision.after};
    report_json_write(&sent, report);
    log_line_write_report(&commit->line, &received, &decision, &silent, "",
                          (struct slice){sent.bytes, sent.length});
    buffer_done(&sent);
    commit->commune = (struct commit_commune){.commune = fixture->reg->units[unit].commune,
                                              .before = &commit->before,
                                              .after = &commit->after,
                                              .change = &commit->change,
                                              .lines = {commit->line.bytes, commit->line.length},
                                              .line_count = 1,
                                              .units = &commit->unit,
                                              .unit_states = &commit->state,
                                              .unit_count = 1};
    totals_add(&commit->after.totals, &commit->change);
    log_chain_extend(commit->after.head, commit->commune.lines);
}

static inline void hand_commit_done(struct hand_commit *commit)
{
    buffer_done(&commit->line);
}

/* What became of a commit. */
struct committed {
    bool done;
    enum turnout_error error;
    char why[HAND_WHY_BYTES];
    bool is_answered; /* written[] says of each commune whether it was */
    bool written[HAND_COMMUNES_MAX];
    bool has_ground; /* there is another */
    struct store_ground ground;
};

static inline void hand_committed(void *context, enum turnout_error error, const char *why,
                                  const bool *written, size_t count, const struct store_ground *standing)
{
    struct committed *committed = context;
    ck_assert(!committed->done);
    ck_assert_uint_le(count, HAND_COMMUNES_MAX);
    ck_assert(error != TURNOUT_OK ? written == NULL && standing == NULL
                                  : (written == NULL) != (standing == NULL));
    committed->done = true;
    committed->error = error;
    (void)strncpy(committed->why, why, sizeof committed->why - 1);
    if (written != NULL) {
        committed->is_answered = true;
        memcpy(committed->written, written, count * sizeof written[0]);
    }
    if (standing != NULL) {
        committed->has_ground = true;
        committed->ground = *standing;
    }
}

/* One report as a commit of its own, in a province of these tests' register that begins as it was seeded. Left in
 * flight. */
static inline void hand_send(struct store_fixture *fixture, const struct store_ground *ground, uint32_t unit,
                             const struct report *report, struct committed *ret_committed)
{
    uint32_t commune = fixture->reg->units[unit].commune;
    struct store_commune before = hand_seeded(fixture, commune);
    struct hand_commit commit;
    hand_commit_init(&commit, fixture, unit, report, &before);
    *ret_committed = (struct committed){.done = false};
    store_commit(fixture->store, fixture->reg->areas[commune].parent, ground, &commit.commune, 1,
                 hand_committed, ret_committed);
    ck_assert(!ret_committed->done);
    hand_commit_done(&commit);
}

#endif
