/* MessagePack byte for byte, at every boundary of a length. */
#include "../../src/store/msgpack.h"

#include <string.h>

#include <check.h>

#include "suite.h"

static struct buffer out;

static void begin(void)
{
    out = (struct buffer){0};
}

static void end(void)
{
    buffer_done(&out);
}

static const struct {
    size_t length;
    const char *head;
    size_t head_bytes;
} texts[] = {
    {0, "\xa0", 1},       {1, "\xa1", 1},           {31, "\xbf", 1},           {32, "\xd9\x20", 2},
    {255, "\xd9\xff", 2}, {256, "\xda\x01\x00", 3}, {4096, "\xda\x10\x00", 3}, {65535, "\xda\xff\xff", 3},
};

FIXTURE(begin, end);

LOOP_TEST(test_text, COUNT(texts))
{
    static char content[65536];
    memset(content, 'x', sizeof content);
    msgpack_text(&out, (struct slice){content, texts[_i].length});
    ck_assert_uint_eq(out.length, texts[_i].head_bytes + texts[_i].length);
    ck_assert_mem_eq(out.bytes, texts[_i].head, texts[_i].head_bytes);
    ck_assert_mem_eq(out.bytes + texts[_i].head_bytes, content, texts[_i].length);
}

TEST(test_numbers_are_text)
{
    msgpack_integer_text(&out, 0);
    msgpack_integer_text(&out, -1);
    msgpack_integer_text(&out, INT64_MIN);
    static const char wanted[] = "\xa1"
                                 "0\xa2-1\xb4-9223372036854775808";
    ck_assert_uint_eq(out.length, sizeof wanted - 1);
    ck_assert_mem_eq(out.bytes, wanted, sizeof wanted - 1);
}

TEST(test_array_head)
{
    char head[MSGPACK_ARRAY_HEAD_BYTES];
    msgpack_array_head(head, 0);
    ck_assert_mem_eq(head, "\xdd\0\0\0\0", sizeof head);
    msgpack_array_head(head, 0x01020304);
    ck_assert_mem_eq(head, "\xdd\x01\x02\x03\x04", sizeof head);
    msgpack_array_head(head, UINT32_MAX);
    ck_assert_mem_eq(head, "\xdd\xff\xff\xff\xff", sizeof head);
}

SUITE("msgpack");
