/* From the bytes of a report to the tally, and from the tally's word to the answer. */
#include <turnout/service/intake.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/report_result.h>
#include <turnout/wire/signature.h>

struct intake {
    struct intake_options options;
    enum election_phase phase;
};

/* ---- answering ---- */

static void answer(struct intake *intake, const struct report_result *result, report_answer_fn *on_answer,
                   void *context, uint64_t tag)
{
    counter_add(&intake->options.counters->reports_by_status[result->status], 1);
    if (result->code != CODE_NONE && result->status != STATUS_HELD) {
        counter_add(&intake->options.counters->reports_by_code[result->code], 1);
    }
    on_answer(context, tag, result);
}

void intake_refuse(struct intake *intake, enum report_code code, const char *detail,
                   report_answer_fn *on_answer, void *context, uint64_t tag)
{
    struct report_result result;
    report_reject(&result, NULL, code, "", "%s", detail);
    answer(intake, &result, on_answer, context, tag);
}

void intake_answer(struct intake *intake, struct report_message *message)
{
    struct report_result result;
    const char *unit = intake->options.reg->units[message->message.unit].code;
    if (message->outcome.status == STATUS_UNAVAILABLE) {
        struct report named = {.seq = message->received.seq, .test = message->received.test};
        bool fits = slice_copy(slice_of(unit), named.unit, sizeof named.unit);
        assert(fits);
        report_reject(&result, &named, message->outcome.code, NULL, "%s", message->why);
    } else {
        report_explain(intake->options.election, unit, message->as_of_text, &message->received,
                       &message->outcome, &result);
        if (result.receipt[0] != '\0' && result.status != STATUS_SUPERSEDED) {
            memcpy(result.generation, message->generation, sizeof result.generation);
        }
    }
    refusals_note(intake->options.refusals, message->message.unit, &message->received, &result);
    answer(intake, &result, message->on_answer, message->context, message->tag);
    free(message);
}

/* ---- who says so ---- */

/* A report on its way to the tally. */
struct arrival {
    uint32_t unit;
    int64_t received_ms;
    const struct principal *voucher; /* for a report that is not signed; NULL: nobody vouches */
    bool is_vouched;                 /* that is what it stands on */
};

/* The code of a report whose key or token is not valid yet, or not any more. */
static enum report_code code_of_time(const struct intake *intake)
{
    return clock_watch_is_doubted(intake->options.clock) ? CODE_CLOCK_IN_DOUBT : CODE_UNKNOWN_KEY;
}

/* A report that is not signed stands on the word of a relay. A test report may also stand on nobody's: it counts in a
 * rehearsal alone. */
static bool check_voucher(const struct intake *intake, const struct report *report, struct arrival *arrival,
                          struct report_result *ret_result)
{
    const struct principal *voucher = arrival->voucher;
    const struct election_register *reg = intake->options.reg;
    if (voucher == NULL && intake->options.takes_unsigned && report->test) {
        return true;
    }
    if (voucher == NULL && intake->options.takes_unsigned && intake->phase == PHASE_REHEARSAL) {
        report_reject(ret_result, report, CODE_NOT_OPEN, NULL, "%s", "");
        return false;
    }
    if (voucher == NULL) {
        report_reject(ret_result, report, CODE_BAD_SIGNATURE, NULL, "the report is not signed");
        return false;
    }
    if (arrival->received_ms / 1000 >= voucher->expires) {
        report_reject(ret_result, report, code_of_time(intake), "", "the token has expired");
        return false;
    }
    const char *why = "";
    if (!tokens_allow(intake->options.credentials->tokens, voucher->id, &why)) {
        report_reject(ret_result, report, CODE_UNKNOWN_KEY, "", "%s", why);
        return false;
    }
    uint32_t area = register_find_area(reg, slice_of(voucher->area_code));
    if (area == REGISTER_NONE || !register_area_contains(reg, area, reg->units[arrival->unit].commune)) {
        report_reject(ret_result, report, CODE_OUT_OF_SCOPE, NULL, "the token does not vouch for unit %s",
                      report->unit);
        return false;
    }
    arrival->is_vouched = true;
    return true;
}

