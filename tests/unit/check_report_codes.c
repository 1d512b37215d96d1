/* The table of codes: that none lacks a word, that what is said can be said whole, and that proto/report.md lists
 * it. */
#include <turnout/election/report_codes.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

#include "suite.h"

static const struct code_values values = {.why = "the why",
                                          .unit = "19804-003",
                                          .seq = 8,
                                          .voted = 912,
                                          .registered = 905,
                                          .listed = 880,
                                          .as_of = "AS-OF",
                                          .ahead_s = 300,
                                          .opens = "OPENS",
                                          .last_seq = 7,
                                          .last_voted = 640,
                                          .last_as_of = "LAST",
                                          .next_seq = 9};

static void say(enum report_code code, enum report_status status, struct report_result *ret_result)
{
    *ret_result = (struct report_result){.status = status, .code = code};
    report_result_say(ret_result, false, &values);
}

/* Somebody reads it at six in the morning: what is wrong, and what to do now. */
LOOP_TEST(no_code_lacks_a_word, CODE_COUNT - 1)
{
    enum report_code code = (enum report_code)(_i + 1);
    struct report_result result;
    ck_assert_str_ne(report_code_title(code), "");
    ck_assert_str_ne(report_code_fault(code), "");
    ck_assert_str_ne(report_code_remedy(code), "");
    ck_assert_int_ge(report_code_http_status(code), 400);
    say(code, STATUS_REJECTED, &result);
    ck_assert_ptr_nonnull(strstr(result.detail, "; "));
    ck_assert_ptr_null(strpbrk(result.detail, "{}\n\"\\"));
    ck_assert_ptr_nonnull(strstr(
        result.detail, strchr(report_code_remedy(code), '{') == NULL ? report_code_remedy(code) : "seq 9"));
}

TEST(values_stand_in_their_places)
{
    struct report_result result;
    say(CODE_TOO_FAST, STATUS_REJECTED, &result);
    ck_assert_ptr_nonnull(strstr(result.detail, "912 voted as of AS-OF, and 640 as of LAST (seq 7); "));
    say(CODE_UNKNOWN_UNIT, STATUS_REJECTED, &result);
    ck_assert_ptr_nonnull(strstr(result.detail, "no unit 19804-003 in this election; "));
    say(CODE_MALFORMED, STATUS_REJECTED, &result);
    ck_assert_ptr_nonnull(strstr(result.detail, "the why; "));
}

/* Each: what the person who reads it is to do with the numbers that are shown. */
static const struct {
    enum report_code code;
    const char *detail;
} remedies[] = {
    {CODE_VOTED_EXCEEDS_REGISTERED, "912 voted, 905 registered; if the count is right, send it again with "
                                    "`registered`, the roll as it is now"},
    {CODE_SEQ_BEHIND, "send this count again with seq 9"},
    {CODE_ROLL_CHANGED, "check the roll; if it is right, call the commune's committee"},
    {CODE_CLOSED, "keep this report and call the commune's committee"},
    {CODE_NOT_OPEN, "keep this one, and send it again when the election is open"},
};

LOOP_TEST(the_remedy_is_named, sizeof remedies / sizeof remedies[0])
{
    struct report_result result;
    say(remedies[_i].code, STATUS_REJECTED, &result);
    ck_assert_msg(strstr(result.detail, remedies[_i].detail) != NULL, "%s", result.detail);
}

/* A value is no sentence: what looks like a place in it is none. */
TEST(a_value_is_not_read)
{
    struct report_result result = {.status = STATUS_REJECTED, .code = CODE_MALFORMED};
    report_result_say(&result, false, &(struct code_values){.why = "unknown key {seq} { } {why}"});
    ck_assert_str_eq(result.detail, "unknown key {seq} { } {why}; mend it and send it again");
}

LOOP_TEST(what_is_too_long_is_cut_between_characters, 3)
{
    char much[1000] = "";
    memset(much, 'a', (size_t)_i);
    for (size_t at = (size_t)_i; at + sizeof "ệ" <= sizeof much; at += sizeof "ệ" - 1) {
        memcpy(much + at, "ệ", sizeof "ệ");
    }
    struct report_result result = {.status = STATUS_REJECTED, .code = CODE_MALFORMED, .test = true};
    report_result_say(&result, false, &(struct code_values){.why = much});
    ck_assert_uint_ge(strlen(result.detail), sizeof result.detail - 3);
    ck_assert(text_is_utf8(slice_of(result.detail), NULL));
}

static char *read_page(void)
{
    FILE *file = fopen(TURNOUT_SOURCE_DIR "/proto/report.md", "r");
    ck_assert_ptr_nonnull(file);
    struct buffer page = {0};
    for (int byte = fgetc(file); byte != EOF; byte = fgetc(file)) {
        buffer_append_char(&page, (char)byte);
    }
    ck_assert_int_eq(fclose(file), 0);
    size_t length;
    return buffer_take(&page, &length);
}

TEST(the_page_lists_every_code)
{
    char *page = read_page();
    for (int i = CODE_NONE + 1; i < CODE_COUNT; i++) {
        enum report_code code = (enum report_code)i;
        struct buffer row = {0};
        buffer_printf(&row, "\n| `%s` | %d | %s | %s |", report_code_name(code),
                      report_code_http_status(code), report_code_title(code), report_code_remedy(code));
        ck_assert_msg(strstr(page, row.bytes) != NULL, "proto/report.md has no row that begins with:%s",
                      row.bytes);
        buffer_done(&row);
    }
    free(page);
}

SUITE("report_codes");
