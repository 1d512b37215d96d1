/* The round board out of a few figures: JSON and CSV, byte for byte. */
#include <turnout/wire/documents.h>

#include <string.h>

#include <check.h>

#include "suite.h"

enum { NATION, PROVINCE, EMPTY, AREA_COUNT };

static struct election election = {.id = "e",
                                   .name = "E",
                                   .date = "2026-03-15",
                                   .timezone = "Asia/Ho_Chi_Minh",
                                   .offset_s = 25200,
                                   .opens = 1773532800,
                                   .closes = 1773669600,
                                   .rounds = {1773540000, 1773561600, 1773626400}, /* 09:00 15:00, 09:00 */
                                   .round_count = 3,
                                   .rules = {.late_after_s = 900}};
static struct area areas[AREA_COUNT] = {
    [NATION] = {"T", "Land", "", AREA_NATION, REGISTER_NONE, PROVINCE, 2, 0, 8, 0},
    [PROVINCE] = {"01", "East", "", AREA_PROVINCE, NATION, AREA_COUNT, 0, 0, 8, 0},
    [EMPTY] = {"02", "West", "", AREA_PROVINCE, NATION, AREA_COUNT, 0, 0, 0, 0},
};
static const struct election_register reg = {.areas = areas, .area_count = AREA_COUNT, .province_count = 2};
static struct area_figures counted[AREA_COUNT];
static struct figures figures;
static struct buffer out;

/* Of eight units five were heard in the first round, two of them late, and one, at its time, in the second. */
static void set_up(void)
{
    static const struct totals totals = {
        .units_reported = 6, .revision = 9, .rounds = {5, 1}, .late = {2}, .as_of = 1773561600};
    counted[NATION] = counted[PROVINCE] = (struct area_figures){.verified = true, .totals = totals};
    counted[EMPTY] = (struct area_figures){.verified = true};
    figures = (struct figures){.election = &election,
                               .reg = &reg,
                               .areas = counted,
                               .durability = "strict",
                               .publication = "live",
                               .generated_at = 1773561600};
    buffer_clear(&out);
}

static void tear_down(void)
{
    buffer_done(&out);
}

FIXTURE(set_up, tear_down);

#define FULL                                                                                                 \
    "\"expected\":8,\"never_heard\":2,\"rounds\":["                                                          \
    "{\"on_time\":3,\"late\":2,\"no_signal\":0,\"silent\":3,\"percent_on_time\":37.5,\"percent_heard\":62."  \
    "5},"                                                                                                    \
    "{\"on_time\":1,\"late\":0,\"no_signal\":0,\"silent\":7,\"percent_on_time\":12.5,\"percent_heard\":12."  \
    "5},"                                                                                                    \
    "{\"on_time\":0,\"late\":0,\"no_signal\":0,\"silent\":8,\"percent_on_time\":0,\"percent_heard\":0}]}"

#define NONE                                                                                                 \
    "{\"on_time\":0,\"late\":0,\"no_signal\":0,\"silent\":0,\"percent_on_time\":null,\"percent_heard\":"     \
    "null}"

TEST(the_board_is_written)
{
    document_rounds_json(&out, &figures);
    const char *board = strstr(out.bytes, "\"rounds\":");
    ck_assert_ptr_nonnull(board);
    ck_assert_str_eq(board,
                     "\"rounds\":[{\"round\":1,\"at\":\"2026-03-15T09:00:00+07:00\","
                     "\"late_after\":\"2026-03-15T09:15:00+07:00\",\"has_begun\":true},"
                     "{\"round\":2,\"at\":\"2026-03-15T15:00:00+07:00\","
                     "\"late_after\":\"2026-03-15T15:15:00+07:00\",\"has_begun\":true},"
                     "{\"round\":3,\"at\":\"2026-03-16T09:00:00+07:00\","
                     "\"late_after\":\"2026-03-16T09:15:00+07:00\",\"has_begun\":false}],"
                     "\"areas\":["
                     "{\"code\":\"T\",\"level\":\"nation\",\"parent\":null,\"name\":\"Land\"," FULL
                     ",{\"code\":\"01\",\"level\":\"province\",\"parent\":\"T\",\"name\":\"East\"," FULL
                     ",{\"code\":\"02\",\"level\":\"province\",\"parent\":\"T\",\"name\":\"West\","
                     "\"expected\":0,\"never_heard\":0,\"rounds\":[" NONE "," NONE "," NONE "]}]}");
}

/* Of the eight one does not open; one that has no signal since the first round and one that never had any are not
 * silent. */
TEST(who_is_excused_is_not_silent)
{
    counted[NATION].excused = (struct excused){.not_expected = 1, .no_signal = {1, 2, 2}};
    document_rounds_json(&out, &figures);
    ck_assert_ptr_nonnull(strstr(
        out.bytes, "\"expected\":7,\"never_heard\":1,\"rounds\":["
                   "{\"on_time\":3,\"late\":2,\"no_signal\":1,\"silent\":1,\"percent_on_time\":42.86,"
                   "\"percent_heard\":71.43},{\"on_time\":1,\"late\":0,\"no_signal\":2,\"silent\":4,"));
}

TEST(the_table_has_a_column_a_round)
{
    document_rounds_csv(&out, &figures, ',', false);
    ck_assert_str_eq(
        out.bytes,
        "code,level,parent,name,expected,never_heard,revision,09:00,15:00,2026-03-16 09:00,test\r\n"
        "T,nation,,Land,8,2,9,62.50,12.50,0.00,false\r\n"
        "01,province,T,East,8,2,9,62.50,12.50,0.00,false\r\n"
        "02,province,T,West,0,0,9,,,,false\r\n");
}

/* Neither what did not pass its check nor what is held back. */
LOOP_TEST(what_is_not_to_be_shown_is_not, 2)
{
    counted[PROVINCE].verified = _i == 0;
    counted[PROVINCE].withheld = _i == 0;
    document_rounds_json(&out, &figures);
    ck_assert_ptr_nonnull(strstr(out.bytes,
                                 "\"East\",\"expected\":8,\"never_heard\":null,\"rounds\":["
                                 "{\"on_time\":null,\"late\":null,\"no_signal\":null,\"silent\":null,"
                                 "\"percent_on_time\":null,\"percent_heard\":null}"));
    buffer_clear(&out);
    document_rounds_csv(&out, &figures, ';', true);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\r\n01;province;T;East;8;;9;;;;false\r\n"));
}

TEST(an_election_without_rounds_has_none)
{
    struct election without = election;
    without.round_count = 0;
    figures.election = &without;
    document_rounds_json(&out, &figures);
    ck_assert_ptr_nonnull(strstr(out.bytes, ",\"rounds\":[],\"areas\":["));
    ck_assert_ptr_nonnull(strstr(out.bytes, "\"never_heard\":2,\"rounds\":[]}"));
}

SUITE("round_board");
