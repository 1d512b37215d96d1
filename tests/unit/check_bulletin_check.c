/* The files of a bulletin against a log: right ones, and the line that is named in each wrong one. */
#include <turnout/wire/bulletin_check.h>

#include <stdio.h>
#include <string.h>

#include <turnout/wire/signature.h>

#include "crypto.h"
#include "register_rows.h"
#include "suite.h"

#define HEADER         "code,registered,voted,units,units_reported,held,sha256\n"
#define COMMUNE_HEADER "code,registered,voted,seq,as_of,kind,receipt\n"
#define ZEROS          "0000000000000000000000000000000000000000000000000000000000000000"
#define LINE                                                                                                 \
    "{\"received\":1773540005000,\"outcome\":\"accepted\",\"round\":0,\"before\":null,\"who\":\"x\","        \
    "\"report\":"                                                                                            \
    "{\"election\":\"e-1\",\"unit\":\"u-1\",\"seq\":3,\"as_of\":\"2026-03-15T09:00:00+07:00\",\"voted\":"    \
    "640}}"

static const struct register_rows rows = {
    .areas = {{"N", "nation", ""}, {"P", "province", "N"}, {"c-1", "commune", "P"}, {"c-2", "commune", "P"}},
    .units = {{"u-1", "c-1", "1000"}, {"u-2", "c-1", "500"}, {"u-3", "c-2", "300"}}};

static struct election election;
static struct election_register *reg;
static struct signing_keys *keys;
static struct register_past past;
static struct log_replay replay;
static struct bulletin_check_of of;
static char head[2 * LOG_HEAD_BYTES + 1];

static void set_up(void)
{
    struct error error;
    reg = register_of_rows(&rows);
    struct signing_keys_builder *builder = signing_keys_builder_new(reg, refuse_fault, NULL);
    keys = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
    election =
        (struct election){.id = "e-1", .opens = 1773532800, .closes = 1773590000, .offset_s = 7 * 3600};
    rules_init(&election.rules);
    const struct log_replay_of replayed = {&election, reg, &past, keys,
                                           register_find_area(reg, slice_of("c-1"))};
    log_replay_init(&replay, &replayed);
    ck_assert_msg(log_replay_take(&replay, slice_of(LINE), &error) == TURNOUT_OK, "%s", error.text);
    (void)sodium_bin2hex(head, sizeof head, replay.head, sizeof replay.head);
    of = (struct bulletin_check_of){&election, reg, &past, 1773541000999};
}

static void tear_down(void)
{
    log_replay_done(&replay);
    register_past_done(&past);
    signing_keys_release(keys);
    register_release(reg);
}

SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(set_up, tear_down);

/* ---- communes ---- */

/* The file of c-1 with these units' lines and this own line; %s stands for the head. */
static enum turnout_error check_commune(const char *units, const char *own, struct bulletin_line *ret_own,
                                        struct error *error)
{
    struct buffer file = {0};
    buffer_printf(&file, COMMUNE_HEADER "%s%slog,1,%s\n", units, own, head);
    enum turnout_error failed =
        bulletin_check_commune(&of, &replay, (struct slice){file.bytes, file.length}, ret_own, error);
    buffer_done(&file);
    return failed;
}

static void write_first(char ret_line[128])
{
    struct unit_state state;
    char receipt[RECEIPT_BYTES];
    ck_assert(log_replay_find(&replay, slice_of("u-1"), 0, &state));
    receipt_from_digest(state.digest, receipt);
    (void)snprintf(ret_line, 128, "u-1,1000,640,3,2026-03-15T09:00:00+07:00,progress,%s\n", receipt);
}

TEST(a_commune_is_what_its_log_comes_to)
{
    char units[160];
    char first[128];
    struct bulletin_line own;
    struct error error = {.text = ""};
    write_first(first);
    (void)snprintf(units, sizeof units, "%su-2,500,0,,,,\n", first);
    ck_assert_msg(check_commune(units, "c-1,1500,640,2,1,0,-\n", &own, &error) == TURNOUT_OK, "%s",
                  error.text);
    ck_assert_int_eq(own.voted, 640);
    ck_assert_int_eq(own.registered, 1500);
}

