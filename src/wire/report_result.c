/* Makes the answer to a unit from an outcome. The sentences are in election/report_codes.c; the receipt needs the
 * wire layer. */
#include <turnout/wire/report_result.h>

#include <assert.h>

#include <turnout/base/rfc3339.h>
#include <turnout/election/report_codes.h>
#include <turnout/wire/signature.h>

static const char too_many[] =
    "the unit has stored more reports than it may in a minute, or too many wait for a decision";

/* The last report's time is shown with the offset of the unit's own clock. */
static void format_last_as_of(const char *as_of_text, int64_t last_as_of, char ret_text[RFC3339_BYTES])
{
    int64_t seconds;
    int32_t offset_s = 0;
    if (!rfc3339_parse(slice_of(as_of_text), &seconds, &offset_s)) {
        offset_s = 0;
    }
    rfc3339_format(last_as_of, offset_s, ret_text);
}

/* Rounds up: `0 s ahead` would look as if nothing were wrong. */
static int64_t ahead_of(const struct report_received *received)
{
    return (received->as_of * 1000 - received->received_ms + 999) / 1000;
}

/* For a silent unit the last count is 0, at the opening of the polls. */
static void say(const struct election *election, const char *as_of_text,
                const struct report_received *received, const struct report_outcome *outcome,
                struct report_result *result)
{
    const struct unit_state *standing = &outcome->standing;
    char last_as_of[RFC3339_BYTES];
    char opens[RFC3339_BYTES];
    format_last_as_of(as_of_text, standing->seq > 0 ? standing->as_of : election->opens, last_as_of);
    rfc3339_format(election->opens, election->offset_s, opens);
    const struct code_values values = {
        .why = outcome->code == CODE_TOO_MANY ? too_many : report_code_title(outcome->code),
        .unit = result->unit,
        .seq = received->seq,
        .voted = received->voted,
        .registered = received->registered == REGISTERED_ABSENT ? standing->registered : received->registered,
        .listed = outcome->listed,
        .as_of = as_of_text,
        .ahead_s = ahead_of(received),
        .opens = opens,
        .last_seq = standing->seq,
        .last_voted = standing->voted,
        .last_as_of = last_as_of,
        .next_seq = outcome->next_seq,
    };
    report_result_say(result, outcome->by_committee, &values);
}

static bool has_next_seq(enum report_code code)
{
    return code == CODE_SEQ_CONFLICT || code == CODE_SEQ_BEHIND || code == CODE_SEQ_TOO_FAR;
}

void report_explain(const struct election *election, const char *unit, const char *as_of_text,
                    const struct report_received *received, const struct report_outcome *outcome,
                    struct report_result *ret_result)
{
    assert(outcome->status != STATUS_UNAVAILABLE);
    *ret_result = (struct report_result){.seq = received->seq,
                                         .status = outcome->status,
                                         .is_new = outcome->is_new,
                                         .code = outcome->code,
                                         .test = received->test};
    const char *field = outcome->by_committee ? "" : report_code_field(outcome->code);
    bool fits = slice_copy(slice_of(unit), ret_result->unit, sizeof ret_result->unit) &&
                slice_copy(slice_of(field), ret_result->field, sizeof ret_result->field);
    assert(fits);
    bool is_taken = outcome->status == STATUS_ACCEPTED || outcome->status == STATUS_DUPLICATE;
    if (!is_taken || received->test) {
        say(election, as_of_text, received, outcome, ret_result);
    }
    if (outcome->status != STATUS_REJECTED) {
        receipt_from_digest(received->digest, ret_result->receipt);
    } else if (has_next_seq(outcome->code)) {
        ret_result->next_seq = outcome->next_seq;
    }
}
