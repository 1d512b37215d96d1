/* tokens.csv: a sound file is read, every fault is told with its line, and no half of a file makes a token good that
 * the whole one revokes. */
#include <turnout/store/tokens.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>

#include "suite.h"
#include "told_faults.h"

#define HEADER "id,label,role,area,made,expires,revoked\n"
#define MADE   "2026-03-15T07:00:00+07:00,2026-03-16T07:00:00+07:00"

static struct buffer faults;

static void tear_down(void)
{
    buffer_done(&faults);
}

static enum turnout_error parse(const char *text, size_t length, fault_fn *on_fault,
                                struct tokens **ret_tokens)
{
    struct error error;
    char *bytes = malloc(length + 1);
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, text, length);
    enum turnout_error failed = tokens_parse(bytes, length, on_fault, &faults, ret_tokens, &error);
    free(bytes);
    return failed;
}

static struct tokens *parse_sound(const char *text)
{
    struct tokens *tokens = NULL;
    ck_assert_int_eq(parse(text, strlen(text), refuse_fault, &tokens), TURNOUT_OK);
    return tokens;
}

FIXTURE(NULL, tear_down);

TEST(a_sound_file_is_read)
{
    struct tokens *tokens = parse_sound(HEADER "7K4Q9M2D,\"Ủy ban \"\"xã\"\", 1\",decide,19804," MADE ",\n"
                                               "\n"
                                               "00000000,press,view,VN," MADE ",2026-03-15T08:00:00Z\r\n"
                                               "ZZZZZZZZ,press,view,a.b," MADE ",\n");
    ck_assert_uint_eq(tokens_count(tokens), 3);
    const struct known_token *first = tokens_at(tokens, 0);
    ck_assert_str_eq(first->id, "7K4Q9M2D");
    ck_assert_str_eq(first->label, "Ủy ban \"xã\", 1");
    ck_assert_int_eq(first->role, ROLE_DECIDE);
    ck_assert_str_eq(first->area, "19804");
    ck_assert_int_eq(first->made, 1773532800);
    ck_assert_int_eq(first->expires, 1773532800 + 86400);
    ck_assert_int_eq(first->revoked, 0);
    ck_assert_int_eq(tokens_at(tokens, 1)->revoked, 1773532800 + 8 * 3600);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_eq(tokens_find(tokens, tokens_at(tokens, i)->id), tokens_at(tokens, i));
    }
    ck_assert_ptr_null(tokens_find(tokens, "7K4Q9M2E"));
    ck_assert_ptr_null(tokens_find(tokens, ""));
    tokens_acquire(tokens);
    tokens_release(tokens);
    tokens_release(tokens);
}

TEST(columns_are_found_by_their_names)
{
    struct tokens *tokens = parse_sound("revoked,expires,made,area,role,label,id\n"
                                        ",2026-03-16T07:00:00Z,2026-03-15T07:00:00Z,T,view,press,7K4Q9M2D\n");
    ck_assert_str_eq(tokens_at(tokens, 0)->label, "press");
    ck_assert_int_eq(tokens_at(tokens, 0)->expires - tokens_at(tokens, 0)->made, 86400);
    tokens_release(tokens);
}

TEST(only_what_stands_there_unrevoked_is_allowed)
{
    struct tokens *tokens =
        parse_sound(HEADER "7K4Q9M2D,a,view,T," MADE ",\n00000000,b,view,T," MADE ",2099-01-01T00:00:00Z\n");
    const char *why = "";
    ck_assert(tokens_allow(tokens, "7K4Q9M2D", &why));
    ck_assert(!tokens_allow(tokens, "00000000", &why)); /* on a date that is still to come, too */
    ck_assert_ptr_nonnull(strstr(why, "revoked"));
    ck_assert(!tokens_allow(tokens, "ZZZZZZZZ", &why));
    ck_assert_ptr_nonnull(strstr(why, "does not know"));
    tokens_release(tokens);
}

