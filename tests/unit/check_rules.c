/* The decision about a report: the order of rules.h, pairs of reports both ways round, every order of a few. What
 * counts adds up in check_totals.c; held reports are in check_held.c, the single rules in check_violations.c. */
#include <turnout/election/rules.h>

#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>

#include "suite.h"

enum { OPENS = 1773529200, LAST_AS_OF = OPENS + 7200, LISTED = 100, ANY = -1 };

static struct election election = {.id = "vn-2026", .opens = OPENS, .offset_s = 7 * 3600};

static void begin(void)
{
    rules_init(&election.rules);
}

/* A unit that has reported 50 of 100 by seq 7. */
static const struct unit_state prior_state = {
    .seq = 7, .voted = 50, .registered = LISTED, .round = 2, .as_of = LAST_AS_OF, .digest = {1, 2, 3}};

/* The next report of that unit: nothing has changed. */
static const struct report_received next_report = {.seq = 8,
                                                   .voted = 50,
                                                   .registered = REGISTERED_ABSENT,
                                                   .round = 2,
                                                   .as_of = LAST_AS_OF,
                                                   .received_ms = LAST_AS_OF * INT64_C(1000),
                                                   .digest = {1, 2, 4}};

FIXTURE(begin, NULL);

/* ---- which sentence of rules.h decides ---- */

enum seq_kind { SEQ_NEW, SEQ_AGAIN, SEQ_TAKEN, SEQ_LOWER_LATER, SEQ_LOWER, SEQ_KINDS };
enum held_kind {
    HELD_NONE,
    WAITS_SAME,
    WAITS_OTHER,
    TURNED_DOWN_SAME,
    TURNED_DOWN_OTHER,
    WAS_RELEASED,
    WAS_LATE,
    VOIDED_SAME,
    VOIDED_OTHER,
    HELD_KINDS
};

/* The first that fits decides; a situation fits where every column is its own or ANY. */
static const struct {
    const char *what;
    int test;
    int phase;
    int held;
    int seq;
    int lacks_reason;
    int broken; /* the mode of a rule that it breaks */
    enum report_status status;
    enum report_code code;
} sentences[] = {
    {"a true count in the rehearsal", false, PHASE_REHEARSAL, ANY, ANY, ANY, ANY, STATUS_REJECTED,
     CODE_NOT_OPEN},
    {"a test on the day", true, PHASE_OPEN, ANY, ANY, ANY, ANY, STATUS_REJECTED, CODE_TEST_REPORT},
    {"a test after it", true, PHASE_CLOSED, ANY, ANY, ANY, ANY, STATUS_REJECTED, CODE_CLOSED},
    {"it was voided", ANY, ANY, VOIDED_SAME, ANY, ANY, ANY, STATUS_REJECTED, CODE_VOIDED},
    {"it waits already", ANY, ANY, WAITS_SAME, ANY, ANY, ANY, STATUS_HELD, CODE_TOO_FAST},
    {"waits, closed", ANY, PHASE_CLOSED, WAITS_OTHER, ANY, ANY, ANY, STATUS_REJECTED, CODE_CLOSED},
    {"another waits with its seq", ANY, ANY, WAITS_OTHER, ANY, ANY, ANY, STATUS_REJECTED, CODE_SEQ_CONFLICT},
    {"it was turned down", ANY, ANY, TURNED_DOWN_SAME, ANY, ANY, ANY, STATUS_REJECTED, CODE_TOO_FAST},
    {"refused, closed", ANY, PHASE_CLOSED, TURNED_DOWN_OTHER, ANY, ANY, ANY, STATUS_REJECTED, CODE_CLOSED},
    {"another was refused", ANY, ANY, TURNED_DOWN_OTHER, ANY, ANY, ANY, STATUS_REJECTED, CODE_SEQ_CONFLICT},
    {"the last one again", ANY, ANY, ANY, SEQ_AGAIN, ANY, ANY, STATUS_DUPLICATE, CODE_NONE},
    {"taken, closed", ANY, PHASE_CLOSED, ANY, SEQ_TAKEN, ANY, ANY, STATUS_REJECTED, CODE_CLOSED},
    {"the last one's seq", ANY, ANY, ANY, SEQ_TAKEN, ANY, ANY, STATUS_REJECTED, CODE_SEQ_CONFLICT},
    {"behind, closed", ANY, PHASE_CLOSED, ANY, SEQ_LOWER_LATER, ANY, ANY, STATUS_REJECTED, CODE_CLOSED},
    {"a lower seq, later", ANY, ANY, ANY, SEQ_LOWER_LATER, ANY, ANY, STATUS_REJECTED, CODE_SEQ_BEHIND},
    {"a lower seq, not later", ANY, ANY, ANY, SEQ_LOWER, ANY, ANY, STATUS_SUPERSEDED, CODE_NONE},
    {"closed", ANY, PHASE_CLOSED, ANY, ANY, ANY, ANY, STATUS_REJECTED, CODE_CLOSED},
    {"no reason", ANY, ANY, ANY, ANY, true, ANY, STATUS_REJECTED, CODE_REASON_REQUIRED},
    {"a rule rejects it", ANY, ANY, ANY, ANY, ANY, MODE_REJECT, STATUS_REJECTED, CODE_SAME_FIGURES},
    {"a rule holds it", ANY, ANY, ANY, ANY, ANY, MODE_HOLD, STATUS_HELD, CODE_SAME_FIGURES},
    {"nothing is wrong", ANY, ANY, ANY, ANY, ANY, ANY, STATUS_ACCEPTED, CODE_NONE},
};

