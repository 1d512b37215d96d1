/* The store, as a test would like to call it: one question, one answer. */
#include "store_fixture.h"
#include "told_faults.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/wire/signature.h>

enum { ANSWER_DEADLINE_MS = 5000, UNITS_A_COMMUNE = 4, OPENS = 1773529200 };

/* ---- the register ---- */

static void add_units(struct register_builder *builder, struct slice commune, uint32_t extra)
{
    static const uint32_t rolls[UNITS_A_COMMUNE] = {40, 17, 1, 0};
    for (int i = 0; i < UNITS_A_COMMUNE; i++) {
        char code[64];
        char roll[16];
        int length = snprintf(code, sizeof code, "%.*s-%03d", (int)commune.length, commune.bytes, i + 1);
        ck_assert_int_gt(length, 0);
        length = snprintf(roll, sizeof roll, "%u", rolls[i] + extra);
        ck_assert_int_gt(length, 0);
        register_builder_add_unit(builder, 1, slice_of(code), commune, slice_of("unit"), slice_of(roll));
    }
}

static void add_province(struct register_builder *builder, int number, uint32_t extra)
{
    char province_code[16];
    int length = snprintf(province_code, sizeof province_code, "%02d", number);
    ck_assert_int_gt(length, 0);
    struct slice province = slice_of(province_code);
    register_builder_add_area(builder, 1, province, slice_of("province"), slice_of("VN"), province,
                              slice_of(""));
    for (int i = 1; i <= STORE_FIXTURE_COMMUNES; i++) {
        char commune_code[32];
        length = snprintf(commune_code, sizeof commune_code, "%s.%d", province_code, i);
        ck_assert_int_gt(length, 0);
        struct slice commune = slice_of(commune_code);
        register_builder_add_area(builder, 1, commune, slice_of("commune"), province, commune, slice_of(""));
        if (number == 1 || i < STORE_FIXTURE_COMMUNES) {
            add_units(builder, commune, extra);
        }
    }
}

struct election_register *store_fixture_register(uint32_t extra)
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    register_builder_add_area(builder, 1, slice_of("VN"), slice_of("nation"), slice_of(""),
                              slice_of("nation"), slice_of(""));
    add_province(builder, 1, extra);
    add_province(builder, 2, extra);
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    return reg;
}

/* ---- starting ---- */

void store_fixture_start(struct store_fixture *fixture, const char *const *settings)
{
    ck_assert(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    *fixture = (struct store_fixture){.election = {.id = "e-1", .opens = OPENS, .offset_s = 7 * 3600}};
    rules_init(&fixture->election.rules);
    redis_fixture_start(&fixture->redis, settings);
    fixture->reg = store_fixture_register(0);
    fixture->base = event_base_new();
    ck_assert_ptr_nonnull(fixture->base);
    fixture->options = (struct store_options){
        .address = fixture->redis.address,
        .election = &fixture->election,
        .reg = fixture->reg,
        .command_deadline_ms = STORE_COMMAND_DEADLINE_MS,
        .in_flight_bytes_max = STORE_IN_FLIGHT_BYTES_MAX,
    };
}

enum turnout_error store_fixture_prepare(struct store_fixture *fixture, unsigned char register_id,
                                         bool relaxed, bool *ret_durable, struct error *error)
{
    struct store_preparation preparation = {.relaxed = relaxed, .patience_ms = ANSWER_DEADLINE_MS};
    memset(preparation.register_digest, register_id, sizeof preparation.register_digest);
    return store_prepare(&fixture->options, &preparation, ret_durable, error);
}

static void keep_why(struct store_fixture *fixture, const char *why)
{
    int length = snprintf(fixture->why, sizeof fixture->why, "%s", why);
    ck_assert_int_ge(length, 0);
}

static void on_link(void *context, bool up, const char *why)
{
    struct store_fixture *fixture = context;
    if (up) {
        fixture->times_up++;
    } else {
        fixture->times_down++;
        keep_why(fixture, why);
    }
}

static void on_late(evutil_socket_t unused, short events, void *context)
{
    (void)unused;
    (void)events;
    (void)context;
    ck_abort_msg("nothing happened for %d ms", ANSWER_DEADLINE_MS);
}

void store_fixture_run_until(struct store_fixture *fixture, const bool *condition)
{
    struct event *late = evtimer_new(fixture->base, on_late, NULL);
    ck_assert_ptr_nonnull(late);
    const struct timeval delay = {.tv_sec = ANSWER_DEADLINE_MS / 1000};
    ck_assert_int_eq(evtimer_add(late, &delay), 0);
    while (!*condition) {
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
    }
    event_free(late);
}

void store_fixture_connect(struct store_fixture *fixture)
{
    fixture->store = store_new(fixture->base, &fixture->options, on_link, fixture);
    store_start(fixture->store);
    int64_t deadline_ms = clock_monotonic_ms() + ANSWER_DEADLINE_MS;
    while (!store_is_up(fixture->store)) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_eq(event_base_loop(fixture->base, EVLOOP_ONCE), 0);
    }
}

