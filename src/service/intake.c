/* From the bytes of a report to its answer. */
#include <turnout/service/intake.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/service/key_budgets.h>
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
    struct key_ticket ticket; /* of the key that signed it */
    char as_of_text[RFC3339_BYTES];
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
    struct key_budgets *key_budgets;
    struct gathering *gatherings; /* one a province: [province - 1] */
    uint32_t first_listed;        /* provinces with something to send; REGISTER_NONE: none */
    struct event *turn_event;     /* runs at the end of a turn of the loop */
};

/* ---- answering ---- */

static void answer(struct intake *intake, const struct report_result *result, intake_answer_fn *on_answer,
                   void *context, uint64_t tag)
{
    counter_add(&intake->options.counters->reports_by_status[result->status], 1);
    if (result->code != CODE_NONE && result->status != STATUS_HELD) {
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
    memcpy(ret_report->as_of_text, pending->as_of_text, sizeof ret_report->as_of_text);
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
    } else if (stored->by_committee) {
        report_reject(&result, &report, stored->code, "", "a committee rejected it");
    } else {
        report_explain(&report, pending->digest, stored->status, stored->code, &stored->standing, &result);
        result.is_new =
            stored->status == STATUS_ACCEPTED || (stored->status == STATUS_HELD && !stored->held_before);
    }
    if (result.is_new) {
        key_budgets_spend(intake->key_budgets, &pending->ticket, clock_monotonic_us());
    }
    answer(intake, &result, pending->on_answer, pending->context, pending->tag);
}

/* ---- batches ---- */

static struct crowd *crowd_new(struct gathering *gathering)
{
    struct crowd *crowd = memory_new(sizeof *crowd);
    crowd->gathering = gathering;
    crowd->batch = store_batch_new(gathering->province);
    store_batch_set_phase(crowd->batch, gathering->intake->phase);
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
static void list_to_send(struct gathering *gathering)
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
    list_to_send(gathering);
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

/* What the server adds to a report. */
struct arrival {
    uint32_t unit;
    uint32_t struck; /* the rules that it is known to break */
    int64_t received_ms;
    const struct voucher *voucher; /* for a report that is not signed; NULL: nobody vouches */
    const char *via;               /* who vouched, if that is what it stands on */
    struct key_ticket ticket;      /* who signed, if that is */
};

/* A report that is not signed stands on the word of a relay; in rehearsal it may also stand on nobody's. */
static bool check_voucher(const struct intake *intake, const struct report *report, struct arrival *arrival,
                          struct report_result *ret_result)
{
    const struct voucher *voucher = arrival->voucher;
    const struct election_register *reg = intake->options.reg;
    if (voucher == NULL && intake->options.takes_unsigned && intake->phase == PHASE_REHEARSAL) {
        return true;
    }
    if (voucher == NULL) {
        report_reject(ret_result, report, CODE_BAD_SIGNATURE, "sig", "the report is not signed");
        return false;
    }
    if (arrival->received_ms / 1000 >= voucher->expires) {
        report_reject(ret_result, report, CODE_UNKNOWN_KEY, "",
                      "the token has expired: begin again with another");
        return false;
    }
    if (!register_area_contains(reg, voucher->area, reg->units[arrival->unit].commune)) {
        report_reject(ret_result, report, CODE_OUT_OF_SCOPE, "unit", "the token does not vouch for unit %s",
                      report->unit);
        return false;
    }
    arrival->via = voucher->via;
    return true;
}

/* Whether the report says who signed it and they may speak for the unit. Their signature is looked at after all that
 * takes less time, and how much they have said only after that: nobody else can make it too much. */
static bool check_signature(const struct intake *intake, const struct report *report, struct arrival *arrival,
                            struct report_result *ret_result)
{
    const struct signing_key *key = signing_keys_find(intake->options.keys, report->key);
    const char *why = "";
    if (key == NULL) {
        report_reject(ret_result, report, CODE_UNKNOWN_KEY, "key", "no key %s in this election", report->key);
    } else if (!signing_key_is_good_at(key, arrival->received_ms / 1000, &why)) {
        report_reject(ret_result, report, CODE_UNKNOWN_KEY, "key", "the key %s %s", report->key, why);
    } else if (!signing_key_covers(key, intake->options.reg, arrival->unit)) {
        report_reject(ret_result, report, CODE_OUT_OF_SCOPE, "key", "the key %s does not sign for unit %s",
                      report->key, report->unit);
    } else if (!report_signature_is_good(report, key->public_key)) {
        report_reject(ret_result, report, CODE_BAD_SIGNATURE, "sig",
                      "not the signature of this report by the key %s", report->key);
    } else if (!key_budgets_admit(intake->key_budgets, intake->options.keys, key, clock_monotonic_us(),
                                  &arrival->ticket)) {
        report_reject(ret_result, report, CODE_TOO_MANY, "key",
                      "the key %s has signed more reports than it may in a minute; send this one again later",
                      report->key);
    } else {
        return true;
    }
    return false;
}

/* First whom the report is about, then who says so, then what it says. */
static bool look_at(const struct intake *intake, const struct report *report, struct arrival *arrival,
                    struct report_result *ret_result)
{
    arrival->unit = register_find_unit(intake->options.reg, slice_of(report->unit));
    if (arrival->unit == REGISTER_NONE) {
        report_reject(ret_result, report, CODE_UNKNOWN_UNIT, "unit", "no unit %s in this election",
                      report->unit);
        return false;
    }
    bool is_signed = report->sig[0] != '\0';
    return (is_signed ? check_signature(intake, report, arrival, ret_result)
                      : check_voucher(intake, report, arrival, ret_result)) &&
           rules_check(intake->options.election, report, arrival->received_ms, &arrival->struck, ret_result);
}

/* Everything that can be said without the store. True when the report may go on; then `arrival`, of which the time is
 * given, is whole. A good report goes on also when the election is closed: it may have been counted before, and that is
 * what whoever missed the answer must hear; if it is too much now, they hear that, and it later. */
static bool examine(const struct intake *intake, const struct report *report, struct arrival *arrival,
                    struct report_result *ret_result)
{
    if (!rules_check_election(intake->options.election, report, ret_result)) {
        return false;
    }
    bool goes_on = look_at(intake, report, arrival, ret_result);
    if (!goes_on && intake->phase == PHASE_CLOSED && ret_result->code != CODE_TOO_MANY) {
        report_reject(ret_result, report, CODE_CLOSED, "", "%s", report_code_title(CODE_CLOSED));
    }
    return goes_on;
}

static void gather(struct intake *intake, const struct report *report, const struct arrival *arrival,
                   intake_answer_fn *on_answer, void *context, uint64_t tag)
{
    const struct election_register *reg = intake->options.reg;
    uint32_t province = register_province_of(reg, reg->units[arrival->unit].commune);
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
                              .unit = arrival->unit,
                              .seq = report->seq,
                              .voted = report->voted,
                              .registered = report->registered,
                              .as_of = report->as_of,
                              .ticket = arrival->ticket};
    memcpy(pending.as_of_text, report->as_of_text, sizeof pending.as_of_text);
    report_digest(report, pending.digest);
    struct report_received received = {.report = report,
                                       .digest = pending.digest,
                                       .received_ms = arrival->received_ms,
                                       .round = election_round_at(intake->options.election, report->as_of),
                                       .struck = arrival->struck,
                                       .via = arrival->via};
    if (gathering->gathered == NULL) {
        gathering->gathered = crowd_new(gathering);
    }
    crowd_add(gathering->gathered, &pending, &received);
    if (gathering->gathered->count == STORE_BATCH_REPORTS_MAX) {
        send_gathered(gathering); /* a full one need not wait */
    } else {
        list_to_send(gathering);
    }
}