struct situation {
    int test, phase, held, seq, lacks_reason, broken;
};

static bool fits(int column, int is)
{
    return column == ANY || column == is;
}

static size_t sentence_of(const struct situation *situation)
{
    for (size_t i = 0; i < COUNT(sentences); i++) {
        if (fits(sentences[i].test, situation->test) && fits(sentences[i].phase, situation->phase) &&
            fits(sentences[i].held, situation->held) && fits(sentences[i].seq, situation->seq) &&
            fits(sentences[i].lacks_reason, situation->lacks_reason) &&
            fits(sentences[i].broken, situation->broken)) {
            return i;
        }
    }
    ck_abort_msg("no sentence fits");
}

static struct report_received report_in(const struct situation *situation)
{
    struct report_received received = next_report;
    bool is_lower = situation->seq == SEQ_LOWER || situation->seq == SEQ_LOWER_LATER;
    received.test = situation->test;
    received.seq = situation->seq == SEQ_NEW ? 8 : is_lower ? 6 : 7;
    received.as_of += situation->seq == SEQ_LOWER_LATER ? 1 : 0;
    received.kind = situation->lacks_reason ? KIND_CORRECTION : KIND_PROGRESS;
    /* The same content under another seq means nothing. */
    if (situation->seq != SEQ_TAKEN && situation->seq != SEQ_LOWER_LATER) {
        memcpy(received.digest, prior_state.digest, sizeof received.digest);
    }
    return received;
}

/* The second of two reports that were held; the first is another matter. */
static void set_held(const struct situation *situation, const struct report_received *received,
                     struct held_report ret_held[2])
{
    static const enum held_state states[HELD_KINDS] = {
        [TURNED_DOWN_SAME] = HELD_REJECTED, [TURNED_DOWN_OTHER] = HELD_REJECTED,
        [WAS_RELEASED] = HELD_RELEASED,     [WAS_LATE] = HELD_SUPERSEDED,
        [VOIDED_SAME] = HELD_VOIDED,        [VOIDED_OTHER] = HELD_VOIDED};
    ret_held[0] = (struct held_report){.received = *received, .code = CODE_CORRECTION};
    ret_held[0].received.seq += 10;
    ret_held[1] =
        (struct held_report){.received = *received, .state = states[situation->held], .code = CODE_TOO_FAST};
    if (situation->held == WAITS_OTHER || situation->held == TURNED_DOWN_OTHER ||
        situation->held == VOIDED_OTHER) {
        ret_held[1].received.digest[REPORT_DIGEST_BYTES - 1] ^= 1;
    }
}

