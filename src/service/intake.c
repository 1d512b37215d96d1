/* From the bytes of a report to its answer. */
#include <turnout/service/intake.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/report_result.h>
#include <turnout/wire/signature.h>

/* What is kept of a report while the store has it: enough to answer it. */
struct pending {
    intake_answer_fn *on_answer;
    void *context;
    uint64_t tag;
    uint32_t unit;
    int32_t seq;
    int32_t voted;
    int32_t registered;
    int64_t as_of;
    unsigned char digest[REPORT_DIGEST_BYTES];
};

struct gathering;

/* A batch and those who wait for its answers, in the same order. */
struct crowd {
    struct gathering *gathering;
    struct store_batch *batch; /* NULL once the store has it */
    struct pending *waiting;
    size_t count;
    size_t capacity;
};

/* What is under way for one province. */
struct gathering {
    struct intake *intake;
    uint32_t province;
    struct crowd *gathered; /* waits for its turn; NULL: nobody does */
    uint32_t in_flight;     /* batches that are with the store */
    bool is_listed;         /* stands in the intake's list of provinces to send */
    uint32_t next_listed;
};

struct intake {
    struct intake_options options;
    enum store_phase phase;
    struct gathering *gatherings; /* one a province: [province - 1] */
    uint32_t first_listed;        /* provinces with something to send; REGISTER_NONE: none */
    struct event *turn_event;     /* runs at the end of a turn of the loop */
};

/* ---- answering ---- */

static void answer(struct intake *intake, const struct report_result *result, intake_answer_fn *on_answer,
                   void *context, uint64_t tag)
{
    counter_add(&intake->options.counters->reports_by_status[result->status], 1);
    if (result->code != CODE_NONE) {
        counter_add(&intake->options.counters->reports_by_code[result->code], 1);
    }
    on_answer(context, tag, result);
}

void intake_refuse(struct intake *intake, enum report_code code, const char *detail,
                   intake_answer_fn *on_answer, void *context, uint64_t tag)
{
    struct report_result result;
    report_reject(&result, NULL, code, "", "%s", detail);
    answer(intake, &result, on_answer, context, tag);
}

/* The report as far as its answer needs it. */
static void recall(const struct intake *intake, const struct pending *pending, struct report *ret_report)
{
    *ret_report = (struct report){.seq = pending->seq,
                                  .voted = pending->voted,
                                  .registered = pending->registered,
                                  .as_of = pending->as_of};
    const char *code = intake->options.reg->units[pending->unit].code;
    bool fits = slice_copy(slice_of(code), ret_report->unit, sizeof ret_report->unit);
    assert(fits);
}

static void answer_pending(struct intake *intake, const struct pending *pending,
                           const struct store_result *stored)
{
    struct report report;
    recall(intake, pending, &report);
    struct report_result result;
    if (stored == NULL || stored->status == STATUS_UNAVAILABLE) {
        report_reject(&result, &report, CODE_STORE_UNAVAILABLE, "",
                      "not known to be stored; send the same report again");
    } else {
        report_explain(&report, pending->digest, stored->status, stored->code, &stored->standing, &result);
    }
    answer(intake, &result, pending->on_answer, pending->context, pending->tag);
}

/* ---- batches ---- */

static struct crowd *crowd_new(struct gathering *gathering)
{
    struct crowd *crowd = memory_new(sizeof *crowd);
    crowd->gathering = gathering;
    crowd->batch = store_batch_new(gathering->province);
    return crowd;
}

static void crowd_free(struct crowd *crowd)
{
    if (crowd != NULL) {
        store_batch_free(crowd->batch);
        free(crowd->waiting);
        free(crowd);
    }
}

static void crowd_add(struct crowd *crowd, const struct pending *pending,
                      const struct report_received *received)
{
    if (crowd->count == crowd->capacity) {
        crowd->capacity = crowd->capacity == 0 ? 16 : crowd->capacity * 2;
        crowd->waiting = memory_resize(crowd->waiting, crowd->capacity, sizeof *crowd->waiting);
    }
    crowd->waiting[crowd->count++] = *pending;
    store_batch_add(crowd->batch, crowd->gathering->intake->options.store, pending->unit, received);
}

/* A province with something gathered and nothing in flight is sent at the end of the turn. */
static void list(struct gathering *gathering)
{
    struct intake *intake = gathering->intake;
    if (!gathering->is_listed && gathering->in_flight == 0 && gathering->gathered != NULL) {
        gathering->is_listed = true;
        gathering->next_listed = intake->first_listed;
        intake->first_listed = gathering->province;
        event_active(intake->turn_event, EV_TIMEOUT, 0);
    }
}

static void on_applied(void *context, enum turnout_error error, const char *why,
                       const struct store_result *results, size_t count)
{
    struct crowd *crowd = context;
    struct gathering *gathering = crowd->gathering;
    struct intake *intake = gathering->intake;
    assert(gathering->in_flight > 0);
    gathering->in_flight--;
    if (error == TURNOUT_OK) {
        assert(count == crowd->count);
    } else {
        log_warning("batch-uncertain",
                    log_text("province", intake->options.reg->areas[gathering->province].code),
                    log_number("reports", (int64_t)crowd->count), log_text("why", why));
    }
    for (size_t i = 0; i < crowd->count; i++) {
        answer_pending(intake, &crowd->waiting[i], results == NULL ? NULL : &results[i]);
    }
    crowd_free(crowd);
    list(gathering);
}