/* What is wrong, and the line and field that are blamed. */
static const struct {
    const char *text;
    const char *told;
} wrong[] = {
    {"", "tokens.csv:1: : the first line"},
    {"\n\n", "tokens.csv:1: : the first line"},
    {"id,label,role,area,made,expires,Revoked\n",
     "tokens.csv:1: : there is no column \"Revoked\"\ntokens.csv:1: revoked: the column is missing"},
    {"id,label,role,area,made,expires\n", "tokens.csv:1: revoked: the column is missing"},
    {"id,label,role,area,made,expires,revoked,note\n", "tokens.csv:1: : there is no column \"note\""},
    {"id,label,role,area,made,expires,revoked,id\n", "tokens.csv:1: id: the column stands there twice"},
    {HEADER "7K4Q9M2D,a,view,T," MADE "\n", "tokens.csv:2: : 6 cells instead of 7"},
    {HEADER "7K4Q9M2D,a,view,T," MADE ",,\n", "tokens.csv:2: : 8 cells instead of 7"},
    {HEADER "7k4q9m2d,a,view,T," MADE ",\n", "tokens.csv:2: id: "},
    {HEADER "\n7K4Q9M2U,a,view,T," MADE ",\n", "tokens.csv:3: id: "},
    {HEADER ",a,view,T," MADE ",\n", "tokens.csv:2: id: "},
    {HEADER "7K4Q9M2D,,view,T," MADE ",\n", "tokens.csv:2: label: "},
    {HEADER "7K4Q9M2D,a ,view,T," MADE ",\n", "tokens.csv:2: label: "},
    {HEADER "7K4Q9M2D,a\tb\x1b[2J,view,T," MADE ",\n", "tokens.csv:2: label: \"a?b?[2J\""},
    {HEADER "7K4Q9M2D,a\xe2\x80\xae"
            "b,view,T," MADE ",\n",
     "tokens.csv:2: label: "},
    {HEADER "7K4Q9M2D,\xff,view,T," MADE ",\n", "tokens.csv:2: label: "},
    {HEADER "7K4Q9M2D,\"a\nb\",view,T," MADE ",\n", "tokens.csv:2: label: "},
    {HEADER "7K4Q9M2D,a,owner,T," MADE ",\n", "tokens.csv:2: role: \"owner\""},
    {HEADER "7K4Q9M2D,a,view,a b," MADE ",\n", "tokens.csv:2: area: \"a b\""},
    {HEADER "7K4Q9M2D,a,view,T,,2026-03-16T07:00:00Z,\n", "tokens.csv:2: made: "},
    {HEADER "7K4Q9M2D,a,view,T,2026-03-16T07:00:00Z,tomorrow,\n", "tokens.csv:2: expires: "},
    {HEADER "7K4Q9M2D,a,view,T," MADE ",yes\n", "tokens.csv:2: revoked: \"yes\""},
    {HEADER "7K4Q9M2D,a,view,T," MADE ",1970-01-01T00:00:00Z\n", "tokens.csv:2: revoked: "},
    {HEADER "7K4Q9M2D,\"a,view,T," MADE ",\n", "tokens.csv:2: : a quote is opened"},
    {HEADER "7K4Q9M2D,a,view,T," MADE ",", "tokens.csv:2: : the last line is not ended"},
    {HEADER "7K4Q9M2D,a,view,T," MADE ",\n7K4Q9M2D,b,view,T," MADE ",\n",
     "tokens.csv:3: id: 7K4Q9M2D stands in line 2"},
    {HEADER "7K4Q9M2D,a,view,T," MADE ",\n00000000,a,view,T," MADE ",\n",
     "tokens.csv:3: label: \"a\" names the token of line 2"},
    {HEADER "x,,owner,a b,1,2,3\n", "tokens.csv:2: id: \ntokens.csv:2: label: \ntokens.csv:2: role: "
                                    "\ntokens.csv:2: area: \ntokens.csv:2: made: \n"
                                    "tokens.csv:2: expires: \ntokens.csv:2: revoked: "},
};

LOOP_TEST(every_fault_is_told_with_its_line, COUNT(wrong))
{
    struct tokens *tokens = NULL;
    ck_assert_int_eq(parse(wrong[_i].text, strlen(wrong[_i].text), gather_fault, &tokens), TURNOUT_BAD_INPUT);
    ck_assert_ptr_null(tokens);
    buffer_append_char(&faults, '\0');
    faults.length--;
    struct buffer wanted = {0};
    buffer_printf(&wanted, "%s\n", wrong[_i].told);
    (void)check_gathered(&faults, wanted.bytes);
    buffer_done(&wanted);
}

#define REVOKED_ROWS(label)                                                                                  \
    HEADER "7K4Q9M2D," label ",view,T," MADE ",2026-03-15T08:00:00+07:00\n"                                  \
           "00000000,\"c, \"\"d\"\"\",relay,T," MADE ",\"2026-03-15T08:00:00Z\"\n"

/* Of a file in which every token is revoked: a whole one is sound when its labels are. */
static const struct {
    const char *text;
    bool is_sound;
} halved[] = {{REVOKED_ROWS("press"), true}, {REVOKED_ROWS("\"a\nb\""), false}};

/* Whoever writes the file in place may be stalled anywhere in it. */
LOOP_TEST(no_half_of_a_file_unlocks, COUNT(halved))
{
    const char *text = halved[_i].text;
    size_t sound = 0;
    for (size_t length = 0; length <= strlen(text); length++) {
        struct tokens *tokens = NULL;
        const char *why;
        if (parse(text, length, gather_fault, &tokens) == TURNOUT_OK) {
            ck_assert_msg(!tokens_allow(tokens, "7K4Q9M2D", &why), "%zu", length);
            ck_assert_msg(!tokens_allow(tokens, "00000000", &why), "%zu", length);
            tokens_release(tokens);
            sound++;
        }
    }
    /* After each line. */
    ck_assert_uint_eq(sound, halved[_i].is_sound ? 3 : 1);
}

TEST(the_file_must_be_ours_alone)
{
    char folder[] = "/tmp/turnout-tokens-XXXXXX";
    struct buffer path = {0};
    struct tokens *tokens = NULL;
    struct error error;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    buffer_printf(&path, "%s/" TOKENS_FILE, folder);
    ck_assert_int_eq(tokens_read(folder, refuse_fault, NULL, &tokens, &error), TURNOUT_OK);
    ck_assert_uint_eq(tokens_count(tokens), 0);
    ck_assert_ptr_null(tokens_find(tokens, "7K4Q9M2D"));
    tokens_release(tokens);

    static const char text[] = HEADER "7K4Q9M2D,a,view,T," MADE ",\n";
    ck_assert_int_eq(file_write(path.bytes, text, strlen(text), &error), TURNOUT_OK);
    ck_assert_int_eq(chmod(path.bytes, 0640), 0);
    ck_assert_int_eq(tokens_read(folder, refuse_fault, NULL, &tokens, &error), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "chmod 600"));
    ck_assert_int_eq(chmod(path.bytes, 0600), 0);
    ck_assert_int_eq(tokens_read(folder, refuse_fault, NULL, &tokens, &error), TURNOUT_OK);
    ck_assert_uint_eq(tokens_count(tokens), 1);
    tokens_release(tokens);
    ck_assert_int_eq(unlink(path.bytes), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    buffer_done(&path);
}

SUITE("tokens");
