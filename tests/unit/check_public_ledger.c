/* The public ledger: newest first, bounded and shared out fairly, and pages that stay what they were; and its entries,
 * as the lines of the log give them. */
#include <turnout/service/public_ledger.h>

#include <stdio.h>
#include <string.h>

#include <check.h>

#include <turnout/wire/log_line.h>

#include "register_rows.h"
#include "suite.h"

enum { UNITS = LEDGER_ENTRIES_MAX + 10 };

static struct public_ledger *ledger;

static void setup(void)
{
    ledger = public_ledger_new(UNITS);
}

static void teardown(void)
{
    public_ledger_free(ledger);
}

/* A correction of a unit, or with REGISTER_NONE a change of the election. */
static void add_change(int64_t when_ms, uint32_t unit, int32_t seq, int before, int after)
{
    struct ledger_entry entry = {.when_ms = when_ms,
                                 .kind = unit == REGISTER_NONE ? LEDGER_PHASE : LEDGER_CORRECTION,
                                 .unit = unit,
                                 .seq = seq};
    ck_assert_int_gt(snprintf(entry.before, sizeof entry.before, "%d", before), 0);
    ck_assert_int_gt(snprintf(entry.after, sizeof entry.after, "%d", after), 0);
    public_ledger_add(ledger, &entry);
}

static void add(int64_t when_ms, int32_t seq)
{
    add_change(when_ms, 0, seq, 0, 0);
}

static void expect(const int32_t *seqs, size_t count)
{
    const struct ledger_page *page = public_ledger_page(ledger);
    ck_assert_uint_eq(ledger_page_count(page), count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(ledger_page_entries(page)[i].seq, seqs[i]);
    }
}

FIXTURE(setup, teardown);
TIMEOUT(60);

TEST(the_newest_come_first)
{
    expect(NULL, 0);
    add(20, 1);
    expect((const int32_t[]){1}, 1);
    add(30, 2);
    add(10, 3);
    expect((const int32_t[]){2, 1, 3}, 3);
    add(20, 4); /* of the same time: by seq */
    expect((const int32_t[]){2, 4, 1, 3}, 4);
    add(31, 5);
    add(9, 6);
    expect((const int32_t[]){5, 2, 4, 1, 3, 6}, 6);
}

/* 900 corrected to 100, then many that change nothing or next to nothing. */
TEST(a_unit_cannot_hide_what_it_changed)
{
    enum { MANY = 1001 };
    add_change(1, REGISTER_NONE, -1, 0, 0);
    add_change(2, 3, -2, 0, 1);
    add_change(3, 2, -3, 900, 100);
    for (int32_t i = 1; i <= MANY; i++) {
        add_change(3 + i, 2, i, 100 + i % 2, 100 + i % 2 + i % 3);
    }
    struct ledger_page *page = public_ledger_page(ledger);
    size_t count = ledger_page_count(page);
    ck_assert_uint_eq(count, LEDGER_UNIT_ENTRIES_MAX + 2);
    ck_assert_int_eq(ledger_page_total(page), MANY + 3);
    ck_assert_int_eq(ledger_page_entries(page)[count - 1].seq, -1);
    ck_assert_int_eq(ledger_page_entries(page)[count - 2].seq, -2);
    ck_assert_int_eq(ledger_page_entries(page)[count - 3].seq, -3);
    ck_assert_int_eq(ledger_page_entries(page)[0].seq, MANY); /* the newest of the largest that are left */
}

/* Where there is no room for all, every unit has less, and the election keeps its own. */
TEST(room_is_shared_out)
{
    enum { EACH = 4, FEW = LEDGER_ENTRIES_MAX / EACH + 1 };
    add_change(0, REGISTER_NONE, -1, 0, 0);
    for (int32_t i = 0; i < EACH * FEW; i++) {
        add_change(1 + i, (uint32_t)(i % FEW), i, 0, i < FEW ? 1 : 2);
    }
    struct ledger_page *page = public_ledger_page(ledger);
    ck_assert_uint_eq(ledger_page_count(page), 2 * FEW + 1);
    ck_assert_int_eq(ledger_page_entries(page)[2 * FEW].seq, -1);
    ck_assert_int_eq(ledger_page_entries(page)[2 * FEW - 1].seq, 2 * FEW);

    for (int32_t i = 0; i < UNITS; i++) { /* one of each unit is too much, too */
        add_change(1000000 + i, (uint32_t)i, i, 0, 5);
    }
    page = public_ledger_page(ledger);
    ck_assert_uint_eq(ledger_page_count(page), LEDGER_ENTRIES_MAX);
    ck_assert_int_eq(ledger_page_entries(page)[0].seq, UNITS - 1);
    ck_assert_int_eq(ledger_page_entries(page)[LEDGER_ENTRIES_MAX - 1].seq, -1);
    ck_assert_int_eq(ledger_page_total(page), EACH * FEW + UNITS + 1);
}

