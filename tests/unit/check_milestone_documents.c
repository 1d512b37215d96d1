/* The areas that are complete, in the order in which they were. */
#include <turnout/wire/documents.h>

#include <string.h>

#include <check.h>

#include "suite.h"

enum { VN, CENTRAL, SOUTHERN, ONE, TWO, THREE, AREA_COUNT };
enum { EIGHT = 1773536400 /* 2026-03-15T08:00:00+07:00 */ };

static const struct election election = {.id = "vn-2026", .date = "2026-03-15", .offset_s = 25200};
static struct area areas[AREA_COUNT] = {
    [VN] = {"VN", "Việt Nam", "", AREA_NATION, REGISTER_NONE, CENTRAL, 2, 3, 3, 1150},
    [CENTRAL] = {"15", "Miền Trung", "", AREA_PROVINCE, VN, ONE, 2, 2, 2, 150},
    [SOUTHERN] = {"46", "Huế", "Hue", AREA_PROVINCE, VN, THREE, 1, 1, 1, 1000},
    [ONE] = {"19753", "Xã, một", "", AREA_COMMUNE, CENTRAL, 0, 2, 1, 2, 150},
    [TWO] = {"20333", "Xã \"hai\"", "", AREA_COMMUNE, CENTRAL, 2, 0, 1, 0, 0},
    [THREE] = {"-4", "Xã ba", "", AREA_COMMUNE, SOUTHERN, 2, 1, 1, 1, 1000},
};
static const struct election_register reg = {.areas = areas, .area_count = AREA_COUNT, .province_count = 2};
static struct area_figures counted[AREA_COUNT];
static struct buffer out;

static void complete(size_t area, int64_t as_of)
{
    counted[area].milestones[MARK_100] =
        (struct milestone){.told_ms = 1773561600000, .is_reached = true, .as_of = as_of};
}

static void set_up(void)
{
    for (size_t i = 0; i < AREA_COUNT; i++) {
        counted[i] = (struct area_figures){.verified = true};
    }
    complete(SOUTHERN, EIGHT);
    complete(CENTRAL, EIGHT + 3600);
    complete(ONE, EIGHT + 7200);
    complete(TWO, EIGHT + 7200);
    complete(THREE, EIGHT);
}

static void tear_down(void)
{
    buffer_done(&out);
}

/* What stands behind the envelope. */
static void expect(const char *wanted)
{
    const struct figures figures = {
        .election = &election, .reg = &reg, .areas = counted, .durability = "strict", .publication = "live"};
    document_milestones_json(&out, &figures);
    const char *found = strstr(out.bytes, "\"provinces_complete\"");
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found, wanted);
}

FIXTURE(set_up, tear_down);

TEST(complete_areas_are_told_in_order)
{
    counted[THREE].milestones[MARK_100].is_reached = false; /* withdrawn */
    expect(
        "\"provinces_complete\":[{\"code\":\"46\",\"parent\":\"VN\",\"name\":\"Huế\",\"name_en\":\"Hue\","
        "\"reached_100_at\":\"2026-03-15T08:00:00+07:00\"},{\"code\":\"15\",\"parent\":\"VN\","
        "\"name\":\"Miền Trung\",\"name_en\":null,\"reached_100_at\":\"2026-03-15T09:00:00+07:00\"}],"
        "\"communes_complete\":[{\"code\":\"19753\",\"parent\":\"15\",\"name\":\"Xã, một\",\"name_en\":null,"
        "\"reached_100_at\":\"2026-03-15T10:00:00+07:00\"},{\"code\":\"20333\",\"parent\":\"15\","
        "\"name\":\"Xã \\\"hai\\\"\",\"name_en\":null,"
        "\"reached_100_at\":\"2026-03-15T10:00:00+07:00\"}]}");
}

TEST(what_must_not_be_shown_is_not_there)
{
    counted[SOUTHERN].verified = counted[CENTRAL].verified = counted[THREE].verified = false;
    counted[ONE].withheld = counted[TWO].withheld = true;
    expect("\"provinces_complete\":[],\"communes_complete\":[]}");
}

SUITE("milestone_documents");
