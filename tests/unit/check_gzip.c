/* Compressed documents, decompressed again by zlib. */
#include <turnout/wire/gzip.h>

#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <check.h>
#include <zlib.h>

#include "document_bytes.h"
#include "suite.h"

static void inflate_whole(const char *compressed, size_t compressed_length, char *ret_bytes, size_t length)
{
    z_stream stream = {.next_in = (const Bytef *)compressed, .avail_in = (uInt)compressed_length};
    ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK); /* takes gzip and nothing else */
    stream.next_out = (Bytef *)ret_bytes;
    stream.avail_out = (uInt)length + 1;
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(stream.total_out, length);
    ck_assert_uint_eq(stream.avail_in, 0);
    ck_assert_int_eq(inflateEnd(&stream), Z_OK);
}

LOOP_TEST(comes_back_as_it_was, COUNT(document_lengths))
{
    static const int levels[] = {1, 6, 9};
    size_t length = document_lengths[_i];
    char *document = document_bytes(length);
    char *back = malloc(length + 1);
    ck_assert_ptr_nonnull(back);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        size_t compressed_length = 0;
        char *compressed = gzip_compress(document, length, levels[i], &compressed_length);
        inflate_whole(compressed, compressed_length, back, length);
        ck_assert_mem_eq(back, document, length);
        free(compressed);
    }
    free(back);
    free(document);
}

TEST(equal_input_gives_equal_output_without_a_time)
{
    size_t lengths_of[2];
    char *twice[2];
    for (size_t i = 0; i < 2; i++) {
        twice[i] = gzip_compress("turnout turnout turnout", 23, 6, &lengths_of[i]);
    }
    ck_assert_uint_eq(lengths_of[0], lengths_of[1]);
    ck_assert_mem_eq(twice[0], twice[1], lengths_of[0]);
    ck_assert_mem_eq(twice[0], "\x1f\x8b\x08\x00\x00\x00\x00\x00", 8); /* no name, no time */
    free(twice[0]);
    free(twice[1]);
}

TEST(documents_get_smaller)
{
    char text[20000];
    memset(text, 'x', sizeof text);
    size_t length;
    char *compressed = gzip_compress(text, sizeof text, 6, &length);
    ck_assert_uint_lt(length, 200);
    free(compressed);
}

SUITE("gzip");