TEST(a_place_leads_to_what_is_behind_it)
{
    static const int64_t times[] = {5, 7, 7, 7, 9};
    for (int32_t i = 0; i < 5; i++) {
        add(times[i], i);
    }
    const struct ledger_page *page = public_ledger_page(ledger);
    for (size_t i = 0; i < 5; i++) {
        struct ledger_place place = ledger_page_place(page, i);
        ck_assert_uint_eq(ledger_page_find(page, &place), i + 1);
    }
    ck_assert_uint_eq(ledger_page_find(page, &(struct ledger_place){8, 1}), 1);
    ck_assert_uint_eq(ledger_page_find(page, &(struct ledger_place){7, 0}), 1);
    ck_assert_uint_eq(ledger_page_find(page, &(struct ledger_place){7, 9}), 4);
    ck_assert_uint_eq(ledger_page_find(page, &(struct ledger_place){10, 3}), 0);
    ck_assert_uint_eq(ledger_page_find(page, &(struct ledger_place){1, 1}), 5);
}

TEST(a_page_stays_what_it_was)
{
    add(1, 1);
    struct ledger_page *page = public_ledger_page(ledger);
    ck_assert_ptr_eq(public_ledger_page(ledger), page); /* the same while nothing is added */
    ledger_page_acquire(page);
    add(2, 2);
    ck_assert_ptr_ne(public_ledger_page(ledger), page);
    ck_assert_uint_eq(ledger_page_count(page), 1);
    public_ledger_free(ledger);
    ledger = NULL;
    ck_assert_int_eq(ledger_page_entries(page)[0].seq, 1);
    ledger_page_release(page);
    ledger_page_release(NULL);
}

/* ---- what the public reads of a line of the log ---- */

static const struct register_rows places = {
    .areas = {{"VN", "nation", ""}, {"01", "province", "VN"}, {"01.1", "commune", "01"}},
    .units = {{"u-0", "01.1", "5"}, {"u-1", "01.1", "900"}},
};

static struct election_register *reg;

static void make_register(void)
{
    reg = register_of_rows(&places);
}

static void free_register(void)
{
    register_release(reg);
}

CASE("entries");
FIXTURE(make_register, free_register);

/* What is told of a line about u-1, seq 8; `before` is -1 for a silent unit. */
static const struct {
    const char *what;
    enum log_outcome outcome;
    enum report_kind kind;
    int32_t voted_before;
    int32_t registered_before;
    int32_t voted;
    int32_t registered;
    const char *told;
} tellings[] = {
    {"a count", LOG_ACCEPTED, KIND_PROGRESS, 640, 912, 700, -1, ""},
    {"a correction", LOG_ACCEPTED, KIND_CORRECTION, 640, 912, 600, -1, "correction 640 600 other;"},
    {"a moved roll", LOG_ACCEPTED, KIND_FINAL, 640, 912, 640, 910, "roll-change 912 910 other;"},
    {"the same roll", LOG_ACCEPTED, KIND_FINAL, 640, 912, 640, 912, ""},
    {"a first roll", LOG_ACCEPTED, KIND_PROGRESS, -1, 0, 5, 912, "roll-change 900 912 other;"},
    {"the listed roll", LOG_ACCEPTED, KIND_PROGRESS, -1, 0, 5, 900, ""},
    {"both", LOG_ACCEPTED, KIND_CORRECTION, 640, 912, 600, 910,
     "correction 640 600 other;roll-change 912 910 other;"},
    {"held", LOG_HELD, KIND_CORRECTION, 640, 912, 600, 910, ""},
    {"released", LOG_RELEASED, KIND_PROGRESS, 640, 912, 900, -1, "released 640 900 why;"},
    {"a released correction", LOG_RELEASED, KIND_CORRECTION, 640, 912, 600, 910,
     "correction 640 600 other;roll-change 912 910 other;released 640 600 why;"},
    {"released, silent before", LOG_RELEASED, KIND_PROGRESS, -1, 0, 7, 990,
     "roll-change 900 990 other;released 0 7 why;"},
    {"rejected", LOG_REJECTED, KIND_CORRECTION, 640, 912, 600, 910, "rejected 640 640 why;"},
    {"superseded", LOG_SUPERSEDED, KIND_PROGRESS, 640, 912, 600, 910, "superseded 640 640 why;"},
    {"voided", LOG_VOIDED, KIND_PROGRESS, 640, 912, 0, 900, "roll-change 912 900 other;voided 640 0 why;"},
    {"voided, and nothing counted", LOG_VOIDED, KIND_PROGRESS, -1, 0, 0, 900, "voided 0 0 why;"},
    {"the phase", LOG_PHASE, KIND_PROGRESS, 0, 0, 0, -1, "phase open closed ;"},
    {"the publication", LOG_PUBLICATION, KIND_PROGRESS, 0, 0, 0, -1, "publication open closed ;"},
};

