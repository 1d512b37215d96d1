/* From an outcome to the answer that a unit gets: a sentence a code. Here and not beside the rules, because a receipt is
 * bytes of the wire. */
#include <turnout/wire/report_result.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/rfc3339.h>
#include <turnout/wire/signature.h>

enum { DETAIL_BYTES = sizeof(((struct report_result *)NULL)->detail) };

/* What a sentence may name. */
struct words {
    const struct election *election;
    const char *as_of_text;
    const struct report_received *received;
    const struct report_outcome *outcome;
    char last_as_of[RFC3339_BYTES]; /* of the standing report, with the offset of the unit's own clock */
};

#define say(ret_detail, ...) ((void)snprintf(ret_detail, DETAIL_BYTES, __VA_ARGS__))

/* ---- sentences ---- */

static void say_standing(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    const struct unit_state *standing = &words->outcome->standing;
    say(ret_detail, "seq %d stands with %d voted as of %s", standing->seq, standing->voted,
        words->last_as_of);
}

static void say_seq_behind(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    const struct unit_state *standing = &words->outcome->standing;
    say(ret_detail, "seq %d stands with %d voted as of %s; send this count again with seq %d", standing->seq,
        standing->voted, words->last_as_of, words->outcome->next_seq);
}

static void say_seq_too_far(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    say(ret_detail, "seq %d is more than %d beyond the unit's last one, %d; send it again with seq %d",
        words->received->seq, (int)SEQ_STEP_MAX, words->outcome->standing.seq, words->outcome->next_seq);
}

static void say_over_roll(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    if (words->received->registered != REGISTERED_ABSENT) {
        say(ret_detail, "%d voted, %d registered in the same report; send it again with both right",
            words->received->voted, words->received->registered);
    } else {
        say(ret_detail,
            "%d voted, %d registered; if the count is right, send it again with `registered`, the roll as it "
            "is now",
            words->received->voted, words->outcome->standing.registered);
    }
}

static void say_before_last(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    say(ret_detail, "%s is before seq %d, as of %s", words->as_of_text, words->outcome->standing.seq,
        words->last_as_of);
}

static void say_decreased(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    say(ret_detail, "%d voted, but %d as of %s (seq %d)", words->received->voted,
        words->outcome->standing.voted, words->last_as_of, words->outcome->standing.seq);
}

static void say_roll_changed(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    say(ret_detail, "%d registered, and %d in the register", words->received->registered,
        words->outcome->listed);
}

static void say_too_fast(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    const struct unit_state *standing = &words->outcome->standing;
    if (standing->seq > 0) {
        say(ret_detail, "%d voted as of %s, and %d as of %s (seq %d)", words->received->voted,
            words->as_of_text, standing->voted, words->last_as_of, standing->seq);
    } else {
        say(ret_detail, "%d voted since the polls opened, as of %s", words->received->voted,
            words->as_of_text);
    }
}

static void say_complete_early(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    say(ret_detail, "all %d registered have voted, as of %s", words->received->voted, words->as_of_text);
}

static void say_same_figures(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    say(ret_detail, "other units of the commune report %d voted too", words->received->voted);
}

static void say_correction(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    (void)words;
    say(ret_detail, "a second person looks at every correction");
}

static void say_in_future(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    int64_t ahead_ms = words->received->as_of * 1000 - words->received->received_ms;
    say(ret_detail, "%s is %lld s ahead of the server's clock", words->as_of_text,
        (long long)((ahead_ms + 999) / 1000));
}

static void say_before_opening(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    char opens[RFC3339_BYTES];
    rfc3339_format(words->election->opens, words->election->offset_s, opens);
    say(ret_detail, "%s; the polls open at %s", words->as_of_text, opens);
}

static void say_reason(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    (void)words;
    say(ret_detail, "a correction needs a reason");
}

static void say_unsigned(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    (void)words;
    say(ret_detail, "the report is not signed");
}

