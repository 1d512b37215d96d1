/* A store on a real Redis, prepared and connected, with a small register: two provinces ("01", "02") of three
 * communes, four units a commune with rolls of 0 to 40 voters; the last commune has no unit. */
#ifndef TURNOUT_TESTS_STORE_FIXTURE_H
#define TURNOUT_TESTS_STORE_FIXTURE_H

#include <turnout/election/report.h>
#include <turnout/election/rules.h>
#include <turnout/service/tally.h>
#include <turnout/store/meta.h>
#include <turnout/store/prepare.h>
#include <turnout/store/read.h>
#include <turnout/store/store.h>

#include "redis_fixture.h"

struct event_base;

enum { STORE_FIXTURE_COMMUNES = 3, STORE_FIXTURE_WHY_BYTES = 256, FIXTURE_RESULTS_MAX = 1200 };

struct store_fixture {
    struct redis_fixture redis;
    struct election election;
    struct election_register *reg;
    struct store_options options; /* may be changed before store_fixture_connect */
    struct event_base *base;
    struct store *store; /* for reading, and for commits by hand */
    struct tally *tally; /* with a link of its own */
    struct event *turn_event;
    struct event *tick_event;
    bool is_tally_up;
    size_t unanswered; /* reports that were sent and are not answered */
    size_t sent;       /* since the last store_fixture_apply() */
    struct report_outcome results[FIXTURE_RESULTS_MAX];
    unsigned char register_id; /* of the last store_fixture_prepare() */
    uint32_t times_up;
    uint32_t times_down;
    char why[STORE_FIXTURE_WHY_BYTES]; /* what the last failed call or lost link said */
};

/* A register whose units' rolls are all `extra` more than usual; the caller frees. */
struct election_register *store_fixture_register(uint32_t extra);

/* Starts Redis only. */
void store_fixture_start(struct store_fixture *fixture, const char *const *settings);

/* Prepares Redis; the register's digest is made of `register_id`. */
enum turnout_error store_fixture_prepare(struct store_fixture *fixture, unsigned char register_id,
                                         bool relaxed, bool *ret_durable, struct error *error);

/* Makes the store and the tally, and runs the loop until both are up. */
void store_fixture_connect(struct store_fixture *fixture);
void store_fixture_disconnect(struct store_fixture *fixture);

/* Runs the loop until both are up again. */
void store_fixture_wait_up(struct store_fixture *fixture);

/* Both, for whoever had something to change after store_fixture_start. */
void store_fixture_open(struct store_fixture *fixture);

/* All three. */
void store_fixture_begin(struct store_fixture *fixture);
void store_fixture_end(struct store_fixture *fixture);

/* A test report of a unit, as the rehearsal takes it: `voted` of its roll, an hour after opening for every seq. */
struct report store_fixture_report(const struct store_fixture *fixture, uint32_t unit, int32_t seq,
                                   int32_t voted);

/* Sends a report to the tally, as received 123 ms after it was counted, for this round. Its answer becomes
 * results[n] of the next store_fixture_apply(), where it was the n-th. */
void store_fixture_add(struct store_fixture *fixture, uint32_t unit, const struct report *report,
                       uint32_t round);

/* The same with another time of receiving. */
void store_fixture_add_at(struct store_fixture *fixture, uint32_t unit, const struct report *report,
                          uint32_t round, int64_t received_ms);

/* Runs the loop until all that was added is answered, and copies the outcomes. TURNOUT_UNAVAILABLE when one of them is
 * unavailable. */
enum turnout_error store_fixture_apply(struct store_fixture *fixture, struct report_outcome *ret_results);

/* One report, of no round. */
enum turnout_error store_fixture_apply_one(struct store_fixture *fixture, uint32_t unit,
                                           const struct report *report, struct report_outcome *ret_result);

/* *ret_moved is whether there was anything newer than `known_revision`. */
enum turnout_error store_fixture_read(struct store_fixture *fixture, uint32_t province,
                                      int64_t known_revision, bool *ret_moved, struct totals *ret_totals,
                                      struct totals ret_communes[STORE_FIXTURE_COMMUNES]);

/* A decision about a held report. */
struct fixture_decision {
    uint32_t unit;
    int32_t seq;
    bool release; /* or reject */
    const char *reason;
    const char *who;
    int64_t now_ms;
};

/* Decides, and runs the loop until that is answered. */
enum decided store_fixture_decide(struct store_fixture *fixture, const struct fixture_decision *decision,
                                  enum held_state *ret_state);

/* The waiting reports of an area behind `after` (NULL: from the first), at most `most`, copied to ret_lines. */
struct fixture_held {
    size_t count;
    int64_t total;
    bool has_next;
    struct held_place next;
};
enum turnout_error store_fixture_list_held(struct store_fixture *fixture, uint32_t area,
                                           const struct held_place *after, size_t most,
                                           struct log_line *ret_lines, struct fixture_held *ret_held);

/* A change of the phase or the publication mode, once it was answered. */
struct fixture_change {
    bool done;
    enum turnout_error error;
    enum change_outcome outcome;
    uint32_t province;
    char before[16];
};

/* A store_changed_fn; the context is a struct fixture_change. */
void store_fixture_keep_change(void *context, enum turnout_error error, const char *why,
                               const struct store_change *change);

/* Asks for a phase as `token:Aid`, and runs the loop until that is answered. */
struct fixture_change store_fixture_change_phase(struct store_fixture *fixture, enum election_phase phase);

/* Runs the loop until *condition is true; fails the test after five seconds. */
void store_fixture_run_until(struct store_fixture *fixture, const bool *condition);

#endif