void store_fixture_open(struct store_fixture *fixture)
{
    struct error error;
    bool durable = false;
    enum turnout_error failed = store_fixture_prepare(fixture, 1, false, &durable, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
    ck_assert(durable);
    store_fixture_connect(fixture);
}

void store_fixture_begin(struct store_fixture *fixture)
{
    store_fixture_start(fixture, NULL);
    store_fixture_open(fixture);
}

void store_fixture_end(struct store_fixture *fixture)
{
    store_free(fixture->store);
    event_base_free(fixture->base);
    register_free(fixture->reg);
    redis_fixture_stop(&fixture->redis);
}

/* ---- reports ---- */

struct report store_fixture_report(const struct store_fixture *fixture, uint32_t unit, int32_t seq,
                                   int32_t voted)
{
    struct report report = {
        .election = "e-1",
        .seq = seq,
        .as_of = fixture->election.opens + (int64_t)seq * 3600,
        .voted = voted,
        .registered = REGISTERED_ABSENT,
    };
    ck_assert(slice_copy(slice_of(fixture->reg->units[unit].code), report.unit, sizeof report.unit));
    rfc3339_format(report.as_of, fixture->election.offset_s, report.as_of_text);
    return report;
}

void store_fixture_add(const struct store_fixture *fixture, struct store_batch *batch, uint32_t unit,
                       const struct report *report, uint32_t round)
{
    unsigned char digest[REPORT_DIGEST_BYTES];
    report_digest(report, digest);
    struct report_received received = {
        .report = report, .digest = digest, .round = round, .received_ms = report->as_of * 1000 + 123};
    store_batch_add(batch, fixture->store, unit, &received);
}

struct applied {
    struct store_fixture *fixture;
    bool done;
    enum turnout_error error;
    struct store_result *results;
};

static void on_applied(void *context, enum turnout_error error, const char *why,
                       const struct store_result *results, size_t count)
{
    struct applied *applied = context;
    ck_assert(!applied->done);
    applied->done = true;
    applied->error = error;
    keep_why(applied->fixture, why);
    if (error == TURNOUT_OK) {
        memcpy(applied->results, results, count * sizeof results[0]);
    } else {
        ck_assert_ptr_null(results);
    }
}

enum turnout_error store_fixture_apply(struct store_fixture *fixture, struct store_batch *batch,
                                       struct store_result *ret_results)
{
    struct applied applied = {.fixture = fixture, .results = ret_results};
    store_apply(fixture->store, batch, on_applied, &applied);
    ck_assert(!applied.done);
    store_fixture_run_until(fixture, &applied.done);
    return applied.error;
}

enum turnout_error store_fixture_apply_one(struct store_fixture *fixture, uint32_t unit,
                                           const struct report *report, struct store_result *ret_result)
{
    uint32_t province = register_province_of(fixture->reg, fixture->reg->units[unit].commune);
    struct store_batch *batch = store_batch_new(province);
    store_fixture_add(fixture, batch, unit, report, 0);
    return store_fixture_apply(fixture, batch, ret_result);
}

struct reading {
    struct store_fixture *fixture;
    bool done;
    bool moved;
    enum turnout_error error;
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
};

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct reading *reading = context;
    reading->done = true;
    reading->error = error;
    keep_why(reading->fixture, why);
    reading->moved = province != NULL;
    if (province != NULL) {
        ck_assert_uint_eq(province->commune_count, STORE_FIXTURE_COMMUNES);
        reading->totals = province->totals;
        memcpy(reading->communes, province->communes, sizeof reading->communes);
    }
}

enum turnout_error store_fixture_read(struct store_fixture *fixture, uint32_t province,
                                      int64_t known_revision, bool *ret_moved, struct totals *ret_totals,
                                      struct totals ret_communes[STORE_FIXTURE_COMMUNES])
{
    struct reading reading = {.fixture = fixture};
    store_read_province(fixture->store, province, known_revision, on_province, &reading);
    ck_assert(!reading.done);
    store_fixture_run_until(fixture, &reading.done);
    *ret_moved = reading.moved;
    if (reading.moved) {
        *ret_totals = reading.totals;
        memcpy(ret_communes, reading.communes, sizeof reading.communes);
    }
    return reading.error;
}

/* ---- held reports ---- */

struct decided {
    struct store_fixture *fixture;
    bool done;
    enum turnout_error error;
    enum store_decided decided;
    enum held_state state;
};

static void on_decided(void *context, enum turnout_error error, const char *why, enum store_decided decided,
                       enum held_state state)
{
    struct decided *answer = context;
    ck_assert(!answer->done);
    answer->done = true;
    answer->error = error;
    answer->decided = decided;
    answer->state = state;
    keep_why(answer->fixture, why);
}

enum turnout_error store_fixture_decide(struct store_fixture *fixture, const struct store_decision *decision,
                                        enum store_decided *ret_decided, enum held_state *ret_state)
{
    struct decided answer = {.fixture = fixture};
    store_decide(fixture->store, decision, on_decided, &answer);
    ck_assert(!answer.done);
    store_fixture_run_until(fixture, &answer.done);
    *ret_decided = answer.decided;
    *ret_state = answer.state;
    return answer.error;
}

struct listed {
    struct store_fixture *fixture;
    bool done;
    enum turnout_error error;
    size_t most;
    struct held_report *reports;
    size_t count;
};

static void on_listed(void *context, enum turnout_error error, const char *why,
                      const struct held_report *reports, size_t count)
{
    struct listed *listed = context;
    listed->done = true;
    listed->error = error;
    keep_why(listed->fixture, why);
    ck_assert_uint_le(count, listed->most);
    if (count > 0) {
        memcpy(listed->reports, reports, count * sizeof reports[0]);
    }
    listed->count = count;
}

enum turnout_error store_fixture_list_held(struct store_fixture *fixture, uint32_t province, size_t most,
                                           struct held_report *ret_reports, size_t *ret_count)
{
    struct listed listed = {.fixture = fixture, .most = most, .reports = ret_reports};
    store_list_held(fixture->store, province, on_listed, &listed);
    ck_assert(!listed.done);
    store_fixture_run_until(fixture, &listed.done);
    *ret_count = listed.count;
    return listed.error;
}