static void check_situation(const struct situation *situation)
{
    struct report_received received = report_in(situation);
    struct held_report held[2];
    set_held(situation, &received, held);
    struct rules_context context = {.phase = (enum election_phase)situation->phase,
                                    .unit = &prior_state,
                                    .listed = LISTED,
                                    .held = held,
                                    .held_count = situation->held == HELD_NONE ? 1 : 2,
                                    .alike = 9};
    election.rules.modes[RULE_SAME_FIGURES] = (enum rule_mode)situation->broken;
    struct decision decision;
    rules_decide(&election, &context, &received, &decision);

    size_t wanted = sentence_of(situation);
    const char *what = sentences[wanted].what;
    ck_assert_msg(decision.status == sentences[wanted].status, "%s: %s", what,
                  report_status_name(decision.status));
    ck_assert_msg(decision.code == sentences[wanted].code, "%s: %s", what, report_code_name(decision.code));
    ck_assert_msg(decision.held_before == (sentences[wanted].held == WAITS_SAME), "%s", what);
    ck_assert_msg(decision.by_committee == (sentences[wanted].held == TURNED_DOWN_SAME), "%s", what);
    bool is_taken = sentences[wanted].code == CODE_SEQ_CONFLICT && sentences[wanted].held != ANY;
    ck_assert_msg(decision.taken_by == (is_taken ? &held[1] : NULL), "%s", what);
    if (decision.status != STATUS_ACCEPTED) {
        bool is_held_now = decision.status == STATUS_HELD && !decision.held_before;
        struct totals change = {.held = is_held_now, .revision = is_held_now};
        ck_assert_msg(totals_equal(&decision.change, &change), "%s", what);
        ck_assert_int_eq(decision.change.as_of, 0);
    }
}

/* Every situation, so every pair of sentences that can be true at once. */
LOOP_TEST(test_the_first_sentence_that_is_true_decides, HELD_KINDS)
{
    struct situation situation = {.held = _i};
    for (situation.seq = 0; situation.seq < SEQ_KINDS; situation.seq++) {
        for (int rest = 0; rest < 2 * 2 * 3 * MODE_COUNT; rest++) {
            situation.test = rest & 1;
            situation.lacks_reason = rest >> 1 & 1;
            situation.phase = rest / 4 % 3;
            situation.broken = rest / 12;
            check_situation(&situation);
        }
    }
}

/* ---- a unit that reports more than once ---- */

/* A report in a few numbers; equal ones are the same report. */
struct brief {
    int32_t seq;
    int32_t voted;
    int32_t minute; /* since opening */
    enum report_kind kind;
    int32_t registered; /* 0: absent */
};

static struct report_received report_of(const struct brief *brief)
{
    struct report_received received = {.seq = brief->seq,
                                       .voted = brief->voted,
                                       .registered =
                                           brief->registered == 0 ? REGISTERED_ABSENT : brief->registered,
                                       .kind = brief->kind,
                                       .reason = brief->kind == KIND_CORRECTION ? REASON_OTHER : REASON_NONE,
                                       .round = (uint32_t)brief->minute / 120 + 1,
                                       .as_of = OPENS + brief->minute * INT64_C(60)};
    received.received_ms = received.as_of * 1000;
    const int32_t content[] = {brief->seq, brief->voted, brief->minute,
                               brief->registered * 8 + (int32_t)brief->kind};
    _Static_assert(sizeof content == REPORT_DIGEST_BYTES, "the content is its own digest");
    memcpy(received.digest, content, sizeof received.digest);
    return received;
}

/* A unit with all that is kept of it, and totals of nothing else. */
struct unit_records {
    struct unit_state state;
    struct held_report held[8];
    size_t held_count;
    struct totals totals;
};

static struct unit_records silent_unit(void)
{
    return (struct unit_records){.state = {.registered = LISTED}, .totals = {.registered = LISTED}};
}

static void check_records(const struct unit_records *unit)
{
    const struct unit_state *state = &unit->state;
    const struct totals *totals = &unit->totals;
    ck_assert(totals_plausible(totals, 1));
    ck_assert_int_eq(totals->voted, state->voted);
    ck_assert_int_eq(totals->registered, state->registered);
    ck_assert_int_eq(totals->units_reported, state->seq > 0);
    ck_assert_int_eq(totals->registered_reported, state->seq > 0 ? state->registered : 0);
    ck_assert_int_eq(totals->units_final, state->kind == KIND_FINAL);
    ck_assert_int_eq(totals->units_complete, state->voted == state->registered && state->voted > 0);
    ck_assert_int_eq(totals->held, (int64_t)unit->held_count);
    ck_assert_int_eq(totals->rounds[0] + totals->rounds[1] + totals->rounds[2] > 0, state->seq > 0);
}

