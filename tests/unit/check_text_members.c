/* Objects of texts: read, and refused with the member to blame. */
#include <turnout/wire/text_members.h>

#include <string.h>

#include <check.h>

#include "suite.h"

enum { CAPACITY = 8 };

static char first[CAPACITY];
static char second[CAPACITY];
static char flag[CAPACITY];

static enum turnout_error parse(struct slice json, struct error *error)
{
    const struct text_member members[] = {{"first", first, CAPACITY, TEXT_REQUIRED},
                                          {"second", second, CAPACITY, TEXT_OPTIONAL},
                                          {"flag", flag, CAPACITY, TEXT_FLAG}};
    return text_members_parse(json, members, 3, error);
}

TEST(members_are_read)
{
    static const struct {
        const char *json;
        const char *first;
        const char *second;
        const char *flag;
    } cases[] = {
        {"{\"first\":\"a\"}", "a", "", ""},
        {" {\"second\" : \"b\", \"first\":\"a\"}\n", "a", "b", ""},
        {"{\"first\":\"1234567\",\"second\":\"\"}", "1234567", "", ""},
        {"{\"first\":\"\\u1ebf\"}", "ế", "", ""},
        {"{\"flag\":true,\"first\":\"a\"}", "a", "", "true"},
        {"{\"first\":\"a\",\"flag\":false}", "a", "", "false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error;
        memset(second, 'x', sizeof second);
        memset(flag, 'x', sizeof flag);
        ck_assert_msg(parse(slice_of(cases[i].json), &error) == TURNOUT_OK, "%s: %s", cases[i].json,
                      error.text);
        ck_assert_str_eq(first, cases[i].first);
        ck_assert_str_eq(second, cases[i].second);
        ck_assert_str_eq(flag, cases[i].flag);
    }
}

TEST(what_is_wrong_is_blamed)
{
    static const struct {
        const char *json;
        const char *field;
    } cases[] = {
        {"", ""},
        {"[]", ""},
        {"null", ""},
        {"{\"first\":\"a\"", ""},
        {"{\"first\":\"a\"}{}", ""},
        {"{\"first\":\"a\",\"first\":\"a\"}", ""},
        {"{\"first\":\"a\",\"third\":\"c\"}", "third"},
        {"{\"first\":\"a\",\"th ird\":\"c\"}", ""},
        {"{}", "first"},
        {"{\"first\":\"\"}", "first"},
        {"{\"first\":null}", "first"},
        {"{\"first\":1}", "first"},
        {"{\"first\":[\"a\"]}", "first"},
        {"{\"first\":\"12345678\"}", "first"},
        {"{\"first\":\"a\\nb\"}", "first"},
        {"{\"first\":\"a\\u202eb\"}", "first"},
        {"{\"first\":\"a\\u2069b\"}", "first"},
        {"{\"first\":\"a\\u2028b\"}", "first"},
        {"{\"first\":\"a\",\"second\":\"\\uffff\"}", "second"},
        {"{\"first\":\"a\\u0000b\"}", NULL},
        {"{\"first\":\"a\",\"second\":null}", "second"},
        {"{\"first\":\"a\",\"second\":\"12345678\"}", "second"},
        {"{\"first\":\"a\",\"second\":true}", "second"},
        {"{\"first\":true}", "first"},
        {"{\"first\":\"a\",\"flag\":\"true\"}", "flag"},
        {"{\"first\":\"a\",\"flag\":null}", "flag"},
        {"{\"first\":\"a\",\"flag\":1}", "flag"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error;
        ck_assert_msg(parse(slice_of(cases[i].json), &error) == TURNOUT_BAD_INPUT, "%s", cases[i].json);
        if (cases[i].field != NULL) {
            ck_assert_str_eq(error.field, cases[i].field);
        }
    }
}

TEST(the_size_is_bounded)
{
    char json[TEXT_MEMBERS_BYTES_MAX + 1];
    static const char object[] = {'{', '"', 'f', 'i', 'r', 's', 't', '"', ':', '"', 'a', '"', '}'};
    memset(json, ' ', sizeof json);
    memcpy(json, object, sizeof object);
    struct error error;
    ck_assert_int_eq(parse((struct slice){json, sizeof json - 1}, &error), TURNOUT_OK);
    ck_assert_int_eq(parse((struct slice){json, sizeof json}, &error), TURNOUT_TOO_LARGE);
}

SUITE("text_members");
