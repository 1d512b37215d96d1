/* One call a document, as in gzip.c. */
#include <turnout/wire/brotli.h>

#include <assert.h>
#include <stdint.h>

#include <brotli/encode.h>

#include <turnout/base/memory.h>

char *brotli_compress(const char *bytes, size_t length, int quality, size_t *ret_length)
{
    assert(quality >= BROTLI_MIN_QUALITY && quality <= BROTLI_MAX_QUALITY);
    size_t bound = BrotliEncoderMaxCompressedSize(length);
    assert(bound > 0); /* 0 means that it does not fit into a size_t */
    char *compressed = memory_resize(NULL, bound, 1);
    *ret_length = bound;
    BROTLI_BOOL is_done = BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, length,
                                                (const uint8_t *)bytes, ret_length, (uint8_t *)compressed);
    assert(is_done); /* fails only without memory */
    return memory_resize(compressed, *ret_length, 1);
}
