/* The growing buffer. */
#include <turnout/base/buffer.h>

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>

enum { FIRST_CAPACITY_BYTES = 256 };

void buffer_done(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    if (buffer->bytes != NULL) {
        buffer->bytes[0] = '\0';
    }
}

char *buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t needed = buffer->length + more + 1;
    assert(needed > more && needed <= SIZE_MAX / 2); /* so that doubling ends */
    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity == 0 ? FIRST_CAPACITY_BYTES : buffer->capacity;
        while (capacity < needed) {
            capacity *= 2;
        }
        buffer->bytes = memory_resize(buffer->bytes, capacity, 1);
        buffer->capacity = capacity;
    }
    return buffer->bytes + buffer->length;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
    char *end = buffer_reserve(buffer, length);
    if (length > 0) {
        memcpy(end, bytes, length);
    }
    end[length] = '\0';
    buffer->length += length;
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_append_char(struct buffer *buffer, char c)
{
    char *end = buffer_reserve(buffer, 1);
    end[0] = c;
    end[1] = '\0';
    buffer->length++;
}

void buffer_append_integer(struct buffer *buffer, int64_t value)
{
    char *end = text_put_integer(buffer_reserve(buffer, DECIMAL_BYTES_MAX), value);
    *end = '\0';
    buffer->length = (size_t)(end - buffer->bytes);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(length >= 0);

    char *end = buffer_reserve(buffer, (size_t)length);
    int written = vsnprintf(end, (size_t)length + 1, format, again);
    va_end(again);
    assert(written == length);
    buffer->length += (size_t)length;
}

char *buffer_take(struct buffer *buffer, size_t *ret_length)
{
    char *end = buffer_reserve(buffer, 0);
    *end = '\0';
    char *bytes = buffer->bytes;
    if (ret_length != NULL) {
        *ret_length = buffer->length;
    }
    *buffer = (struct buffer){0};
    return bytes;
}
