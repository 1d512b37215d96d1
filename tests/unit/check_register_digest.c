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

static const char lines[] = "area 01 province VN\n"
                            "area 02 province VN\n"
                            "area VN nation \n"
                            "area c-10 commune 02\n"
                            "area c-9 commune 01\n"
                            "unit u1 c-10 10000000\n"
                            "unit u3 c-10 0\n"
                            "unit u10 c-9 1000\n"
                            "unit u2 c-9 900\n";

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
    register_digest(reg, ret_digest);
    register_free(reg);
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

/* One change each; the last two are to names. */
static const struct {
    int area, unit;
    struct area_row area_row;
    struct unit_row unit_row;
    bool is_same;
} changes[] = {
    {.area = 3, .unit = -1, .area_row = {"c-9", "commune", "02", "C"}},
    {.area = -1, .unit = 0, .unit_row = {"u2", "c-9", "U", "901"}},
    {.area = -1, .unit = 0, .unit_row = {"u2", "c-10", "U", "900"}},
    {.area = -1, .unit = 0, .unit_row = {"u4", "c-9", "U", "900"}},
    {.area = 3, .unit = -1, .area_row = {"c-9", "commune", "01", "Another"}, .is_same = true},
    {.area = -1, .unit = 0, .unit_row = {"u2", "c-9", "Another", "900"}, .is_same = true},
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
    ck_assert_int_eq(memcmp(before, after, sizeof before) == 0, changes[_i].is_same);
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