void intake_submit(struct intake *intake, const struct voucher *voucher, const char *bytes, size_t length,
                   intake_answer_fn *on_answer, void *context, uint64_t tag)
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
    struct arrival arrival = {.received_ms = clock_wall_ms(), .voucher = voucher};
    if (!examine(intake, &report, &arrival, &result)) {
        answer(intake, &result, on_answer, context, tag);
        return;
    }
    gather(intake, &report, &arrival, on_answer, context, tag);
}

/* ---- life ---- */

struct intake *intake_new(struct event_base *base, const struct intake_options *options)
{
    struct intake *intake = memory_new(sizeof *intake);
    intake->options = *options;
    signing_keys_acquire(intake->options.keys);
    intake->key_budgets = key_budgets_new(options->reg, options->keys, options->reports_per_minute);
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
        struct crowd *never_sent = gathering->gathered;
        for (size_t waiting = 0; never_sent != NULL && waiting < never_sent->count; waiting++) {
            answer_pending(intake, &never_sent->waiting[waiting], NULL);
        }
        crowd_free(never_sent);
    }
    signing_keys_release(intake->options.keys);
    key_budgets_free(intake->key_budgets);
    free(intake->gatherings);
    event_free(intake->turn_event);
    free(intake);
}

/* What was gathered in the phase before goes out as such: a batch is of one phase. */
void intake_set_phase(struct intake *intake, enum store_phase phase)
{
    if (phase == intake->phase) {
        return;
    }
    for (uint32_t i = 0; i < intake->options.reg->province_count; i++) {
        if (intake->gatherings[i].gathered != NULL) {
            send_gathered(&intake->gatherings[i]);
        }
    }
    intake->phase = phase;
}

void intake_set_keys(struct intake *intake, struct signing_keys *keys)
{
    signing_keys_acquire(keys);
    signing_keys_release(intake->options.keys);
    intake->options.keys = keys;
    key_budgets_set_keys(intake->key_budgets, keys);
}
