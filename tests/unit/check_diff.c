/* What moved between two sides: which areas are shown, and which entries of the ledger lie between. */
#include <turnout/wire/diff.h>

#include <string.h>

#include <check.h>
#include <jansson.h>

#include "suite.h"

static const struct election election = {.id = "e", .name = "E", .date = "2026-03-15", .offset_s = 25200};
static struct election_register *reg;
static struct area_figures before[8];
static struct area_figures after[8];
static struct figures sides[2];
static struct ledger_entry entries[DIFF_ENTRIES_MAX + 20];
static struct diff diff;
static struct buffer out;

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)file;
    (void)line;
    ck_abort_msg("%s", error->text);
}

/* T > 01 > 0101, 0102; > 02 > 0201 */
static void set_up(void)
{
    static const char *const rows[][3] = {{"T", "nation", ""},       {"01", "province", "T"},
                                          {"02", "province", "T"},   {"0101", "commune", "01"},
                                          {"0102", "commune", "01"}, {"0201", "commune", "02"}};
    struct register_builder *builder = register_builder_new(on_fault, NULL);
    for (int i = 0; i < COUNT(rows); i++) {
        register_builder_add_area(builder, (uint32_t)i + 2, slice_of(rows[i][0]), slice_of(rows[i][1]),
                                  slice_of(rows[i][2]), slice_of("X"), slice_of(""));
    }
    reg = register_builder_finish(builder);
    register_builder_free(builder);
    for (uint32_t i = 0; i < reg->area_count; i++) {
        before[i] = after[i] = (struct area_figures){.verified = true, .totals = {.registered = 100}};
    }
    memcpy(before[1].ledger_id, "100-1", sizeof "100-1");
    memcpy(after[1].ledger_id, "200-0", sizeof "200-0");
    sides[0] = (struct figures){
        .election = &election, .reg = reg, .areas = before, .durability = "strict", .publication = "live"};
    sides[1] = sides[0];
    sides[1].areas = after;
    sides[0].generated_at = 10;
    sides[1].generated_at = 20;
    diff = (struct diff){.before = {&sides[0], 1, "1"}, .after = {&sides[1], 2, "2"}, .entries = entries};
    memset(entries, 0, sizeof entries);
}

static void tear_down(void)
{
    register_release(reg);
    buffer_done(&out);
}

static void add(enum ledger_kind kind, const char *area, const char *id, int64_t when_ms)
{
    struct ledger_entry *entry = &entries[diff.entry_count++];
    *entry = (struct ledger_entry){.kind = kind, .when_ms = when_ms};
    ck_assert(slice_copy(slice_of(area), entry->area_code, sizeof entry->area_code));
    ck_assert(slice_copy(slice_of(id), entry->id, sizeof entry->id));
}

static json_t *rendered(void)
{
    buffer_clear(&out);
    document_diff_json(&out, &sides[1], &diff);
    json_t *document = json_loadb(out.bytes, out.length, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(document);
    return document;
}

static json_int_t total(const json_t *document)
{
    return json_integer_value(json_object_get(document, "total"));
}

static size_t area_count(const json_t *document)
{
    return json_array_size(json_object_get(document, "areas"));
}

FIXTURE(set_up, tear_down);

TEST(an_entry_lies_between_by_its_place_in_the_ledger)
{
    add(LEDGER_CORRECTION, "0101", "200-1", 15000); /* not yet in the later one */
    add(LEDGER_CORRECTION, "0101", "200-0", 30000);
    add(LEDGER_CORRECTION, "0101", "100-2", 5000);
    add(LEDGER_CORRECTION, "0101", "100-1", 15000); /* the earlier one has it */
    json_t *document = rendered();
    ck_assert_int_eq(total(document), 2);
    json_decref(document);
    diff.after.bulletin = 0;
    document = rendered();
    ck_assert_int_eq(total(document), 3);
    json_decref(document);
}

TEST(an_entry_of_the_election_lies_between_by_its_time)
{
    add(LEDGER_PHASE, "", "1-1", 21000);
    add(LEDGER_PHASE, "", "1-1", 20999);
    add(LEDGER_UNIT_ADDED, "0101", "1-1", 11000);
    add(LEDGER_VOIDED, "", "1-1", 11000); /* of a unit that is gone */
    add(LEDGER_PHASE, "", "1-1", 10999);
    json_t *document = rendered();
    ck_assert_int_eq(total(document), 3);
    json_decref(document);
    diff.area = 1;
    document = rendered();
    ck_assert_int_eq(total(document), 1);
    json_decref(document);
}

TEST(only_what_has_moved_is_shown)
{
    json_t *document = rendered();
    ck_assert_uint_eq(area_count(document), 1);
    json_decref(document);
    after[2].totals.voted = 1;
    document = rendered();
    ck_assert_uint_eq(area_count(document), 2);
    json_decref(document);
    add(LEDGER_CORRECTION, "0101", "150-0", 15000); /* to the same figure */
    document = rendered();
    ck_assert_uint_eq(area_count(document), 3);
    json_decref(document);
    diff.area = register_find_area(reg, slice_of("0101"));
    document = rendered();
    ck_assert_uint_eq(area_count(document), 1);
    json_decref(document);
}

TEST(what_is_not_shown_is_null)
{
    after[0].verified = false;
    before[0].withheld = true;
    json_t *document = rendered();
    const json_t *area = json_array_get(json_object_get(document, "areas"), 0);
    ck_assert(json_is_null(json_object_get(area, "before")));
    ck_assert(json_is_null(json_object_get(area, "after")));
    json_decref(document);
}

TEST(entries_are_bounded)
{
    for (int i = 0; i < COUNT(entries); i++) {
        add(LEDGER_ROLL_CHANGE, "0102", "150-0", 15000);
    }
    json_t *document = rendered();
    ck_assert_int_eq(total(document), COUNT(entries));
    ck_assert_uint_eq(json_array_size(json_object_get(document, "changes")), DIFF_ENTRIES_MAX);
    json_decref(document);
}

SUITE("diff");
