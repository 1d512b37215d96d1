/* A nation of two provinces for documents, fresh for every test, so that each can spoil what it likes. Only a header,
 * because a test of a low layer links nothing above it.
 *
 *   VN > 15 > 19753: units 19753-001 (100 voters), 19753-002 (50)      all have voted
 *           > 20333: no unit
 *      > 46 > 19804: unit 19804-001 (1000)                              silent */
#ifndef TURNOUT_TESTS_NATION_OF_TWO_H
#define TURNOUT_TESTS_NATION_OF_TWO_H

#include <string.h>

#include <turnout/wire/documents.h>

enum { VN, CENTRAL, SOUTHERN, FULL, EMPTY, SILENT, AREA_COUNT };

static const struct election election = {
    .id = "vn-2026",
    .name = "Bầu cử \"2026\"",
    .date = "2026-03-15",
    .timezone = "Asia/Ho_Chi_Minh",
    .opens = 1773532800,
    .closes = 1773669600, /* on the next day */
    .offset_s = 25200,
};

static struct area areas[AREA_COUNT];
static struct unit units[] = {{.code = "15.1-001", .name = "Khu", .commune = FULL, .registered = 100}};
static const struct election_register reg = {
    .areas = areas, .area_count = AREA_COUNT, .province_count = 2, .units = units, .unit_count = 3};
static struct area_figures counted[AREA_COUNT];
static struct figures figures;
static struct buffer out;

static void set_up(void)
{
    static const struct area fresh_areas[AREA_COUNT] = {
        [VN] = {"VN", "Việt Nam", "Viet Nam", AREA_NATION, REGISTER_NONE, CENTRAL, 2, 3, 3, 1150},
        [CENTRAL] = {"15", "Miền Trung", "", AREA_PROVINCE, VN, FULL, 2, 2, 2, 150},
        [SOUTHERN] = {"46", "Huế", "Hue", AREA_PROVINCE, VN, SILENT, 1, 1, 1, 1000},
        [FULL] = {"19753", "Xã, một", "", AREA_COMMUNE, CENTRAL, 0, 2, 1, 2, 150},
        [EMPTY] = {"20333", "=Xã \"hai\"", "", AREA_COMMUNE, CENTRAL, 2, 0, 1, 0, 0},
        [SILENT] = {"-4", "Xã ba", "", AREA_COMMUNE, SOUTHERN, 2, 1, 1, 1, 1000},
    };
    static const struct totals full = {.voted = 150,
                                       .registered = 150,
                                       .units_reported = 2,
                                       .registered_reported = 150,
                                       .units_final = 1,
                                       .units_complete = 2,
                                       .held = 1,
                                       .revision = 5,
                                       .as_of = 1773561600};
    memcpy(areas, fresh_areas, sizeof areas);
    for (size_t i = 0; i < AREA_COUNT; i++) {
        counted[i] = (struct area_figures){.verified = true};
    }
    counted[FULL] = counted[CENTRAL] = counted[VN] =
        (struct area_figures){.verified = true, .communes_complete = 1, .totals = full};
    counted[VN].totals.registered = 1150;
    counted[SOUTHERN].totals.registered = counted[SILENT].totals.registered = 1000;
    figures = (struct figures){.election = &election,
                               .reg = &reg,
                               .areas = counted,
                               .test = true,
                               .durability = "strict",
                               .publication = "live",
                               .run = "0a1b2c3d",
                               .generated_at = 1773561603};
    buffer_clear(&out);
}

static void tear_down(void)
{
    buffer_done(&out);
}

#endif
