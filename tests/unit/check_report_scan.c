/* The scanner for reports beside jansson: whatever the text, it takes what it has to take, and reads the same. */
#include "../../src/wire/report_members.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/report_json.h>

#include "report_oracle.h"
#include "suite.h"

static const struct {
    const char *text;
    bool is_scanned;
} texts[] = {
    {"{}", true},
    {" \t\r\n{ \t\r\n} \t\r\n", true},
    {"{\"seq\" : 7 , \"unit\" : \"u\"}", true},
    {"{\"unit\":\"u\",\"seq\":7}", true},
    {"{\"sig\":\"\",\"key\":\"\",\"note\":\"\",\"reason\":\"\",\"kind\":\"\",\"registered\":0,\"voted\":0,"
     "\"as_of\":\"\",\"seq\":0,\"unit\":\"\",\"election\":\"\"}",
     true},
    {"{\"seq\":999999999999999999}", true},
    {"{\"seq\":1000000000000000000}", false},
    {"{\"seq\":9223372036854775807}", false},
    {"{\"seq\":9223372036854775808}", false},
    {"{\"seq\":0000000000000000000}", false},
    {"{\"seq\":01}", false},
    {"{\"seq\":-0}", false},
    {"{\"seq\":-1}", false},
    {"{\"seq\":0.0}", false},
    {"{\"seq\":0e0}", false},
    {"{\"seq\":1E5}", false},
    {"{\"seq\":1a}", false},
    {"{\"seq\":}", false},
    {"{\"seq\":true}", true},
    {"{\"test\":true}", true},
    {"{ \"test\" : true , \"seq\" : 1 }", true},
    {"{\"test\":false}", false},
    {"{\"test\":True}", false},
    {"{\"test\":tru}", false},
    {"{\"test\":tru", false},
    {"{\"test\":truee}", false},
    {"{\"test\":true1}", false},
    {"{\"test\":true true}", false},
    {"{\"test\":true,\"test\":true}", false},
    {"{\"seq\":null}", false},
    {"{\"seq\":[1]}", false},
    {"{\"seq\":{}}", false},
    {"{\"seq\":1,}", false},
    {"{,\"seq\":1}", false},
    {"{\"seq\":1 \"voted\":1}", false},
    {"{\"seq\" 1}", false},
    {"{\"seq\"}", false},
    {"{\"seq\":1", false},
    {"{\"seq\":1}}", false},
    {"{\"seq\":1}x", false},
    {"{\"seq\":1}\v", false},
    {"{seq:1}", false},
    {"{\"\":1}", false},
    {"{\"se\":1}", false},
    {"{\"seqs\":1}", false},
    {"{\"Seq\":1}", false},
    {"{\"seq\":1,\"seq\":1}", false},
    {"{\"seq\":1,\"\\u0073eq\":1}", false},
    {"{\"\\u0073\\u0065\\u0071\":1}", true},
    {"[]", false},
    {"1", false},
    {"\"seq\"", false},
    {"", false},
    {"{", false},
    {"{\"", false},
    {"{\"note\":\"", false},
    {"{\"note\":\"\\", false},
    {"{\"note\":\"\\u", false},
    {"{\"note\":\"\\u00", false},
    {"{\"note\":\"\\ud83d\\", false},
    {"{\"note\":\"a\\\"\\\\\\/\\b\\f\\n\\r\\tb\"}", true},
    {"{\"note\":\"\\u0001\\u007f\\u0080\\u07ff\\u0800\\ud7ff\\ue000\\uFFFF\"}", true},
    {"{\"note\":\"\\ud800\\udc00\\udBFF\\uDfff\"}", true},
    {"{\"note\":\"\\ud83d\"}", false},
    {"{\"note\":\"\\ud83d\\u0041\"}", false},
    {"{\"note\":\"\\ud83dudc00\"}", false},
    {"{\"note\":\"\\udc00\\ud83d\"}", false},
    {"{\"note\":\"\\u0000\"}", false},
    {"{\"note\":\"\\u00g0\"}", false},
    {"{\"note\":\"\\u00@0\"}", false},
    {"{\"note\":\"\\u00`0\"}", false},
    {"{\"note\":\"\\u00/0\"}", false},
    {"{\"note\":\"\\u00:0\"}", false},
    {"{\"note\":\"\\x41\"}", false},
    {"{\"note\":\"\\\"}", false},
    {"{\"note\":\"\x1f\"}", false},
    {"{\"note\":\"\\n\x1f\"}", false},
    {"{\"note\":\"\x7f\"}", true},
    {"{\"note\":\"\xc4\x91\xf0\x9f\x98\x80\"}", true},
    {"{\"note\":\"\\n\xc4\x91\\ud83d\\ude00\"}", true},
    {"{\"note\":\"\xc4\"}", false},
    {"{\"note\":\"\xc4\\u0091\"}", false},
    {"{\"note\":\"\\n\xed\xa0\x80\"}", false},
    {"{\"n\xc4\x91\":1}", false},
    {"\xef\xbb\xbf{\"seq\":1}", false},
    {"{\"seq\":1\xa0}", false},
};

