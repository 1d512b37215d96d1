/* What is made of a reply: its text, its elements, and whose fault an error is. */
#include "../../src/store/redis_reply.h"

#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "suite.h"

/* A reply with a text, which is only read. */
static redisReply reply_of(int type, const char *text)
{
    static char copy[256];
    ck_assert(slice_copy(slice_of(text), copy, sizeof copy));
    return (redisReply){.type = type, .str = copy, .len = strlen(text)};
}

TEST(only_a_string_has_a_text)
{
    redisReply string = reply_of(REDIS_REPLY_STRING, "abc");
    ck_assert(slice_equals(reply_text(&string), "abc"));
    string.len = 2;
    ck_assert(slice_equals(reply_text(&string), "ab"));
    static const int others[] = {REDIS_REPLY_NIL, REDIS_REPLY_INTEGER, REDIS_REPLY_ARRAY, REDIS_REPLY_STATUS,
                                 REDIS_REPLY_ERROR};
    for (size_t i = 0; i < COUNT(others); i++) {
        redisReply other = reply_of(others[i], "abc");
        ck_assert(slice_equals(reply_text(&other), ""));
    }
}

TEST(a_list_has_so_many_elements)
{
    redisReply list = {.type = REDIS_REPLY_ARRAY, .elements = 3};
    redisReply string = reply_of(REDIS_REPLY_STRING, "abc");
    redisReply none = {.type = REDIS_REPLY_ARRAY};
    string.elements = 3;
    ck_assert(reply_is_list_of(&list, 3));
    ck_assert(!reply_is_list_of(&list, 2));
    ck_assert(!reply_is_list_of(&list, 4));
    ck_assert(!reply_is_list_of(&string, 3));
    ck_assert(reply_is_list_of(&none, 0));
    ck_assert(!reply_is_list_of(NULL, 0));
    ck_assert_uint_eq(reply_length(&list), 3);
    ck_assert_uint_eq(reply_length(&string), 0);
    ck_assert_uint_eq(reply_length(NULL), 0);
}

