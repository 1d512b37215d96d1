/* The register's fingerprint: over just these lines, whatever the order of the files, and another one for
 * every change that counts. */
#include <turnout/wire/register_digest.h>

#include <string.h>

#include <check.h>
#include <sodium.h>

#include "suite.h"
#include "told_faults.h"

struct area_row {
    const char *code, *level, *parent, *name;
};

struct unit_row {
    const char *code, *commune, *name, *registered;
};

enum { AREAS = 5, UNITS = 4 };

static const struct area_row areas[AREAS] = {{"VN", "nation", "", "N"},
                                             {"02", "province", "VN", "P"},
                                             {"01", "province", "VN", "Q"},
                                             {"c-9", "commune", "01", "C"},
                                             {"c-10", "commune", "02", "D"}};
static const struct unit_row units[UNITS] = {{"u2", "c-9", "U", "900"},
                                             {"u10", "c-9", "U", "1000"},
                                             {"u3", "c-10", "U", "0"},
                                             {"u1", "c-10", "U", "10000000"}};

static const char lines[] = "area 01 province VN\tQ\t\n"
                            "area 02 province VN\tP\t\n"
                            "area VN nation \tN\t\n"
                            "area c-10 commune 02\tD\t\n"
                            "area c-9 commune 01\tC\t\n"
                            "unit u1 c-10 10000000\tU\t\n"
                            "unit u3 c-10 0\tU\t\n"
                            "unit u10 c-9 1000\tU\t\n"
                            "unit u2 c-9 900\tU\t\n"
                            "rule over-roll reject\n"
                            "rule seq-too-far reject\n"
                            "rule as-of-in-future reject\n"
                            "rule as-of-before-opening reject\n"
                            "rule as-of-before-last reject\n"
                            "rule decrease reject\n"
                            "rule final-below reject\n"
                            "rule roll-change hold\n"
                            "rule jump flag\n"
                            "rule early-complete flag\n"
                            "rule same-figures off\n"
                            "rule corrections off\n"
                            "rule as-of-tolerance-s 120\n"
                            "rule roll-change-percent 10\n"
                            "rule roll-change-voters 50\n"
                            "rule voters-an-hour 1500\n"
                            "rule same-figures-units 3\n"
                            "rule late-after-s 900\n"
                            "rule complete-not-before 0\n";

static struct rules rules;
static char files[REGISTER_FILES_BYTES];

static void set_rules(void)
{
    rules_init(&rules);
}

FIXTURE(set_rules, NULL);

static void digest_rows(const struct area_row area_rows[AREAS], const struct unit_row unit_rows[UNITS],
                        bool backwards, unsigned char ret_digest[REGISTER_DIGEST_BYTES])
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    for (uint32_t i = 0; i < AREAS; i++) {
        const struct area_row *row = &area_rows[backwards ? AREAS - 1 - i : i];
        register_builder_add_area(builder, i + 2, slice_of(row->code), slice_of(row->level),
                                  slice_of(row->parent), slice_of(row->name), slice_of(""));
    }
    for (uint32_t i = 0; i < UNITS; i++) {
        const struct unit_row *row = &unit_rows[backwards ? UNITS - 1 - i : i];
        register_builder_add_unit(builder, i + 2, slice_of(row->code), slice_of(row->commune),
                                  slice_of(row->name), slice_of(row->registered));
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    register_digest(reg, &rules, ret_digest, files);
    register_release(reg);
}

TEST(it_is_the_hash_of_the_lines)
{
    unsigned char wanted[REGISTER_DIGEST_BYTES];
    ck_assert_int_eq(
        crypto_generichash(wanted, sizeof wanted, (const unsigned char *)lines, sizeof lines - 1, NULL, 0),
        0);
    unsigned char got[REGISTER_DIGEST_BYTES];
    digest_rows(areas, units, false, got);
    ck_assert_mem_eq(got, wanted, sizeof wanted);
}

TEST(the_order_of_rows_does_not_matter)
{
    unsigned char forwards[REGISTER_DIGEST_BYTES];
    unsigned char backwards[REGISTER_DIGEST_BYTES];
    digest_rows(areas, units, false, forwards);
    digest_rows(areas, units, true, backwards);
    ck_assert_mem_eq(forwards, backwards, sizeof forwards);
}