static struct decision send_report(struct unit_records *unit, const struct brief *brief)
{
    struct report_received received = report_of(brief);
    struct rules_context context = {.phase = PHASE_OPEN,
                                    .unit = &unit->state,
                                    .listed = LISTED,
                                    .held = unit->held,
                                    .held_count = unit->held_count};
    int64_t revision = unit->totals.revision;
    struct decision decision;
    rules_decide(&election, &context, &received, &decision);
    totals_add(&unit->totals, &decision.change);
    bool is_held_now = decision.status == STATUS_HELD && !decision.held_before;
    if (decision.status == STATUS_ACCEPTED) {
        ck_assert_int_gt(decision.after.seq, unit->state.seq);
        unit->state = decision.after;
    } else if (is_held_now) {
        unit->held[unit->held_count++] = (struct held_report){.received = received, .code = decision.code};
    }
    ck_assert_int_eq(unit->totals.revision, revision + (decision.status == STATUS_ACCEPTED || is_held_now));
    check_records(unit);
    return decision;
}

/* Adds what became of it: `accepted`, `rejected seq-behind`, ... */
static void note(struct buffer *story, const struct decision *decision)
{
    buffer_printf(story, "%s%s", story->length == 0 ? "" : ", ", report_status_name(decision->status));
    if (decision->code != CODE_NONE) {
        buffer_printf(story, " %s", report_code_name(decision->code));
    }
}

/* Two reports of a silent unit: what becomes of them and what the unit's seq is then, sent as they stand here, and the
 * other way round. */
static const struct {
    const char *what;
    struct brief reports[2];
    const char *in_order;
    const char *reversed;
} pairs[] = {
    {"one after the other",
     {{1, 10, 60, KIND_PROGRESS, 0}, {2, 20, 120, KIND_PROGRESS, 0}},
     "accepted, accepted: 2",
     "accepted, superseded: 2"},
    {"both counted at one moment",
     {{1, 10, 60, KIND_PROGRESS, 0}, {2, 20, 60, KIND_PROGRESS, 0}},
     "accepted, accepted: 2",
     "accepted, superseded: 2"},
    {"twice the same",
     {{3, 10, 60, KIND_PROGRESS, 0}, {3, 10, 60, KIND_PROGRESS, 0}},
     "accepted, duplicate: 3",
     "accepted, duplicate: 3"},
    {"one seq, two counts",
     {{3, 10, 60, KIND_PROGRESS, 0}, {3, 11, 60, KIND_PROGRESS, 0}},
     "accepted, rejected seq-conflict: 3",
     "accepted, rejected seq-conflict: 3"},
    {"a new telephone begins at 1",
     {{5, 20, 60, KIND_PROGRESS, 0}, {1, 30, 120, KIND_PROGRESS, 0}},
     "accepted, rejected seq-behind: 5",
     "accepted, rejected as-of-before-last: 1"},
    {"fewer",
     {{1, 30, 60, KIND_PROGRESS, 0}, {2, 20, 120, KIND_PROGRESS, 0}},
     "accepted, rejected count-decreased: 1",
     "accepted, superseded: 2"},
    {"fewer at the end",
     {{1, 30, 60, KIND_PROGRESS, 0}, {2, 20, 120, KIND_FINAL, 0}},
     "accepted, rejected count-decreased: 1",
     "accepted, superseded: 2"},
    {"fewer, corrected",
     {{1, 30, 60, KIND_PROGRESS, 0}, {2, 20, 120, KIND_CORRECTION, 0}},
     "accepted, accepted: 2",
     "accepted, superseded: 2"},
    {"the roll grows first",
     {{1, 10, 60, KIND_PROGRESS, 120}, {2, 110, 120, KIND_PROGRESS, 0}},
     "accepted, accepted: 2",
     "rejected voted-exceeds-registered, accepted: 1"},
    {"the widest gap",
     {{1, 10, 60, KIND_PROGRESS, 0}, {1001, 20, 120, KIND_PROGRESS, 0}},
     "accepted, accepted: 1001",
     "rejected seq-too-far, accepted: 1"},
    {"a seq that would silence the unit",
     {{1, 10, 60, KIND_PROGRESS, 0}, {SEQ_MAX, 20, 120, KIND_PROGRESS, 0}},
     "accepted, rejected seq-too-far: 1",
     "rejected seq-too-far, accepted: 1"},
    {"the first waits",
     {{1, 10, 60, KIND_PROGRESS, 200}, {2, 20, 120, KIND_PROGRESS, 0}},
     "held roll-changed, accepted: 2",
     "accepted, superseded: 2"},
    {"both wait",
     {{1, 10, 60, KIND_PROGRESS, 200}, {2, 20, 120, KIND_PROGRESS, 200}},
     "held roll-changed, held roll-changed: 0",
     "held roll-changed, held roll-changed: 0"},
    {"the seq of one that waits",
     {{2, 10, 60, KIND_PROGRESS, 200}, {2, 10, 60, KIND_PROGRESS, 0}},
     "held roll-changed, rejected seq-conflict: 0",
     "accepted, rejected seq-conflict: 2"},
};