TEST(what_is_wanted_is_no_error)
{
    redisReply list = {.type = REDIS_REPLY_ARRAY, .elements = 3};
    redisReply number = {.type = REDIS_REPLY_INTEGER};
    struct error error;
    ck_assert_int_eq(reply_want_list(&list, "", &error), TURNOUT_OK);
    ck_assert_int_eq(reply_want_list_of(&list, 3, "", &error), TURNOUT_OK);
    ck_assert_int_eq(reply_want_list_of(&list, 2, "", &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(reply_want_number(&list, "", &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(reply_want_number(&number, "", &error), TURNOUT_OK);
    ck_assert_int_eq(reply_want_list(NULL, "lost", &error), TURNOUT_UNAVAILABLE);
    ck_assert_str_eq(error.text, "lost");
}

TEST(a_value_stands_behind_its_name)
{
    static char texts[][4] = {"a", "b", "b", "c", "d"};
    redisReply parts[COUNT(texts)];
    redisReply *elements[COUNT(texts)];
    for (size_t i = 0; i < COUNT(texts); i++) {
        parts[i] = (redisReply){.type = REDIS_REPLY_STRING, .str = texts[i], .len = 1};
        elements[i] = &parts[i];
    }
    redisReply list = {.type = REDIS_REPLY_ARRAY, .elements = COUNT(texts), .element = elements};
    ck_assert(slice_equals(reply_value(&list, "a"), "b"));
    ck_assert(slice_equals(reply_value(&list, "b"), "c"));
    ck_assert(slice_equals(reply_value(&list, "c"), ""));
    ck_assert(slice_equals(reply_value(&list, "d"), "")); /* without a value */
}

TEST(info_tells_numbers)
{
    redisReply error = reply_of(REDIS_REPLY_ERROR, "\nused_memory:17");
    ck_assert_int_eq(reply_info_number(&error, "\nused_memory:", -1), -1);
    redisReply info = reply_of(REDIS_REPLY_STRING, "# Memory\r\nused_memory:17\r\nmaxmemory:much\r\n");
    ck_assert_int_eq(reply_info_number(&info, "\nused_memory:", -1), 17);
    ck_assert_int_eq(reply_info_number(&info, "\nmaxmemory:", -1), -1);
    ck_assert_int_eq(reply_info_number(&info, "\nmemory:", 0), 0);
}

/* Where Redis holds what it must not, asking again does not help; of everything else nobody knows. */
static const struct {
    int type;
    const char *text;
    enum turnout_error error;
    const char *words;
} replies[] = {
    {REDIS_REPLY_ERROR, "TURNOUT totals was never seeded", TURNOUT_BAD_INPUT,
     "TURNOUT totals was never seeded"},
    {REDIS_REPLY_ERROR, "WRONGTYPE Operation against a key", TURNOUT_BAD_INPUT,
     "WRONGTYPE Operation against a key"},
    {REDIS_REPLY_ERROR, "LOADING Redis is loading", TURNOUT_UNAVAILABLE, "LOADING Redis is loading"},
    {REDIS_REPLY_ERROR, "MISCONF no space", TURNOUT_UNAVAILABLE, "MISCONF no space"},
    {REDIS_REPLY_ERROR, "READONLY a replica", TURNOUT_UNAVAILABLE, "READONLY a replica"},
    {REDIS_REPLY_ERROR, "OOM used memory", TURNOUT_UNAVAILABLE, "OOM used memory"},
    {REDIS_REPLY_ERROR, "BUSY a script", TURNOUT_UNAVAILABLE, "BUSY a script"},
    {REDIS_REPLY_ERROR, "NOREPLICAS", TURNOUT_UNAVAILABLE, "NOREPLICAS"},
    {REDIS_REPLY_ERROR, "MOVED 1 127.0.0.1:1", TURNOUT_UNAVAILABLE, "MOVED 1 127.0.0.1:1"},
    {REDIS_REPLY_ERROR, "ASK 1 127.0.0.1:1", TURNOUT_UNAVAILABLE, "ASK 1 127.0.0.1:1"},
    {REDIS_REPLY_ERROR, "TRYAGAIN", TURNOUT_UNAVAILABLE, "TRYAGAIN"},
    {REDIS_REPLY_ERROR, "CLUSTERDOWN", TURNOUT_UNAVAILABLE, "CLUSTERDOWN"},
    {REDIS_REPLY_ERROR, "ERR Function not found", TURNOUT_UNAVAILABLE, "ERR Function not found"},
    {REDIS_REPLY_ERROR, "NOPERM", TURNOUT_UNAVAILABLE, "NOPERM"},
    {REDIS_REPLY_ERROR, "TURNOUTS are high", TURNOUT_UNAVAILABLE, "TURNOUTS are high"},
    {REDIS_REPLY_ERROR, "", TURNOUT_UNAVAILABLE, ""},
    {REDIS_REPLY_STRING, "abc", TURNOUT_BAD_INPUT, "Redis answered something unexpected"},
    {REDIS_REPLY_NIL, "", TURNOUT_BAD_INPUT, "Redis answered something unexpected"},
};

LOOP_TEST(whose_fault_an_error_is, COUNT(replies))
{
    redisReply reply = reply_of(replies[_i].type, replies[_i].text);
    ck_assert_msg(reply_error(&reply) == replies[_i].error, "%s", replies[_i].text);
    ck_assert_str_eq(reply_words(&reply, "why"), replies[_i].words);
    struct error error;
    ck_assert_int_eq(reply_want_list(&reply, "why", &error), replies[_i].error);
    ck_assert_str_eq(error.text, replies[_i].words);
    ck_assert_int_eq(reply_want_number(&reply, "why", &error), replies[_i].error);
}

TEST(a_lost_link_is_in_its_own_words)
{
    ck_assert_int_eq(reply_error(NULL), TURNOUT_UNAVAILABLE);
    ck_assert_str_eq(reply_words(NULL, "the link was lost"), "the link was lost");
}

SUITE("redis_reply");