/* One change each. */
static const struct {
    int area, unit;
    struct area_row area_row;
    struct unit_row unit_row;
} changes[] = {
    {.area = 3, .unit = -1, .area_row = {"c-9", "commune", "02", "C"}},
    {.area = -1, .unit = 0, .unit_row = {"u2", "c-9", "U", "901"}},
    {.area = -1, .unit = 0, .unit_row = {"u2", "c-10", "U", "900"}},
    {.area = -1, .unit = 0, .unit_row = {"u4", "c-9", "U", "900"}},
    {.area = 3, .unit = -1, .area_row = {"c-9", "commune", "01", "Another"}},
    {.area = -1, .unit = 0, .unit_row = {"u2", "c-9", "Another", "900"}},
};

LOOP_TEST(what_counts_changes_it, COUNT(changes))
{
    struct area_row area_rows[AREAS];
    struct unit_row unit_rows[UNITS];
    memcpy(area_rows, areas, sizeof areas);
    memcpy(unit_rows, units, sizeof units);
    if (changes[_i].area >= 0) {
        area_rows[changes[_i].area] = changes[_i].area_row;
    }
    if (changes[_i].unit >= 0) {
        unit_rows[changes[_i].unit] = changes[_i].unit_row;
    }
    unsigned char before[REGISTER_DIGEST_BYTES];
    unsigned char after[REGISTER_DIGEST_BYTES];
    digest_rows(areas, units, false, before);
    digest_rows(area_rows, unit_rows, false, after);
    ck_assert_mem_ne(before, after, sizeof before);
}

/* Each part by itself, so that two who compare them see what differs. */
TEST(what_differs_is_told)
{
    struct area_row area_rows[AREAS];
    struct unit_row unit_rows[UNITS];
    unsigned char digest[REGISTER_DIGEST_BYTES];
    char before[REGISTER_FILES_BYTES];
    memcpy(area_rows, areas, sizeof areas);
    memcpy(unit_rows, units, sizeof units);
    digest_rows(areas, units, false, digest);
    memcpy(before, files, sizeof files);
    ck_assert_uint_eq(strlen(before), strlen("areas.csv=0000-0000 units.csv=0000-0000 rules=0000-0000"));
    unit_rows[0].name = "Another";
    digest_rows(area_rows, unit_rows, false, digest);
    const char *units_before = strstr(before, " units.csv=");
    const char *units_after = strstr(files, " units.csv=");
    const char *rules_before = strstr(before, " rules=");
    const char *rules_after = strstr(files, " rules=");
    ck_assert(units_before != NULL && units_after != NULL && rules_before != NULL && rules_after != NULL);
    ck_assert_mem_eq(before, files, (size_t)(units_before - before));
    ck_assert_str_ne(units_before, units_after);
    ck_assert_str_eq(rules_before, rules_after);
}

static void change_mode(void)
{
    rules.modes[RULE_DECREASE] = MODE_HOLD;
}

static void change_number(void)
{
    rules.same_figures_units++;
}

static void change_hour(void)
{
    rules.complete_not_before = 1;
}

static void (*const rule_changes[])(void) = {change_mode, change_number, change_hour};

LOOP_TEST(so_do_the_rules, COUNT(rule_changes))
{
    unsigned char before[REGISTER_DIGEST_BYTES];
    unsigned char after[REGISTER_DIGEST_BYTES];
    digest_rows(areas, units, false, before);
    rule_changes[_i]();
    digest_rows(areas, units, false, after);
    ck_assert_mem_ne(before, after, sizeof before);
}

TEST(its_fingerprint_is_read_like_a_receipt)
{
    unsigned char digest[REGISTER_DIGEST_BYTES] = {0};
    char fingerprint[RECEIPT_BYTES];
    register_fingerprint(digest, fingerprint);
    ck_assert_str_eq(fingerprint, "0000-0000");
    memset(digest, 0xff, 5);
    register_fingerprint(digest, fingerprint);
    ck_assert_str_eq(fingerprint, "ZZZZ-ZZZZ");
}

SUITE("register_digest");
