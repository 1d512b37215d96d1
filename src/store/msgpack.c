/* Writes MessagePack (the format's specification, families array and str). */
#include "msgpack.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum { FIXSTR = 0xa0, STR_8 = 0xd9, STR_16 = 0xda, ARRAY_32 = 0xdd };

void msgpack_array_head(char ret_head[MSGPACK_ARRAY_HEAD_BYTES], uint32_t elements)
{
    unsigned char head[MSGPACK_ARRAY_HEAD_BYTES] = {ARRAY_32, (unsigned char)(elements >> 24),
                                                    (unsigned char)(elements >> 16),
                                                    (unsigned char)(elements >> 8), (unsigned char)elements};
    for (size_t i = 0; i < sizeof head; i++) {
        ret_head[i] = (char)head[i];
    }
}

void msgpack_text(struct buffer *out, struct slice text)
{
    assert(text.length <= UINT16_MAX);
    if (text.length < 32) {
        buffer_append_char(out, (char)(FIXSTR | text.length));
    } else if (text.length <= UINT8_MAX) {
        buffer_append_char(out, (char)STR_8);
        buffer_append_char(out, (char)text.length);
    } else {
        buffer_append_char(out, (char)STR_16);
        buffer_append_char(out, (char)(text.length >> 8));
        buffer_append_char(out, (char)text.length);
    }
    buffer_append(out, text.bytes, text.length);
}

void msgpack_integer_text(struct buffer *out, int64_t value)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRId64, value);
    assert(length > 0 && (size_t)length < sizeof digits);
    msgpack_text(out, (struct slice){digits, (size_t)length});
}
