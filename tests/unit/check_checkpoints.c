/* The list of published figures: read strictly, compared only where something was published. */
#include "demo/checkpoints.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <turnout/base/file.h>
#include <turnout/election/percent.h>

#include "register_rows.h"
#include "suite.h"

#define HEADER "as_of,code,level,registered,voted,remaining,percent,communes_complete,communes,standing\n"

static char path[] = "/tmp/check_checkpoints.XXXXXX";
static struct election_register *reg;

static const struct register_rows places = {
    .areas = {{"VN", "nation", ""}, {"46", "province", "VN"}, {"19789", "commune", "46"}},
};

static void set_up(void)
{
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    reg = register_of_rows(&places);
}

static void tear_down(void)
{
    (void)unlink(path);
    register_release(reg);
}

static enum turnout_error read_text(const char *text, struct checkpoints *checkpoints, struct error *error)
{
    ck_assert_int_eq(file_write(path, text, strlen(text), error), TURNOUT_OK);
    return checkpoints_read(path, reg, checkpoints, error);
}

FIXTURE(set_up, tear_down);

TEST(reads_what_was_published)
{
    struct checkpoints checkpoints;
    struct error error;
    ck_assert_int_eq(read_text(HEADER
                               "2026-03-15T20:00:00+07:00,VN,nation,,,,99.38,,,late\n"
                               "2026-03-15T16:45:00+07:00,46,province,10,8,2,80,48,102,\"early, all of it\"\n"
                               "2026-03-15T20:00:00+07:00,19789,commune,,,2,97.8,,,\n",
                               &checkpoints, &error),
                     TURNOUT_OK);
    ck_assert_uint_eq(checkpoints.count, 3);
    const struct checkpoint *early = &checkpoints.rows[0];
    ck_assert_uint_eq(early->line, 3);
    ck_assert_int_eq(early->as_of, 1773567900);
    ck_assert_uint_eq(early->area, register_find_area(reg, slice_of("46")));
    ck_assert_int_eq(early->published.of[FIGURE_REGISTERED], 10);
    ck_assert_int_eq(early->published.of[FIGURE_VOTED], 8);
    ck_assert_int_eq(early->published.of[FIGURE_REMAINING], 2);
    ck_assert_int_eq(early->published.of[FIGURE_PERCENT], 8000);
    ck_assert_int_eq(early->published.of[FIGURE_COMMUNES_COMPLETE], 48);
    ck_assert_int_eq(early->published.of[FIGURE_COMMUNES], 102);
    ck_assert_uint_eq(checkpoints.rows[1].line, 2);
    ck_assert_int_eq(checkpoints.rows[1].published.of[FIGURE_PERCENT], 9938);
    ck_assert_int_eq(checkpoints.rows[1].published.of[FIGURE_VOTED], FIGURE_UNPUBLISHED);
    ck_assert_int_eq(checkpoints.rows[2].published.of[FIGURE_REMAINING], 2);
    ck_assert_int_eq(checkpoints.rows[2].published.of[FIGURE_PERCENT], 9780);
    checkpoints_done(&checkpoints);
}

static const struct {
    const char *text;
    const char *field; /* to blame */
    const char *place; /* in the error's text */
} bad[] = {
    {"", "", ""},
    {HEADER, "", ""},
    {"as_of,code\n", "level", ":1:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province\n", "", ":2:"},
    {HEADER "16:45,46,province,,,,,,,\n", "as_of", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,47,province,,,,,,,\n", "code", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,commune,,,,,,,\n", "level", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,-1,,,,,,\n", "registered", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,,1e3,,,,,\n", "voted", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,,,x,,,,\n", "remaining", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,,,,100.01,,,\n", "percent", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,,,,99.996,,,\n", "percent", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,,,,99.,,,\n", "percent", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,,,,.5,,,\n", "percent", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,,,,,half,,\n", "communes_complete", ":2:"},
    {HEADER "2026-03-15T16:45:00+07:00,46,province,,,,,,4 0,\n", "communes", ":2:"},
};

