/* Written JSON, byte by byte, and read again by jansson. */
#include <turnout/wire/json_writer.h>

#include <string.h>

#include <check.h>
#include <jansson.h>

#include "suite.h"

TEST(commas_stand_between_members_only)
{
    struct buffer out = {0};
    struct json_writer json = json_writer_of(&out);
    json_open_object(&json, NULL);
    json_put_integer(&json, "a", 1);
    json_open_object(&json, "b");
    json_close_object(&json);
    json_open_array(&json, "c");
    json_open_object(&json, NULL);
    json_put_text(&json, "d", "e");
    json_close_object(&json);
    json_open_array(&json, NULL);
    json_close_array(&json);
    json_put_integer(&json, NULL, -2);
    json_put_text(&json, NULL, NULL);
    json_close_array(&json);
    json_put_boolean(&json, "f", true);
    json_put_boolean(&json, "g", false);
    json_put_raw(&json, "h", "99.38");
    json_put_text(&json, "i", NULL);
    json_close_object(&json);
    ck_assert_str_eq(out.bytes, "{\"a\":1,\"b\":{},\"c\":[{\"d\":\"e\"},[],-2,null],\"f\":true,\"g\":false,"
                                "\"h\":99.38,\"i\":null}");
    ck_assert_uint_eq(out.length, strlen(out.bytes));
    buffer_done(&out);
}

TEST(writes_behind_what_is_there)
{
    struct buffer out = {0};
    buffer_append_text(&out, "data: ");
    struct json_writer json = json_writer_of(&out);
    json_put_integer(&json, NULL, INT64_MIN);
    ck_assert_str_eq(out.bytes, "data: -9223372036854775808");
    buffer_done(&out);
}

static const struct {
    const char *value, *written;
} texts[] = {
    {"", "\"\""},
    {"Việt Nam", "\"Việt Nam\""},
    {"\"", "\"\\\"\""},
    {"\\", "\"\\\\\""},
    {"</script>", "\"</script>\""},
    {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
    {"\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\""},
    {"a\"b\\c\nd", "\"a\\\"b\\\\c\\nd\""},
};

LOOP_TEST(texts_are_escaped, COUNT(texts))
{
    struct buffer out = {0};
    struct json_writer json = json_writer_of(&out);
    json_put_text(&json, NULL, texts[_i].value);
    ck_assert_str_eq(out.bytes, texts[_i].written);
    buffer_done(&out);
}

TEST(every_character_comes_back)
{
    char value[512];
    size_t length = 0;
    for (int c = 1; c < 128; c++) {
        value[length++] = (char)c;
    }
    memcpy(value + length, "ệ😀", sizeof "ệ😀");
    struct buffer out = {0};
    struct json_writer json = json_writer_of(&out);
    json_open_array(&json, NULL);
    json_put_text(&json, NULL, value);
    json_close_array(&json);
    json_error_t fault;
    json_t *array = json_loadb(out.bytes, out.length, 0, &fault);
    ck_assert_msg(array != NULL, "%s", fault.text);
    ck_assert_str_eq(json_string_value(json_array_get(array, 0)), value);
    json_decref(array);
    buffer_done(&out);
}

/* Texts that need all the room that was reserved for them, around the sizes at which the buffer grows. */
TEST(escapes_never_outgrow_their_room)
{
    for (size_t length = 1; length < 200; length++) {
        char value[200] = "";
        memset(value, '\x01', length);
        struct buffer out = {0};
        struct json_writer json = json_writer_of(&out);
        json_put_text(&json, "key", value);
        ck_assert_uint_eq(out.length, sizeof "\"key\":\"\"" - 1 + 6 * length);
        ck_assert_uint_lt(out.length, out.capacity);
        ck_assert_int_eq(out.bytes[out.length], '\0');
        buffer_done(&out);
    }
}

SUITE("json_writer");
