/* From a decision to the answer that a unit gets. Here and not beside the rules, because a receipt is bytes of
 * the wire. */
#include <turnout/wire/report_result.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/rfc3339.h>
#include <turnout/wire/signature.h>

/* A moment as the unit itself would write it: with the offset of its report. */
static void format_as_of(const struct report *report, int64_t as_of, char ret_text[RFC3339_BYTES])
{
    int64_t seconds;
    int32_t offset_s = 0;
    if (!rfc3339_parse(slice_of(report->as_of_text), &seconds, &offset_s)) {
        offset_s = 0;
    }
    rfc3339_format(as_of, offset_s, ret_text);
}

/* What is unlikely rather than wrong, and what comes as far as the store only where the election has it held. */
static void blame_unlikely(const struct report *report, enum report_code code,
                           const struct unit_state *standing, const char *last_as_of,
                           struct report_result *ret_result)
{
    if (code == CODE_ROLL_CHANGED) {
        report_reject(ret_result, report, code, "registered", "%d registered, and %d before",
                      report->registered, standing->registered);
    } else if (code == CODE_TOO_FAST && standing->seq > 0) {
        report_reject(ret_result, report, code, "voted", "%d voted as of %s, and %d as of %s (seq %d)",
                      report->voted, report->as_of_text, standing->voted, last_as_of, standing->seq);
    } else if (code == CODE_TOO_FAST) {
        report_reject(ret_result, report, code, "voted", "%d voted since the polls opened, as of %s",
                      report->voted, report->as_of_text);
    } else if (code == CODE_COMPLETE_TOO_EARLY) {
        report_reject(ret_result, report, code, "voted", "all %d registered have voted, as of %s",
                      report->voted, report->as_of_text);
    } else if (code == CODE_SAME_FIGURES) {
        report_reject(ret_result, report, code, "voted", "other units of the commune report %d voted too",
                      report->voted);
    } else if (code == CODE_CORRECTION) {
        report_reject(ret_result, report, code, "kind", "a second person looks at every correction");
    } else if (code == CODE_AS_OF_IN_FUTURE) {
        report_reject(ret_result, report, code, "as_of", "%s is ahead of the server's clock",
                      report->as_of_text);
    } else if (code == CODE_AS_OF_BEFORE_OPENING) {
        report_reject(ret_result, report, code, "as_of", "%s is before the polls open", report->as_of_text);
    } else { /* closed; and what a store of another version may say */
        report_reject(ret_result, report, code, "", "%s", report_code_title(code));
    }
}

/* The rejection of a report: the field to blame, and what is the matter with it. */
static void blame(const struct report *report, enum report_code code, const struct unit_state *standing,
                  struct report_result *ret_result)
{
    char as_of[RFC3339_BYTES];
    format_as_of(report, standing->as_of, as_of);
    int32_t registered = report->registered == REGISTERED_ABSENT ? standing->registered : report->registered;

    if (code == CODE_SEQ_CONFLICT) {
        report_reject(ret_result, report, code, "seq", "seq %d stands with %d voted as of %s", standing->seq,
                      standing->voted, as_of);
    } else if (code == CODE_VOTED_EXCEEDS_REGISTERED) {
        report_reject(ret_result, report, code, "voted", "%d voted, %d registered", report->voted,
                      registered);
    } else if (code == CODE_AS_OF_BEFORE_LAST) {
        report_reject(ret_result, report, code, "as_of", "%s is before seq %d, as of %s", report->as_of_text,
                      standing->seq, as_of);
    } else if (code == CODE_COUNT_DECREASED) {
        report_reject(ret_result, report, code, "voted", "%d voted, but %d as of %s (seq %d)", report->voted,
                      standing->voted, as_of, standing->seq);
    } else {
        blame_unlikely(report, code, standing, as_of, ret_result);
    }
}

/* Held for a reason that would have been one to reject it, but kept. */
static void hold(const struct report *report, const unsigned char digest[REPORT_DIGEST_BYTES],
                 enum report_code code, const struct unit_state *standing, struct report_result *ret_result)
{
    blame(report, code, standing, ret_result);
    ret_result->status = STATUS_HELD;
    receipt_from_digest(digest, ret_result->receipt);
}

static void keep(const struct report *report, const unsigned char digest[REPORT_DIGEST_BYTES],
                 enum report_status status, const struct unit_state *standing,
                 struct report_result *ret_result)
{
    *ret_result = (struct report_result){.seq = report->seq, .status = status, .test = report->test};
    memcpy(ret_result->unit, report->unit, sizeof ret_result->unit);
    receipt_from_digest(digest, ret_result->receipt);
    if (status == STATUS_SUPERSEDED) {
        char as_of[RFC3339_BYTES];
        format_as_of(report, standing->as_of, as_of);
        int written = snprintf(ret_result->detail, sizeof ret_result->detail,
                               "seq %d stands with %d voted as of %s", standing->seq, standing->voted, as_of);
        assert(written > 0);
    }
}

void report_explain(const struct report *report, const unsigned char digest[REPORT_DIGEST_BYTES],
                    enum report_status status, enum report_code code, const struct unit_state *standing,
                    struct report_result *ret_result)
{
    if (status == STATUS_REJECTED) {
        blame(report, code, standing, ret_result);
    } else if (status == STATUS_HELD) {
        hold(report, digest, code, standing, ret_result);
    } else if (status == STATUS_UNAVAILABLE) {
        report_reject(ret_result, report, CODE_STORE_UNAVAILABLE, "",
                      "not confirmed as stored; send it again");
    } else {
        keep(report, digest, status, standing, ret_result);
    }
}