LOOP_TEST(refuses_what_cannot_be, COUNT(bad))
{
    struct checkpoints checkpoints;
    struct error error = {0};
    ck_assert_int_eq(read_text(bad[_i].text, &checkpoints, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, bad[_i].field);
    ck_assert_ptr_nonnull(strstr(error.text, path));
    ck_assert_ptr_nonnull(strstr(error.text, bad[_i].place));
}

TEST(a_missing_file_is_named)
{
    struct checkpoints checkpoints;
    struct error error = {0};
    ck_assert_int_eq(checkpoints_read("/nowhere/checkpoints.csv", reg, &checkpoints, &error),
                     TURNOUT_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(error.text, "/nowhere/checkpoints.csv"));
}

#define AREA(registered, voted, remaining, percent)                                                          \
    "{\"registered\":" registered ",\"voted\":" voted ",\"remaining\":" remaining ",\"percent\":" percent    \
    ",\"communes_complete\":3,\"communes\":5}"

static const struct {
    const char *area;
    const char *blamed; /* NULL: good */
    struct checkpoint_figures figures;
} served[] = {
    {AREA("969927", "948877", "21050", "97.83"), NULL, {{969927, 948877, 21050, 9783, 3, 5}}},
    {AREA("10", "10", "0", "100"), NULL, {{10, 10, 0, 10000, 3, 5}}},
    {AREA("100", "29", "71", "0.29"), NULL, {{100, 29, 71, 29, 3, 5}}},
    {AREA("0", "0", "0", "null"), NULL, {{0, 0, 0, FIGURE_UNPUBLISHED, 3, 5}}},
    {AREA("null", "null", "null", "null"),
     NULL,
     {{FIGURE_UNPUBLISHED, FIGURE_UNPUBLISHED, FIGURE_UNPUBLISHED, FIGURE_UNPUBLISHED, 3, 5}}},
    {AREA("10", "8.0", "2", "80"), "voted", {{0}}},
    {AREA("10", "8", "\"2\"", "80"), "remaining", {{0}}},
    {AREA("10", "8", "2", "\"80\""), "percent", {{0}}},
    {AREA("10", "8", "2", "1e300"), "percent", {{0}}},
    {AREA("10", "8", "2", "-0.01"), "percent", {{0}}},
    {"{}", "registered", {{0}}},
    {"[]", "registered", {{0}}},
};

LOOP_TEST(figures_of_a_served_area, COUNT(served))
{
    struct checkpoint_figures figures = {0};
    struct error error = {0};
    json_error_t why;
    json_t *area = json_loads(served[_i].area, 0, &why);
    ck_assert_msg(area != NULL, "%s", why.text);
    enum turnout_error code = checkpoint_figures_of_document(area, &figures, &error);
    json_decref(area);
    if (served[_i].blamed != NULL) {
        ck_assert_int_eq(code, TURNOUT_BAD_INPUT);
        ck_assert_str_eq(error.field, served[_i].blamed);
        return;
    }
    const struct checkpoint_figures *expected = &served[_i].figures;
    ck_assert_int_eq(code, TURNOUT_OK);
    for (enum figure figure = 0; figure < FIGURE_COUNT; figure++) {
        ck_assert_int_eq(figures.of[figure], expected->of[figure]);
    }
}

static const struct checkpoint_figures got = {{969927, 948877, 21050, 9783, 3, 40}};

/* Each row is `got` but for one figure. */
static const struct {
    struct checkpoint_figures published;
    bool holds;
    const char *words;
} compared[] = {
    {{{-1, -1, -1, -1, -1, -1}}, true, ""},
    {{{969927, 948877, 21050, 9783, 3, 40}},
     true,
     "registered 969927, voted 948877, remaining 21050, communes complete 3, communes 40, 97.83%"},
    {{{-1, -1, -1, 9783, -1, -1}}, true, "97.83%"},
    {{{969926, -1, -1, -1, -1, -1}}, false, "registered 969927"},
    {{{-1, 948878, -1, -1, -1, -1}}, false, "voted 948877"},
    {{{-1, -1, 0, -1, -1, -1}}, false, "remaining 21050"},
    {{{-1, -1, -1, 9784, -1, -1}}, false, "97.83%"},
    {{{-1, -1, -1, -1, 4, -1}}, false, "communes complete 3"},
    {{{-1, -1, -1, -1, -1, 41}}, false, "communes 40"},
};

LOOP_TEST(compares_what_was_published, COUNT(compared))
{
    struct checkpoint checkpoint = {.published = compared[_i].published};
    struct buffer words = {0};
    ck_assert_int_eq(checkpoint_holds(&checkpoint, &got), compared[_i].holds);
    buffer_append_text(&words, "");
    checkpoint_write_figures(&words, &checkpoint, &got);
    ck_assert_str_eq(words.bytes, compared[_i].words);
    buffer_done(&words);
}

SUITE("checkpoints");