/* The signature is verified last, because that takes the longest. */
static bool check_signature(const struct intake *intake, const struct report *report, struct arrival *arrival,
                            struct report_result *ret_result)
{
    const struct signing_key *key = signing_keys_find(intake->options.credentials->keys, report->key);
    const char *why = "";
    if (key == NULL) {
        report_reject(ret_result, report, CODE_UNKNOWN_KEY, NULL, "no key %s in this election", report->key);
    } else if (!signing_key_is_good_at(key, arrival->received_ms / 1000, &why)) {
        enum report_code code = key->revoked != 0 ? CODE_UNKNOWN_KEY : code_of_time(intake);
        report_reject(ret_result, report, code, "key", "the key %s %s", report->key, why);
    } else if (!signing_key_covers(key, intake->options.reg, arrival->unit)) {
        report_reject(ret_result, report, CODE_OUT_OF_SCOPE, "key", "the key %s does not sign for unit %s",
                      report->key, report->unit);
    } else if (!report_signature_is_good(report, key->public_key)) {
        report_reject(ret_result, report, CODE_BAD_SIGNATURE, NULL,
                      "not the signature of this report by the key %s", report->key);
    } else {
        return true;
    }
    return false;
}

/* First whom the report is about, then who says so. */
static bool check_sender(const struct intake *intake, const struct report *report, struct arrival *arrival,
                         struct report_result *ret_result)
{
    arrival->unit = register_find_unit(intake->options.reg, slice_of(report->unit));
    if (arrival->unit == REGISTER_NONE) {
        report_reject(ret_result, report, CODE_UNKNOWN_UNIT, NULL, "%s", "");
        return false;
    }
    return report->sig[0] != '\0' ? check_signature(intake, report, arrival, ret_result)
                                  : check_voucher(intake, report, arrival, ret_result);
}

/* A report that may be a duplicate is passed on even when the election is closed, so that its sender learns what became
 * of it. */
static bool examine(const struct intake *intake, const struct report *report, struct arrival *arrival,
                    struct report_result *ret_result)
{
    const struct election *election = intake->options.election;
    if (strcmp(report->election, election->id) != 0) {
        report_reject(ret_result, report, CODE_WRONG_ELECTION, NULL, "%s", election->id);
        return false;
    }
    bool goes_on = check_sender(intake, report, arrival, ret_result);
    if (!goes_on && intake->phase == PHASE_CLOSED) {
        report_reject(ret_result, report, CODE_CLOSED, NULL, "%s", "");
    }
    return goes_on;
}

/* ---- to the tally ---- */

static struct report_message *message_of(const struct intake *intake, const struct report *report,
                                         const struct arrival *arrival, struct slice sent)
{
    struct report_message *message = memory_new(sizeof *message + sent.length);
    message->message = (struct message){.kind = MESSAGE_REPORT, .unit = arrival->unit};
    message->received = report_received_of(report, election_round_at(intake->options.election, report->as_of),
                                           arrival->received_ms);
    memcpy(message->as_of_text, report->as_of_text, sizeof message->as_of_text);
    if (arrival->is_vouched) {
        principal_write_who(arrival->voucher, message->who);
    }
    message->sent_bytes = (uint32_t)sent.length;
    memcpy(message->sent, sent.bytes, sent.length);
    return message;
}

static void send_to_tally(struct intake *intake, const struct report *report, const struct arrival *arrival,
                          struct slice sent, report_answer_fn *on_answer, void *context, uint64_t tag)
{
    struct report_message *message = message_of(intake, report, arrival, sent);
    message->on_answer = on_answer;
    message->context = context;
    message->tag = tag;
    if (tally_port_send(intake->options.port, &message->message)) {
        intake->options.on_sent(intake->options.context);
        return;
    }
    free(message);
    struct report_result result;
    report_reject(&result, report, CODE_STORE_UNAVAILABLE, NULL, "too many reports wait");
    answer(intake, &result, on_answer, context, tag);
}

void intake_submit(struct intake *intake, const struct principal *voucher, const char *bytes, size_t length,
                   report_answer_fn *on_answer, void *context, uint64_t tag)
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
    send_to_tally(intake, &report, &arrival, (struct slice){bytes, length}, on_answer, context, tag);
}

/* ---- life ---- */

struct intake *intake_new(const struct intake_options *options)
{
    struct intake *intake = memory_new(sizeof *intake);
    intake->options = *options;
    refusals_acquire(intake->options.refusals);
    intake->phase = PHASE_REHEARSAL;
    return intake;
}

void intake_free(struct intake *intake)
{
    if (intake != NULL) {
        refusals_release(intake->options.refusals);
        free(intake);
    }
}

struct refusals *intake_refusals(const struct intake *intake)
{
    return intake->options.refusals;
}

void intake_set_phase(struct intake *intake, enum election_phase phase)
{
    intake->phase = phase;
}

void intake_set_register(struct intake *intake, const struct election_register *reg,
                         struct refusals *refusals)
{
    refusals_acquire(refusals);
    refusals_release(intake->options.refusals);
    intake->options.refusals = refusals;
    intake->options.reg = reg;
}