LOOP_TEST(each_text_is_scanned_or_left, COUNT(texts))
{
    struct slice text = slice_of(texts[_i].text);
    bool is_scanned;
    ck_assert_msg(report_oracle_agrees(text, &is_scanned), "%s", text.bytes);
    ck_assert_msg(is_scanned == texts[_i].is_scanned, "%s", text.bytes);
}

TEST(members_are_what_is_written)
{
    static const char text[] = "{\"seq\":7,\"note\":\"a\\u00e9\\ud83d\\ude00\\n\",\"unit\":\"u-1\"}";
    struct report_members members;
    ck_assert(report_scan(slice_of(text), &members));
    ck_assert_int_eq(members.of[FIELD_SEQ].integer, 7);
    ck_assert(slice_equals(members.of[FIELD_NOTE].text, "a\xc3\xa9\xf0\x9f\x98\x80\n"));
    ck_assert(slice_equals(members.of[FIELD_UNIT].text, "u-1"));
    ck_assert_int_eq(members.of[FIELD_VOTED].kind, MEMBER_ABSENT);
    ck_assert_ptr_null(members.unknown_key);
}

TEST(nothing_is_scanned_beyond_the_bound)
{
    static char text[REPORT_BYTES_MAX + 1];
    struct report_members members;
    memset(text, ' ', sizeof text);
    text[0] = '{';
    text[1] = '}';
    ck_assert(report_scan((struct slice){text, REPORT_BYTES_MAX}, &members));
    ck_assert(!report_scan((struct slice){text, REPORT_BYTES_MAX + 1}, &members));
}

/* ---- at random ---- */

static uint32_t draw(uint64_t *state, size_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 33) % (uint32_t)below;
}

static const char *const keys[] = {
    "\"election\"",   "\"unit\"",   "\"seq\"",      "\"as_of\"", "\"voted\"", "\"registered\"",
    "\"kind\"",       "\"reason\"", "\"note\"",     "\"test\"",  "\"key\"",   "\"sig\"",
    "\"\\u0075nit\"", "\"x\"",      "\"vot\\ned\"", "\"\"",      "seq",       "\"seq\\\"",
};

static const char *const values[] = {
    "\"vn-2026\"",
    "\"u\"",
    "1",
    "0",
    "10000000",
    "10000001",
    "2147483648",
    "\"2026-03-15T15:00:00+07:00\"",
    "\"2026-03-15T08:00:00Z\"",
    "\"progress\"",
    "\"correction\"",
    "\"fin\\u0061l\"",
    "\"miscount\"",
    "true",
    "\"\\ud83d\\ude00 \xc4\x91\\\\\\\"\"",
    "\"\xe1\xbb\x87\\u1ec7\\t\"",
    "\"\\u0000\"",
    "\"\\ude00\"",
    "\"\xc0\x80\"",
    "\"k.1\"",
    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
    "-0",
    "-7",
    "1.5",
    "1e3",
    "999999999999999999",
    "9223372036854775808",
    "1e999",
    "false",
    "null",
    "[1,{\"a\":2}]",
    "{\"a\":1,\"a\":2}",
    "[",
};

