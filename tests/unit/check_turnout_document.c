/* /v1/turnout as the server writes it comes through unchanged; anything less is refused by name. */
#include <check.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/election/percent.h>

#include "client/turnout_document.h"
#include "suite.h"

#define ENVELOPE                                                                                             \
    "\"election\":{\"id\":\"vn-2026\",\"name\":\"B\u1ea7u c\u1eed\",\"date\":\"2026-03-15\"},"               \
    "\"status\":\"unofficial-partial\",\"test\":true,\"durability\":\"strict\",\"revision\":81234,"          \
    "\"as_of\":\"2026-03-15T20:00:00+07:00\",\"generated_at\":\"2026-03-15T20:00:03+07:00\""
#define FIGURES                                                                                              \
    "\"registered\":76516637,\"voted\":76043527,\"remaining\":473110,\"percent\":99.38,\"units\":72195,"     \
    "\"units_reported\":72000,\"communes\":3321,\"communes_complete\":2890,"                                 \
    "\"as_of\":\"2026-03-15T20:00:00+07:00\",\"verified\":true"
#define NATION                                                                                               \
    "{\"code\":\"VN\",\"level\":\"nation\",\"name\":\"Vi\u1ec7t Nam\",\"name_en\":\"Viet Nam\"," FIGURES "}"
#define SILENT                                                                                               \
    "{\"code\":\"01\",\"name\":\"H\u00e0 N\u1ed9i\",\"name_en\":null,\"registered\":0,\"voted\":0,"          \
    "\"percent\":null,\"units\":0,\"units_reported\":0,\"communes\":1,\"communes_complete\":0,"              \
    "\"as_of\":null,\"verified\":true}"
#define DOUBTFUL                                                                                             \
    "{\"code\":\"02\",\"name\":\"x\",\"name_en\":null,\"registered\":null,\"voted\":null,\"percent\":null,"  \
    "\"units\":3,\"units_reported\":null,\"communes\":1,\"communes_complete\":null,\"as_of\":null,"          \
    "\"verified\":false}"

TEST(a_document_is_read)
{
    static const char text[] =
        "{" ENVELOPE ",\"nation\":" NATION ",\"provinces\":[" SILENT "," DOUBTFUL "],\"later\":[1]}";
    struct turnout_document document;
    struct error error = {0};
    ck_assert_msg(turnout_document_parse(text, strlen(text), &document, &error) == TURNOUT_OK, "%s",
                  error.text);
    ck_assert_str_eq(document.election, "vn-2026");
    ck_assert_str_eq(document.election_name, "B\u1ea7u c\u1eed");
    ck_assert_str_eq(document.status, "unofficial-partial");
    ck_assert(document.test);
    ck_assert_int_eq(document.revision, 81234);
    ck_assert_int_eq(document.generated_at, 1773579603);
    ck_assert_str_eq(document.nation.code, "VN");
    ck_assert_str_eq(document.nation.name_en, "Viet Nam");
    ck_assert_int_eq(document.nation.voted, 76043527);
    ck_assert_int_eq(document.nation.registered, 76516637);
    ck_assert_int_eq(document.nation.units_reported, 72000);
    ck_assert_int_eq(document.nation.communes_complete, 2890);
    ck_assert_int_eq(document.nation.percent, 9938);
    ck_assert_str_eq(document.nation.as_of, "2026-03-15T20:00:00+07:00");
    ck_assert_uint_eq(document.province_count, 2);
    ck_assert_str_eq(document.provinces[0].name_en, "");
    ck_assert_int_eq(document.provinces[0].percent, PERCENT_NONE);
    ck_assert_str_eq(document.provinces[0].as_of, "");
    ck_assert(!document.provinces[1].verified);
    ck_assert_int_eq(document.provinces[1].registered, 0);
    turnout_document_done(&document);
    ck_assert_uint_eq(document.province_count, 0);
}

