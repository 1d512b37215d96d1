/* A growing byte array, for text that is written piece by piece and handed on whole. A NUL always follows `length`,
 * so `bytes` can be read as a string. */
#ifndef TURNOUT_BASE_BUFFER_H
#define TURNOUT_BASE_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *bytes; /* NULL while nothing was ever appended */
    size_t length;
    size_t capacity;
};

/* Embedded: a zeroed struct is an empty buffer. */
void buffer_done(struct buffer *buffer);

/* Forgets the content, keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* Makes room for `more` bytes and returns where they go; the caller adds to `length` what it wrote. */
char *buffer_reserve(struct buffer *buffer, size_t more);

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_append_text(struct buffer *buffer, const char *text);
void buffer_append_char(struct buffer *buffer, char c);
void buffer_append_integer(struct buffer *buffer, int64_t value); /* plain decimal, faster than printf */
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Hands the bytes to the caller, who frees them; the buffer is empty again. Never NULL. */
char *buffer_take(struct buffer *buffer, size_t *ret_length);

#endif