enum { FIRST_ODD_KEY = FIELD_COUNT, FIRST_ODD_VALUE = 15, RANDOM_TEXTS = 60000 };

static void put_blanks(struct buffer *out, uint64_t *state)
{
    for (uint32_t left = draw(state, 8) == 0 ? draw(state, 4) : 0; left > 0; left--) {
        buffer_append_char(out, " \t\r\n"[draw(state, 4)]);
    }
}

/* An object of a few members, which may be good ones. */
static void put_object(struct buffer *out, uint64_t *state)
{
    bool is_odd = draw(state, 3) == 0;
    uint32_t first = draw(state, FIELD_COUNT);
    uint32_t members = draw(state, FIELD_COUNT + 1);
    put_blanks(out, state);
    buffer_append_char(out, '{');
    for (uint32_t i = 0; i < members; i++) {
        size_t key = is_odd ? draw(state, sizeof keys / sizeof keys[0]) : (first + i) % FIRST_ODD_KEY;
        size_t value = draw(state, is_odd ? sizeof values / sizeof values[0] : FIRST_ODD_VALUE);
        buffer_append_text(out, i == 0 ? "" : ",");
        put_blanks(out, state);
        buffer_append_text(out, keys[key]);
        put_blanks(out, state);
        buffer_append_char(out, ':');
        put_blanks(out, state);
        buffer_append_text(out, values[value]);
        put_blanks(out, state);
    }
    buffer_append_char(out, '}');
    put_blanks(out, state);
}

/* One byte more, less, or another one. */
static void mutate(struct buffer *text, uint64_t *state)
{
    static const char bytes[] =
        "\"\\{}[]:,0123456789-+.eEuntrfalse/ \n\t\x01\x7f\x80\xbf\xc3\xe0\xed\xf0\xff";
    size_t at = draw(state, text->length);
    char byte = bytes[draw(state, sizeof bytes)]; /* its NUL too */
    uint32_t how = draw(state, 3);
    if (how == 0) {
        text->bytes[at] = byte;
    } else if (how == 1 && text->length > 1) {
        memmove(text->bytes + at, text->bytes + at + 1, text->length - at);
        text->length--;
    } else {
        buffer_append_char(text, '\0');
        memmove(text->bytes + at + 1, text->bytes + at, text->length - at - 1);
        text->bytes[at] = byte;
    }
}

LOOP_TEST(random_texts_are_read_as_jansson_reads_them, 4)
{
    uint64_t state = UINT64_C(20260315) + (uint64_t)_i;
    (void)printf("seed %" PRIu64 "\n", state);
    struct buffer text = {0};
    unsigned scanned = 0;
    for (int i = 0; i < RANDOM_TEXTS; i++) {
        buffer_clear(&text);
        put_object(&text, &state);
        for (uint32_t left = draw(&state, 4); left > 0; left--) {
            mutate(&text, &state);
        }
        struct slice whole = {text.bytes, text.length};
        bool is_scanned;
        ck_assert_msg(report_oracle_agrees(whole, &is_scanned), "%.*s", (int)whole.length, whole.bytes);
        scanned += is_scanned;

        struct report report;
        bool is_report = report_json_parse(whole.bytes, whole.length, &report, NULL) == TURNOUT_OK;
        ck_assert_msg(is_scanned || !is_report, "%.*s", (int)whole.length, whole.bytes);
    }
    ck_assert_uint_gt(scanned, RANDOM_TEXTS / 10);
    ck_assert_uint_lt(scanned, RANDOM_TEXTS - RANDOM_TEXTS / 10);
    buffer_done(&text);
}

SUITE("report_scan");
