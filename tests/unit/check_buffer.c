/* The growing buffer: what goes in comes out, terminated, whatever the sizes. */
#include <turnout/base/buffer.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "suite.h"

TEST(an_empty_buffer_can_be_taken_cleared_and_dropped)
{
    struct buffer buffer = {0};
    buffer_clear(&buffer);
    buffer_done(&buffer);
    size_t length = 7;
    char *bytes = buffer_take(&buffer, &length);
    ck_assert_uint_eq(length, 0);
    ck_assert_str_eq(bytes, "");
    free(bytes);
}

TEST(appends_in_order)
{
    struct buffer buffer = {0};
    buffer_append(&buffer, "ab\0c", 4);
    buffer_append(&buffer, NULL, 0);
    buffer_append_text(&buffer, "de");
    buffer_append_char(&buffer, 'f');
    buffer_printf(&buffer, "%s-%d", "g", 12);
    ck_assert_uint_eq(buffer.length, 11);
    ck_assert_mem_eq(buffer.bytes, "ab\0cdefg-12", 12);
    buffer_done(&buffer);
    ck_assert_ptr_null(buffer.bytes);
    ck_assert_uint_eq(buffer.length, 0);
}

TEST(grows_across_every_boundary)
{
    struct buffer buffer = {0};
    for (size_t i = 0; i < 5000; i++) {
        buffer_append_char(&buffer, (char)('a' + i % 26));
        ck_assert_uint_eq(buffer.length, i + 1);
        ck_assert_int_eq(buffer.bytes[i + 1], '\0');
        ck_assert_uint_gt(buffer.capacity, buffer.length);
    }
    for (size_t i = 0; i < 5000; i++) {
        ck_assert_int_eq(buffer.bytes[i], (char)('a' + i % 26));
    }
    buffer_done(&buffer);
}

TEST(one_large_piece_fits)
{
    struct buffer buffer = {0};
    char *piece = calloc(1, 100000);
    ck_assert_ptr_nonnull(piece);
    memset(piece, 'x', 99999);
    buffer_printf(&buffer, "<%s>", piece);
    ck_assert_uint_eq(buffer.length, 100001);
    ck_assert_int_eq(buffer.bytes[100000], '>');
    free(piece);
    buffer_done(&buffer);
}

TEST(reserved_room_is_written_by_the_caller)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "ab");
    char *end = buffer_reserve(&buffer, 1000);
    ck_assert_ptr_eq(end, buffer.bytes + 2);
    memcpy(end, "cd", 3);
    buffer.length += 2;
    buffer_append_text(&buffer, "e");
    ck_assert_str_eq(buffer.bytes, "abcde");
    buffer_done(&buffer);
}

TEST(clearing_keeps_the_memory)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "abc");
    const char *before = buffer.bytes;
    buffer_clear(&buffer);
    ck_assert_str_eq(buffer.bytes, "");
    buffer_append_text(&buffer, "xyz");
    ck_assert_ptr_eq(buffer.bytes, before);
    buffer_done(&buffer);
}

TEST(taking_leaves_an_empty_buffer)
{
    struct buffer buffer = {0};
    buffer_append_text(&buffer, "abc");
    size_t length;
    char *bytes = buffer_take(&buffer, &length);
    ck_assert_str_eq(bytes, "abc");
    ck_assert_uint_eq(length, 3);
    ck_assert_ptr_null(buffer.bytes);
    free(bytes);
}

static const struct {
    int64_t value;
    const char *text;
} integers[] = {
    {0, "0"},
    {9, "9"},
    {10, "10"},
    {-1, "-1"},
    {76516637, "76516637"},
    {INT64_MAX, "9223372036854775807"},
    {INT64_MIN, "-9223372036854775808"},
};

LOOP_TEST(integers_in_plain_decimal, COUNT(integers))
{
    struct buffer buffer = {0};
    buffer_append_integer(&buffer, integers[_i].value);
    ck_assert_str_eq(buffer.bytes, integers[_i].text);
    buffer_done(&buffer);
}

SUITE("buffer");