static void say_voided(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    (void)words;
    say(ret_detail,
        "a committee has taken this report out of the count; a new count, with its own time, is taken");
}

static void say_too_many(const struct words *words, char ret_detail[DETAIL_BYTES])
{
    (void)words;
    say(ret_detail,
        "the unit has stored more reports than it may in a minute, or too many wait for a decision; "
        "send this one again later");
}

/* The field to blame, and what is the matter. A code that is not here is said by its title. */
static const struct {
    const char *field;
    void (*write)(const struct words *words, char ret_detail[DETAIL_BYTES]);
} sentences[CODE_COUNT] = {
    [CODE_SEQ_CONFLICT] = {"seq", say_standing},
    [CODE_SEQ_BEHIND] = {"seq", say_seq_behind},
    [CODE_SEQ_TOO_FAR] = {"seq", say_seq_too_far},
    [CODE_VOTED_EXCEEDS_REGISTERED] = {"voted", say_over_roll},
    [CODE_AS_OF_BEFORE_LAST] = {"as_of", say_before_last},
    [CODE_COUNT_DECREASED] = {"voted", say_decreased},
    [CODE_ROLL_CHANGED] = {"registered", say_roll_changed},
    [CODE_TOO_FAST] = {"voted", say_too_fast},
    [CODE_COMPLETE_TOO_EARLY] = {"voted", say_complete_early},
    [CODE_SAME_FIGURES] = {"voted", say_same_figures},
    [CODE_CORRECTION] = {"kind", say_correction},
    [CODE_AS_OF_IN_FUTURE] = {"as_of", say_in_future},
    [CODE_AS_OF_BEFORE_OPENING] = {"as_of", say_before_opening},
    [CODE_REASON_REQUIRED] = {"reason", say_reason},
    [CODE_BAD_SIGNATURE] = {"sig", say_unsigned},
    [CODE_VOIDED] = {"", say_voided},
    [CODE_TOO_MANY] = {"", say_too_many},
};

/* ---- the answer ---- */

static void format_last_as_of(struct words *words)
{
    int64_t seconds;
    int32_t offset_s = 0;
    if (!rfc3339_parse(slice_of(words->as_of_text), &seconds, &offset_s)) {
        offset_s = 0;
    }
    rfc3339_format(words->outcome->standing.as_of, offset_s, words->last_as_of);
}

static void blame(const struct words *words, struct report_result *result)
{
    enum report_code code = words->outcome->code;
    const char *field = sentences[code].field == NULL ? "" : sentences[code].field;
    bool fits = slice_copy(slice_of(field), result->field, sizeof result->field);
    assert(fits);
    result->code = code;
    if (words->outcome->by_committee) {
        result->field[0] = '\0';
        say(result->detail, "a committee rejected it");
    } else if (sentences[code].write == NULL) {
        say(result->detail, "%s", report_code_title(code));
    } else {
        sentences[code].write(words, result->detail);
    }
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
    struct words words = {election, as_of_text, received, outcome, ""};
    *ret_result = (struct report_result){
        .seq = received->seq, .status = outcome->status, .is_new = outcome->is_new, .test = received->test};
    bool fits = slice_copy(slice_of(unit), ret_result->unit, sizeof ret_result->unit);
    assert(fits);
    if (outcome->status != STATUS_ACCEPTED && outcome->status != STATUS_DUPLICATE) {
        format_last_as_of(&words);
    }
    if (outcome->status == STATUS_REJECTED || outcome->status == STATUS_HELD) {
        blame(&words, ret_result);
    } else if (outcome->status == STATUS_SUPERSEDED) {
        say_standing(&words, ret_result->detail);
    }
    if (outcome->status != STATUS_REJECTED) {
        receipt_from_digest(received->digest, ret_result->receipt);
    } else if (has_next_seq(outcome->code)) {
        ret_result->next_seq = outcome->next_seq;
    }
}
