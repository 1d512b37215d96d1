/* By zlib and brotli. */
#include "decompress.h"

#include <stdlib.h>
#include <string.h>

#include <brotli/decode.h>
#include <check.h>
#include <zlib.h>

enum { ROOM_BYTES = 4 * 1024 * 1024, WINDOW_BITS = 15, GZIP_ONLY = 16 };

static size_t gunzip(const struct http_answer *answer, char *ret_bytes)
{
    union {
        char *given;
        Bytef *taken;
    } in = {.given = answer->body}, out = {.given = ret_bytes};
    z_stream stream = {.next_in = in.taken,
                       .avail_in = (uInt)answer->body_bytes,
                       .next_out = out.taken,
                       .avail_out = ROOM_BYTES - 1};
    ck_assert_int_eq(inflateInit2(&stream, WINDOW_BITS + GZIP_ONLY), Z_OK);
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(stream.avail_in, 0);
    size_t length = stream.total_out;
    ck_assert_int_eq(inflateEnd(&stream), Z_OK);
    return length;
}

static size_t unbrotli(const struct http_answer *answer, char *ret_bytes)
{
    size_t length = ROOM_BYTES - 1;
    ck_assert_int_eq(BrotliDecoderDecompress(answer->body_bytes, (const uint8_t *)answer->body, &length,
                                             (uint8_t *)ret_bytes),
                     BROTLI_DECODER_RESULT_SUCCESS);
    return length;
}

char *decompress(const struct http_answer *answer, size_t *ret_length)
{
    char coding[32] = "identity";
    (void)http_answer_header(answer, "Content-Encoding", coding, sizeof coding);
    char *bytes = calloc(1, ROOM_BYTES);
    ck_assert_ptr_nonnull(bytes);
    if (strcmp(coding, "gzip") == 0) {
        *ret_length = gunzip(answer, bytes);
    } else if (strcmp(coding, "br") == 0) {
        *ret_length = unbrotli(answer, bytes);
    } else {
        ck_assert_str_eq(coding, "identity");
        ck_assert_uint_lt(answer->body_bytes, ROOM_BYTES);
        memcpy(bytes, answer->body, answer->body_bytes);
        *ret_length = answer->body_bytes;
    }
    return bytes;
}