LOOP_TEST(test_two_reports_both_ways_round, COUNT(pairs))
{
    for (int way = 0; way < 2; way++) {
        struct unit_records unit = silent_unit();
        struct buffer story = {0};
        for (int turn = 0; turn < 2; turn++) {
            struct decision decision = send_report(&unit, &pairs[_i].reports[turn ^ way]);
            note(&story, &decision);
        }
        buffer_printf(&story, ": %d", unit.state.seq);
        const char *wanted = way == 0 ? pairs[_i].in_order : pairs[_i].reversed;
        ck_assert_msg(strcmp(story.bytes, wanted) == 0, "%s: %s", pairs[_i].what, story.bytes);
        buffer_done(&story);
    }
}

/* ---- every order of a few reports ---- */

enum { FEW = 5 };

static const struct {
    const char *what;
    struct brief reports[FEW];
    int32_t last_seq; /* whatever the order; 0: it depends */
} sets[] = {
    {"a plain day",
     {{1, 10, 60, KIND_PROGRESS, 0},
      {2, 25, 120, KIND_PROGRESS, 0},
      {3, 20, 180, KIND_CORRECTION, 0},
      {5, 40, 240, KIND_PROGRESS, 0},
      {6, 60, 300, KIND_FINAL, 0}},
     6},
    {"rolls move",
     {{1, 100, 60, KIND_PROGRESS, 0},
      {2, 105, 120, KIND_PROGRESS, 105},
      {3, 90, 180, KIND_CORRECTION, 90},
      {4, 90, 240, KIND_PROGRESS, 300},
      {9, 90, 300, KIND_CORRECTION, 95}},
     9},
    {"two telephones and a typing error",
     {{1, 10, 60, KIND_PROGRESS, 0},
      {2, 30, 120, KIND_PROGRESS, 0},
      {1, 40, 180, KIND_PROGRESS, 0},
      {3, 101, 180, KIND_PROGRESS, 0},
      {1500, 50, 240, KIND_PROGRESS, 0}},
     0},
};

/* Brings the next permutation of the places about; false after the last. */
static bool permute(int places[FEW])
{
    int at = FEW - 1;
    while (at > 0 && places[at - 1] > places[at]) {
        at--;
    }
    if (at == 0) {
        return false;
    }
    int other = FEW - 1;
    while (places[other] < places[at - 1]) {
        other--;
    }
    int moved = places[at - 1];
    places[at - 1] = places[other];
    places[other] = moved;
    for (int low = at, high = FEW - 1; low < high; low++, high--) {
        moved = places[low];
        places[low] = places[high];
        places[high] = moved;
    }
    return true;
}

LOOP_TEST(test_every_order_of_five_reports, COUNT(sets))
{
    int places[FEW] = {0, 1, 2, 3, 4};
    int orders = 0;
    do {
        struct unit_records unit = silent_unit();
        int32_t highest = 0;
        for (int turn = 0; turn < FEW; turn++) {
            const struct brief *brief = &sets[_i].reports[places[turn]];
            if (send_report(&unit, brief).status == STATUS_ACCEPTED) {
                highest = brief->seq > highest ? brief->seq : highest;
                ck_assert_int_eq(unit.state.voted, brief->voted);
            }
        }
        ck_assert_int_eq(unit.state.seq, highest);
        ck_assert_int_gt(highest, 0);
        if (sets[_i].last_seq != 0) {
            ck_assert_int_eq(highest, sets[_i].last_seq);
        }
        /* All once more: what was counted or held is not counted or held again. */
        int64_t revision = unit.totals.revision;
        for (int turn = 0; turn < FEW && sets[_i].last_seq != 0; turn++) {
            (void)send_report(&unit, &sets[_i].reports[places[turn]]);
        }
        ck_assert_int_eq(unit.totals.revision, revision);
        orders++;
    } while (permute(places));
    ck_assert_int_eq(orders, 120);
}

SUITE("rules");