static const struct {
    bool has_first;
    const char *rest;
    const char *own;
    const char *said;
} communes[] = {
    {true, "u-2,500,0,,,,\n", "c-1,1500,641,2,1,0,-\n",
     "line 4: \"c-1,1500,641,2,1,0,-\" should be \"c-1,1500,640"},
    {true, "u-2,500,0,,,,\n", "c-1,1500,640,2,1,1,-\n", "line 4: "},
    {true, "u-2,501,0,,,,\n", "c-1,1501,640,2,1,0,-\n",
     "line 3: \"u-2,501,0,,,,\" should be \"u-2,500,0,,,,\""},
    {true, "", "c-1,1000,640,1,1,0,-\n", "line 3: "},
    {false, "u-2,500,0,,,,\n", "c-1,500,0,1,0,0,-\n", "line 2: "},
    {true, "u-2,500,0,,,,\nu-3,300,0,,,,\n", "c-1,1800,640,3,1,0,-\n", "line 4: "},
    {true, "u-2,500,0,,,,\n", "", "line 4: "},
};

LOOP_TEST(a_line_that_differs_is_named, COUNT(communes))
{
    char units[256];
    char first[128];
    struct bulletin_line own;
    struct error error = {.text = ""};
    write_first(first);
    (void)snprintf(units, sizeof units, "%s%s", communes[_i].has_first ? first : "", communes[_i].rest);
    ck_assert_int_eq(check_commune(units, communes[_i].own, &own, &error), TURNOUT_BAD_INPUT);
    ck_assert_msg(strstr(error.text, communes[_i].said) == error.text, "%s", error.text);
}

