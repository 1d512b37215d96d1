/* Compressed documents, decompressed again by brotli's other half. */
#include <turnout/wire/brotli.h>

#include <stdlib.h>
#include <string.h>

#include <brotli/decode.h>
#include <check.h>

#include "document_bytes.h"
#include "suite.h"

LOOP_TEST(comes_back_as_it_was, COUNT(document_lengths))
{
    static const int qualities[] = {0, 1, 5};
    size_t length = document_lengths[_i];
    char *document = document_bytes(length);
    char *back = malloc(length + 1);
    ck_assert_ptr_nonnull(back);
    for (size_t i = 0; i < sizeof qualities / sizeof qualities[0]; i++) {
        size_t compressed_length = 0;
        size_t back_length = length + 1;
        char *compressed = brotli_compress(document, length, qualities[i], &compressed_length);
        ck_assert_int_eq(BrotliDecoderDecompress(compressed_length, (const uint8_t *)compressed, &back_length,
                                                 (uint8_t *)back),
                         BROTLI_DECODER_RESULT_SUCCESS);
        ck_assert_uint_eq(back_length, length);
        ck_assert_mem_eq(back, document, length);
        free(compressed);
    }
    free(back);
    free(document);
}

TEST(documents_get_smaller)
{
    char text[20000];
    memset(text, 'x', sizeof text);
    size_t length;
    char *compressed = brotli_compress(text, sizeof text, 5, &length);
    ck_assert_uint_lt(length, 100);
    free(compressed);
}

SUITE("brotli");