static struct log_line line_to_tell(size_t at)
{
    struct log_line line = {.outcome = tellings[at].outcome,
                            .received_ms = 1773565203123,
                            .was_silent = tellings[at].voted_before < 0,
                            .voted_before = tellings[at].voted_before < 0 ? 0 : tellings[at].voted_before,
                            .registered_before = tellings[at].registered_before,
                            .why = "why",
                            .from = "open",
                            .to = "closed",
                            .report = {.unit = "u-1",
                                       .seq = 8,
                                       .voted = tellings[at].voted,
                                       .registered = tellings[at].registered,
                                       .kind = tellings[at].kind,
                                       .reason = REASON_OTHER}};
    return line;
}

LOOP_TEST(what_the_public_reads, COUNT(tellings))
{
    struct log_line line = line_to_tell((size_t)_i);
    struct ledger_entry entries[LOG_LINE_ENTRIES_MAX];
    size_t count = log_line_ledger_entries(&line, reg, entries);
    struct buffer out = {0};
    buffer_append_text(&out, "");
    for (size_t i = 0; i < count; i++) {
        bool is_of_unit = ledger_kind_is_of_report(entries[i].kind);
        buffer_printf(&out, "%s %s %s %s;", ledger_kind_name(entries[i].kind), entries[i].before,
                      entries[i].after, entries[i].reason);
        ck_assert_int_eq(entries[i].when_ms, 1773565203123);
        ck_assert_int_eq(entries[i].seq, is_of_unit ? 8 : 0);
        ck_assert_str_eq(entries[i].unit_code, is_of_unit ? "u-1" : "");
    }
    ck_assert_msg(strcmp(out.bytes, tellings[_i].told) == 0, "%s: %s", tellings[_i].what, out.bytes);
    buffer_done(&out);
}

/* A report goes into the ledger exactly where there is something to read of it. */
LOOP_TEST(what_is_public_is_what_is_told, COUNT(tellings))
{
    struct log_line line = line_to_tell((size_t)_i);
    if (line.outcome > LOG_HELD) {
        return;
    }
    struct unit_state before = {.seq = line.was_silent ? 0 : 7, .registered = line.was_silent ? 900 : 912};
    struct report_received received = {.kind = line.report.kind, .registered = line.report.registered};
    struct decision decision = {.status = line.outcome == LOG_HELD ? STATUS_HELD : STATUS_ACCEPTED};
    decision.after.registered = received.registered < 0 ? before.registered : received.registered;
    ck_assert(log_line_is_public(&received, &decision, &before) == (tellings[_i].told[0] != '\0'));
}

TEST(of_a_unit_that_was_it_is_told_without_its_commune)
{
    struct log_line line = line_to_tell(1);
    struct ledger_entry entries[LOG_LINE_ENTRIES_MAX];
    ck_assert_uint_eq(log_line_ledger_entries(&line, reg, entries), 1);
    ck_assert(slice_copy(slice_of("u-2"), line.report.unit, sizeof line.report.unit));
    ck_assert_uint_eq(log_line_ledger_entries(&line, reg, entries), 1);
    ck_assert_str_eq(entries[0].unit_code, "u-2");
    ck_assert_str_eq(entries[0].area_code, "");
}

SUITE("public_ledger");
