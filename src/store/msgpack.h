/* MessagePack, as much of it as the function library is given: one array of text and whole numbers. */
#ifndef TURNOUT_STORE_MSGPACK_H
#define TURNOUT_STORE_MSGPACK_H

#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

/* An array whose number of elements may still be unknown: its head always takes MSGPACK_ARRAY_HEAD_BYTES. */
enum { MSGPACK_ARRAY_HEAD_BYTES = 5 };

void msgpack_array_head(char ret_head[MSGPACK_ARRAY_HEAD_BYTES], uint32_t elements);

void msgpack_text(struct buffer *out, struct slice text);

/* The number as decimal text, which is how the function library takes its numbers. */
void msgpack_integer_text(struct buffer *out, int64_t value);

#endif
