/* One deflate call a document: the whole input is available, and its bound is known. */
#include <turnout/wire/gzip.h>

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST /* makes zlib take const input */
#include <zlib.h>

#include <turnout/base/memory.h>

enum { GZIP_WINDOW_BITS = 15 + 16 /* the largest window; 16 selects the gzip format */, MEMORY_LEVEL = 8 };

static void *take_memory(void *context, unsigned count, unsigned bytes_each)
{
    (void)context;
    return memory_resize(NULL, count, bytes_each); /* not zeroed, which would cost more than it compresses */
}

static void give_memory(void *context, void *block)
{
    (void)context;
    free(block);
}

char *gzip_compress(const char *bytes, size_t length, int level, size_t *ret_length)
{
    assert(level >= 1 && level <= 9 && length <= UINT_MAX / 2);
    z_stream stream = {.zalloc = take_memory, .zfree = give_memory};
    int status = deflateInit2(&stream, level, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
    assert(status == Z_OK);

    uLong bound = deflateBound(&stream, (uLong)length);
    char *compressed = memory_resize(NULL, bound, 1);
    stream.next_in = (const Bytef *)bytes;
    stream.avail_in = (uInt)length;
    stream.next_out = (Bytef *)compressed;
    stream.avail_out = (uInt)bound;
    status = deflate(&stream, Z_FINISH);
    assert(status == Z_STREAM_END);
    *ret_length = bound - stream.avail_out;
    status = deflateEnd(&stream);
    assert(status == Z_OK);
    return memory_resize(compressed, *ret_length, 1);
}