/* u-2 has come later, and u-3 was there; since then the files are by the register of then. */
TEST(a_bulletin_from_before_a_change_has_the_units_of_then)
{
    char units[256];
    char first[128];
    struct bulletin_line own;
    struct error error = {.text = ""};
    struct log_line change = {.outcome = LOG_REGISTER,
                              .received_ms = of.cut_ms + 90000,
                              .change = LEDGER_UNIT_MOVED,
                              .unit = "u-3",
                              .area = "c-2",
                              .from = "c-1",
                              .to = "c-2"};
    register_past_add(&past, &change);
    change = (struct log_line){.outcome = LOG_REGISTER,
                               .received_ms = of.cut_ms + 90000,
                               .change = LEDGER_UNIT_ADDED,
                               .unit = "u-2",
                               .area = "c-1"};
    register_past_add(&past, &change);
    write_first(first);
    (void)snprintf(units, sizeof units, "%su-3,300,0,,,,\n", first);
    ck_assert_msg(check_commune(units, "c-1,1300,640,2,1,0,-\n", &own, &error) == TURNOUT_OK, "%s",
                  error.text);
    (void)snprintf(units, sizeof units, "%su-9,300,0,,,,\n", first);
    ck_assert_int_eq(check_commune(units, "c-1,1300,640,2,1,0,-\n", &own, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.text, "line 3: unexpected unit \"u-9\"");
}

/* A change in the second of the cut, or while it was frozen, may be in it; a later one is not, an earlier one is. */
static const struct {
    int64_t behind_cut_ms;
    bool may_be_in, may_be_out;
} changes[] = {
    {-1500, true, false}, {-500, true, true}, {500, true, true}, {59000, true, true}, {61000, false, true}};

LOOP_TEST(a_change_while_it_was_frozen_may_be_in_it, COUNT(changes))
{
    char units[160];
    char first[128];
    struct bulletin_line own;
    struct error error;
    const struct log_line change = {.outcome = LOG_REGISTER,
                                    .received_ms = of.cut_ms + changes[_i].behind_cut_ms,
                                    .change = LEDGER_ROLL_MENDED,
                                    .unit = "u-2",
                                    .area = "c-1",
                                    .from = "400",
                                    .to = "500"};
    register_past_add(&past, &change);
    write_first(first);
    (void)snprintf(units, sizeof units, "%su-2,500,0,,,,\n", first);
    ck_assert((check_commune(units, "c-1,1500,640,2,1,0,-\n", &own, &error) == TURNOUT_OK) ==
              changes[_i].may_be_in);
    (void)snprintf(units, sizeof units, "%su-2,400,0,,,,\n", first);
    ck_assert((check_commune(units, "c-1,1400,640,2,1,0,-\n", &own, &error) == TURNOUT_OK) ==
              changes[_i].may_be_out);
}

TEST(how_the_log_stood_is_read)
{
    int64_t lines;
    unsigned char read[LOG_HEAD_BYTES];
    ck_assert(bulletin_read_log(slice_of("c-1,0,0,0,0,0,-\nlog,12,ab"
                                         "00000000000000000000000000000000000000000000000000000000000000\n"),
                                &lines, read));
    ck_assert_int_eq(lines, 12);
    ck_assert_int_eq(read[0], 0xab);
    static const char *const none[] = {"",
                                       "\n",
                                       "log,12," ZEROS "\n",
                                       "x\nlog,12," ZEROS,
                                       "x\nlog,-1," ZEROS "\n",
                                       "x\nlog,12," ZEROS "0\n",
                                       "x\nlog,12,x" ZEROS "\n",
                                       "x\nlag,12," ZEROS "\n"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        ck_assert_msg(!bulletin_read_log(slice_of(none[i]), &lines, read), "%s", none[i]);
    }
}

/* ---- the nation and provinces ---- */

static const struct {
    const char *file;
    const char *said; /* NULL: it is right */
} provinces[] = {
    {HEADER "c-1,1500,640,2,1,0,aa\nc-2,300,0,1,0,1,bb\nP,1800,640,3,1,1,-\n", NULL},
    {HEADER "c-1,1500,640,2,1,0,aa\nc-2,300,0,1,0,1,bb\nP,1800,641,3,1,1,-\n", "line 4: \"P,1800,641,"},
    {HEADER "c-1,1500,640,2,1,0,aa\nP,1500,640,2,1,0,-\n", "line 3: the file has 1 of 2 areas in P"},
    {HEADER "c-1,1500,640,2,1,0,aa\nc-1,1500,640,2,1,0,aa\nP,3000,1280,4,2,0,-\n",
     "line 3: unexpected area \"c-1\""},
    {HEADER "u-1,1500,640,2,1,0,aa\nP,1500,640,2,1,0,-\n", "line 2: unexpected area \"u-1\""},
    {HEADER "c-1,1500,640,2,1,0,aa\nc-2,300,0,1,0,1,bb\n", "line 4: "},
    {HEADER "c-1,1500,x,2,1,0,aa\nP,1500,640,2,1,0,-\n", "line 2: "},
    {"code\nc-1,1500,640,2,1,0,aa\nc-2,300,0,1,0,1,bb\nP,1800,640,3,1,1,-\n", "line 1: "},
    {"", "line 1: "},
};

LOOP_TEST(an_area_has_its_children_and_adds_up, COUNT(provinces))
{
    struct bulletin_child children[2];
    struct error error = {.text = ""};
    enum turnout_error failed = bulletin_check_area(&of, register_find_area(reg, slice_of("P")),
                                                    slice_of(provinces[_i].file), children, &error);
    if (provinces[_i].said == NULL) {
        ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
        ck_assert_str_eq(children[1].line.code, "c-2");
        ck_assert_str_eq(children[1].sha256, "bb");
    } else {
        ck_assert_int_eq(failed, TURNOUT_BAD_INPUT);
        ck_assert_msg(strstr(error.text, provinces[_i].said) == error.text, "%s", error.text);
    }
}

TEST(a_commune_that_was_not_there_yet_is_left_out)
{
    struct bulletin_child children[2];
    struct error error = {.text = ""};
    const struct log_line added = {.outcome = LOG_REGISTER,
                                   .received_ms = of.cut_ms + 90000,
                                   .change = LEDGER_COMMUNE_ADDED,
                                   .area = "c-2",
                                   .to = "P"};
    register_past_add(&past, &added);
    ck_assert_int_eq(bulletin_check_area(&of, register_find_area(reg, slice_of("P")),
                                         slice_of(provinces[2].file), children, &error),
                     TURNOUT_OK);
    ck_assert_str_eq(children[1].line.code, "");
}

SUITE("bulletin_check");