static void send_gathered(struct gathering *gathering)
{
    struct crowd *crowd = gathering->gathered;
    struct store_batch *batch = crowd->batch;
    crowd->batch = NULL;
    gathering->gathered = NULL;
    gathering->in_flight++;
    store_apply(gathering->intake->options.store, batch, on_applied, crowd);
}

/* The end of a turn: everything that arrived in it has been gathered. */
static void on_turn_ends(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct intake *intake = context;
    while (intake->first_listed != REGISTER_NONE) {
        struct gathering *gathering = &intake->gatherings[intake->first_listed - 1];
        intake->first_listed = gathering->next_listed;
        gathering->is_listed = false;
        if (gathering->gathered != NULL) {
            send_gathered(gathering);
        }
    }
}

/* ---- one report ---- */

/* Everything that can be said without the store. True when the report may go on; *ret_unit is its unit. */
static bool examine(const struct intake *intake, const struct report *report, int64_t now_ms,
                    uint32_t *ret_unit, struct report_result *ret_result)
{
    if (intake->phase == PHASE_CLOSED) {
        report_reject(ret_result, report, CODE_CLOSED, "", "the election takes no more reports");
        return false;
    }
    if (!rules_check(intake->options.election, report, now_ms, ret_result)) {
        return false;
    }
    *ret_unit = register_find_unit(intake->options.reg, slice_of(report->unit));
    if (*ret_unit == REGISTER_NONE) {
        report_reject(ret_result, report, CODE_UNKNOWN_UNIT, "unit", "no unit %s in this election",
                      report->unit);
        return false;
    }
    if (!intake->options.takes_unsigned) {
        if (report->sig[0] == '\0') {
            report_reject(ret_result, report, CODE_BAD_SIGNATURE, "sig", "the report is not signed");
        } else {
            report_reject(ret_result, report, CODE_UNKNOWN_KEY, "key", "no key %s in this election",
                          report->key);
        }
        return false;
    }
    return true;
}

static void gather(struct intake *intake, const struct report *report, uint32_t unit, int64_t now_ms,
                   intake_answer_fn *on_answer, void *context, uint64_t tag)
{
    const struct election_register *reg = intake->options.reg;
    uint32_t province = register_province_of(reg, reg->units[unit].commune);
    struct gathering *gathering = &intake->gatherings[province - 1];
    if (!store_has_room(intake->options.store)) {
        struct report_result result;
        report_reject(&result, report, CODE_STORE_UNAVAILABLE, "", "not stored; send the same report again");
        answer(intake, &result, on_answer, context, tag);
        return;
    }
    struct pending pending = {.on_answer = on_answer,
                              .context = context,
                              .tag = tag,
                              .unit = unit,
                              .seq = report->seq,
                              .voted = report->voted,
                              .registered = report->registered,
                              .as_of = report->as_of};
    report_digest(report, pending.digest);
    struct report_received received = {.report = report,
                                       .digest = pending.digest,
                                       .received_ms = now_ms,
                                       .round = election_round_at(intake->options.election, report->as_of)};
    if (gathering->gathered == NULL) {
        gathering->gathered = crowd_new(gathering);
    }
    crowd_add(gathering->gathered, &pending, &received);
    if (gathering->gathered->count == STORE_BATCH_REPORTS_MAX) {
        send_gathered(gathering); /* a full one need not wait */
    } else {
        list(gathering);
    }
}

void intake_submit(struct intake *intake, const char *bytes, size_t length, intake_answer_fn *on_answer,
                   void *context, uint64_t tag)
{
    struct report report;
    struct error error;
    struct report_result result;
    enum turnout_error failed = report_json_parse(bytes, length, &report, &error);
    if (failed != TURNOUT_OK) {
        enum report_code code = failed == TURNOUT_TOO_LARGE ? CODE_TOO_LARGE : CODE_MALFORMED;
        report_reject(&result, &report, code, error.field, "%s", error.text);
        answer(intake, &result, on_answer, context, tag);
        return;
    }
    int64_t now_ms = clock_wall_ms();
    uint32_t unit;
    if (!examine(intake, &report, now_ms, &unit, &result)) {
        answer(intake, &result, on_answer, context, tag);
        return;
    }
    gather(intake, &report, unit, now_ms, on_answer, context, tag);
}

/* ---- life ---- */

struct intake *intake_new(struct event_base *base, const struct intake_options *options)
{
    struct intake *intake = memory_new(sizeof *intake);
    intake->options = *options;
    intake->phase = PHASE_REHEARSAL;
    intake->first_listed = REGISTER_NONE;
    intake->turn_event = event_new(base, -1, 0, on_turn_ends, intake);
    assert(intake->turn_event != NULL);
    uint32_t provinces = options->reg->province_count;
    intake->gatherings = memory_new_array(provinces, sizeof *intake->gatherings);
    for (uint32_t i = 0; i < provinces; i++) {
        intake->gatherings[i].intake = intake;
        intake->gatherings[i].province = i + 1;
    }
    return intake;
}

void intake_free(struct intake *intake)
{
    if (intake == NULL) {
        return;
    }
    for (uint32_t i = 0; i < intake->options.reg->province_count; i++) {
        struct gathering *gathering = &intake->gatherings[i];
        assert(gathering->in_flight == 0);
        crowd_free(gathering->gathered);
    }
    free(intake->gatherings);
    event_free(intake->turn_event);
    free(intake);
}

void intake_set_phase(struct intake *intake, enum store_phase phase)
{
    intake->phase = phase;
}