/* Names are a server's words, and go to a terminal. */
TEST(what_a_document_says_can_be_shown)
{
    static const char text[] =
        "{" ENVELOPE ",\"nation\":{\"code\":\"VN\",\"level\":\"nation\","
        "\"name\":\"\\u001b]0;x\\u0007\\u202eN\",\"name_en\":\"\\u009b2J\"," FIGURES "},\"provinces\":[]}";
    struct turnout_document document;
    struct error error = {0};
    ck_assert_msg(turnout_document_parse(text, strlen(text), &document, &error) == TURNOUT_OK, "%s",
                  error.text);
    ck_assert_str_eq(document.nation.name, "?]0;x??N");
    ck_assert_str_eq(document.nation.name_en, "?2J");
    turnout_document_done(&document);
}

/* Every published percentage comes back as the same hundredths, whatever a double makes of it. */
TEST(every_percentage_survives)
{
    for (int32_t hundredths = 0; hundredths <= PERCENT_ALL; hundredths++) {
        char percent[PERCENT_TEXT_BYTES];
        struct buffer text = {0};
        struct turnout_document document;
        percent_format_json(hundredths, percent);
        buffer_printf(&text,
                      "{" ENVELOPE
                      ",\"provinces\":[],\"nation\":{\"code\":\"N\",\"name\":\"n\",\"registered\":1,"
                      "\"voted\":1,\"percent\":%s,\"units\":1,\"units_reported\":1,\"communes\":1,"
                      "\"communes_complete\":1,\"as_of\":null,\"verified\":true}}",
                      percent);
        ck_assert_int_eq(turnout_document_parse(text.bytes, text.length, &document, NULL), TURNOUT_OK);
        ck_assert_int_eq(document.nation.percent, hundredths);
        turnout_document_done(&document);
        buffer_done(&text);
    }
}

struct bad_case {
    const char *from; /* in the good document ... */
    const char *to;   /* ... becomes this */
    const char *field;
};

static const struct bad_case bad_cases[] = {
    {"\"test\":true", "\"test\":1", "test"},
    {"\"test\":true,", "", "test"},
    {"\"revision\":81234", "\"revision\":\"81234\"", "revision"},
    {"\"id\":\"vn-2026\"", "\"id\":null", "election"},
    {"\"election\":{", "\"selection\":{", "election"},
    {"20:00:03+07:00", "20:00:03", "generated_at"},
    {"\"code\":\"VN\"", "\"code\":\"a-code-that-is-longer-than-any-code-may-be\"", "code"},
    {"\"code\":\"VN\"", "\"code\":\"V\\u0000N\"", ""},
    {"\"voted\":76043527", "\"voted\":-1", "voted"},
    {"\"voted\":76043527", "\"voted\":7.5", "voted"},
    {"\"voted\":76043527", "\"voted\":null", "voted"},
    {"\"percent\":99.38", "\"percent\":100.01", "percent"},
    {"\"percent\":99.38", "\"percent\":\"99.38\"", "percent"},
    {"\"verified\":true", "\"verified\":\"yes\"", "verified"},
    {"\"as_of\":\"2026-03-15T20:00:00+07:00\",\"verified\"", "\"as_of\":\"soon\",\"verified\"", "as_of"},
    {"\"provinces\":[]", "\"provinces\":{}", "provinces"},
    {"\"provinces\":[]", "\"provinces\":[7]", "code"},
    {"\"nation\":{", "\"notion\":{", "code"},
    {"\"test\":true", "\"test\":true,\"test\":true", ""}, /* twice */
    {"{\"election\"", "[\"election\"", ""},               /* not JSON */
};

LOOP_TEST(a_bad_document_is_refused_by_name, COUNT(bad_cases))
{
    static const char good[] = "{" ENVELOPE ",\"nation\":" NATION ",\"provinces\":[]}";
    const struct bad_case *c = &bad_cases[_i];
    const char *found = strstr(good, c->from);
    ck_assert_ptr_nonnull(found);
    struct buffer text = {0};
    buffer_append(&text, good, (size_t)(found - good));
    buffer_append_text(&text, c->to);
    buffer_append_text(&text, found + strlen(c->from));
    struct turnout_document document;
    struct error error = {0};
    ck_assert_msg(turnout_document_parse(text.bytes, text.length, &document, &error) == TURNOUT_BAD_INPUT,
                  "%s", text.bytes);
    ck_assert_str_eq(error.field, c->field);
    ck_assert_str_ne(error.text, "");
    buffer_done(&text);
}

SUITE("turnout_document");
