/* The same hour of the election before, beside an area's figures of that hour; points are those of the published
 * percentages. */
#include <turnout/wire/documents.h>

#include <string.h>

#include <check.h>

#include "suite.h"

enum { VN, CENTRAL, SOUTHERN, AREA_COUNT };

static struct election election = {.id = "vn-2026",
                                   .name = "Bầu cử",
                                   .date = "2026-03-15",
                                   .opens = 1773532800,
                                   .offset_s = 25200,
                                   .previous = {.name = "Kỳ \"trước\"", .date = "2021-05-23"}};
static struct area areas[AREA_COUNT] = {
    [VN] = {"VN", "Việt Nam", "", AREA_NATION, REGISTER_NONE, CENTRAL, 2, 0, 0, 1150},
    [CENTRAL] = {"15", "Miền Trung", "", AREA_PROVINCE, VN, 0, 0, 0, 0, 150},
    [SOUTHERN] = {"46", "Huế", "", AREA_PROVINCE, VN, 0, 0, 0, 0, 1000},
};
static const struct election_register reg = {.areas = areas, .area_count = AREA_COUNT, .province_count = 2};
static struct area_figures counted[AREA_COUNT];
static struct previous *previous;
static struct buffer out;

static void count(size_t area, int64_t voted, int64_t registered, int64_t as_of)
{
    counted[area] = (struct area_figures){.verified = true,
                                          .totals = {.voted = voted,
                                                     .registered = registered,
                                                     .registered_reported = registered,
                                                     .units_reported = 1,
                                                     .as_of = as_of}};
}

static void set_up(void)
{
    previous = previous_new();
    previous_add(previous,
                 &(struct previous_figures){
                     .area = "VN", .minute = 900, .registered = 900, .voted = 300, .percent = 3333});
    previous_add(previous, &(struct previous_figures){
                               .area = "15", .minute = 900, .registered = -1, .voted = -1, .percent = 10000});
    previous_add(previous, &(struct previous_figures){.area = "46", .minute = 900, .percent = 5000});
    ck_assert_ptr_null(previous_sort(previous));
    count(VN, 150, 1150, 1773561600); /* 15:00 */
    count(CENTRAL, 150, 150, 1773561659);
    count(SOUTHERN, 500, 1000, 1773561660); /* 15:01 */
}

static void tear_down(void)
{
    previous_release(previous);
    buffer_done(&out);
}

static void expect(const char *wanted)
{
    const struct figures figures = {.election = &election,
                                    .previous = previous,
                                    .reg = &reg,
                                    .areas = counted,
                                    .durability = "strict",
                                    .publication = "live",
                                    .generated_at = 1773561700};
    buffer_clear(&out);
    document_snapshot_json(&out, &figures);
    ck_assert_msg(strstr(out.bytes, wanted) != NULL, "%s is not in %s", wanted, out.bytes);
}

FIXTURE(set_up, tear_down);

TEST(the_same_hour_stands_beside)
{
    expect("\"previous_election\":{\"name\":\"Kỳ \\\"trước\\\"\",\"name_en\":null,\"date\":\"2021-05-23\","
           "\"comparable\":true,\"reason\":null},");
    expect("\"verified\":true,\"previous\":{\"time\":\"15:00\",\"registered\":900,\"voted\":300,"
           "\"percent\":33.33},\"difference_points\":-20.29},{\"code\":\"15\"");
    expect("\"verified\":true,\"previous\":{\"time\":\"15:00\",\"registered\":null,\"voted\":null,"
           "\"percent\":100},\"difference_points\":0},{\"code\":\"46\"");
    expect("\"verified\":true,\"previous\":null,\"difference_points\":null}]}");
}

TEST(nothing_stands_beside_what_is_not_shown)
{
    counted[VN].verified = false;
    counted[CENTRAL].withheld = true;
    expect("\"verified\":false,\"previous\":null,\"difference_points\":null},{\"code\":\"15\"");
    expect("\"verified\":true,\"previous\":null,\"difference_points\":null},{\"code\":\"46\"");
}

TEST(what_cannot_be_compared_says_why)
{
    election.previous.is_incomparable = true;
    memcpy(election.previous.reason, "why", sizeof "why");
    expect("\"comparable\":false,\"reason\":\"why\"}");
}

SUITE("previous_documents");
