/* Allocation that never returns NULL. */
#include <turnout/base/memory.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/log.h>

static void *or_die(void *block, size_t count, size_t bytes_each)
{
    if (block == NULL) {
        int64_t bytes;
        if (__builtin_mul_overflow(count, bytes_each, &bytes)) {
            bytes = INT64_MAX; /* or more */
        }
        log_error("out-of-memory", log_number("bytes", bytes));
        log_stop(); /* else the line would be lost */
        abort();
    }
    return block;
}

void *memory_new(size_t bytes)
{
    return memory_new_array(1, bytes);
}

void *memory_new_array(size_t count, size_t bytes_each)
{
    if (count == 0 || bytes_each == 0) {
        count = 1;
        bytes_each = 1;
    }
    return or_die(calloc(count, bytes_each), count, bytes_each);
}

void *memory_resize(void *block, size_t count, size_t bytes_each)
{
    if (count == 0 || bytes_each == 0) {
        count = 1;
        bytes_each = 1;
    }
    return or_die(reallocarray(block, count, bytes_each), count, bytes_each);
}

char *memory_copy_text(const char *text)
{
    return or_die(strdup(text), strlen(text) + 1, 1);
}
