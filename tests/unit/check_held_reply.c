/* Held reports as Redis gives them: a sound one, and everything that makes it none. */
#include "../../src/store/held_reply.h"

#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>

#include "register_rows.h"
#include "suite.h"

static const struct election election = {.id = "e-1"};
static struct election_register *reg;

static const struct register_rows places = {
    .areas = {{"VN", "nation", ""}, {"01", "province", "VN"}, {"01.1", "commune", "01"}},
    .units = {{"u-0", "01.1", "5"}, {"u-1", "01.1", "5"}},
};

static void begin(void)
{
    reg = register_of_rows(&places);
}

static void end(void)
{
    register_free(reg);
}

#define SOUND                                                                                                \
    "{\"state\":\"held\",\"code\":\"too-fast\",\"flags\":\"too-fast,correction\",\"unit\":\"u-1\","          \
    "\"commune\":\"01.1\",\"listed\":\"5\",\"seq\":\"7\",\"as_of\":\"2026-03-15T15:00:00+07:00\","           \
    "\"as_of_unix\":\"1773561600\",\"voted\":\"4\",\"registered\":\"6\",\"kind\":\"correction\","            \
    "\"reason\":\"other\",\"note\":\"m\\u1ed9t \\\"l\\\"\",\"key\":\"k\",\"sig\":\"s\","                     \
    "\"digest\":\"000102030405060708090a0b0c0d0e0f\",\"round\":\"3\",\"received\":\"1773561603123\","        \
    "\"struck\":\"0\"}"

static const char sound[] = SOUND;

static enum turnout_error read_held(const char *text, struct held_report *ret_held)
{
    struct error error;
    return held_report_read(slice_of(text), &election, reg, ret_held, &error);
}

FIXTURE(begin, end);

TEST(test_a_sound_one)
{
    struct held_report held;
    ck_assert_int_eq(read_held(sound, &held), TURNOUT_OK);
    ck_assert_uint_eq(held.unit, register_find_unit(reg, slice_of("u-1")));
    ck_assert_int_eq(held.state, HELD_WAITING);
    ck_assert_int_eq(held.code, CODE_TOO_FAST);
    ck_assert_str_eq(held.flags, "too-fast,correction");
    ck_assert_str_eq(held.report.election, "e-1");
    ck_assert_str_eq(held.report.unit, "u-1");
    ck_assert_int_eq(held.report.seq, 7);
    ck_assert_int_eq(held.report.as_of, 1773561600);
    ck_assert_int_eq(held.report.voted, 4);
    ck_assert_int_eq(held.report.registered, 6);
    ck_assert_int_eq(held.report.kind, KIND_CORRECTION);
    ck_assert(held.report.kind_given);
    ck_assert_int_eq(held.report.reason, REASON_OTHER);
    ck_assert_str_eq(held.report.note, "một \"l\"");
    ck_assert_int_eq(held.digest[15], 15);
    ck_assert_uint_eq(held.round, 3);
    ck_assert_int_eq(held.received_ms, 1773561603123);
}

/* What is changed of the sound one. */
static const struct {
    const char *was;
    const char *is;
    bool is_sound;
} changes[] = {
    {"\"registered\":\"6\"", "\"registered\":\"\"", true},
    {"\"kind\":\"correction\",\"reason\":\"other\"", "\"kind\":\"\",\"reason\":\"\"", true},
    {"\"state\":\"held\"", "\"state\":\"superseded\"", true},
    {"\"state\":\"held\"", "\"state\":\"waiting\"", false},
    {"\"code\":\"too-fast\"", "\"code\":\"\"", false},
    {"\"unit\":\"u-1\"", "\"unit\":\"u-2\"", false},
    {"\"unit\":\"u-1\"", "\"unit\":\"123456789012345678901234567890123\"", false},
    {"\"seq\":\"7\"", "\"seq\":7", false},
    {"\"seq\":\"7\"", "\"seq\":\"2147483648\"", false},
    {"\"voted\":\"4\"", "\"voted\":\"10000001\"", false},
    {"\"voted\":\"4\"", "\"voted\":\"-4\"", false},
    {"\"registered\":\"6\"", "\"registered\":\"x\"", false},
    {"\"as_of\":\"2026", "\"as_of\":\"26", false},
    {"\"kind\":\"correction\"", "\"kind\":\"guess\"", false},
    {"\"reason\":\"other\"", "\"reason\":\"none\"", false},
    {"0d0e0f", "0d0e0", false},
    {"\"round\":\"3\"", "\"round\":\"49\"", false},
    {"\"struck\":\"0\"}", "\"struck\":\"0\"", false},
    {"{\"state", "[\"state", false},
};

LOOP_TEST(test_one_that_is_changed, COUNT(changes))
{
    struct buffer text = {0};
    struct held_report held;
    const char *at = strstr(sound, changes[_i].was);
    ck_assert_ptr_nonnull(at);
    buffer_append(&text, sound, (size_t)(at - sound));
    buffer_printf(&text, "%s%s", changes[_i].is, at + strlen(changes[_i].was));
    ck_assert_msg(read_held(text.bytes, &held) == (changes[_i].is_sound ? TURNOUT_OK : TURNOUT_BAD_INPUT),
                  "%s", changes[_i].is);
    buffer_done(&text);
}

LOOP_TEST(test_what_is_none, 7)
{
    static const char *const texts[] = {"", "held", "null", "[]", "{}", "7", SOUND "x"};
    struct held_report held;
    ck_assert_int_eq(read_held(texts[_i], &held), TURNOUT_BAD_INPUT);
}

SUITE("held_reply");
