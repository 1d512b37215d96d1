/* A document to compress: in part compressible, in part not. Only a header, because a test of a low layer links nothing
 * above it. */
#ifndef TURNOUT_TESTS_DOCUMENT_BYTES_H
#define TURNOUT_TESTS_DOCUMENT_BYTES_H

#include <stdint.h>
#include <stdlib.h>

#include <check.h>

/* What is compressed: nothing, a little, what just fits a window or not, and much. */
static const size_t document_lengths[] = {0, 1, 100, 65535, 65536, 1500000};

/* NUL-terminated behind its length, always the same; the caller frees it. */
static inline char *document_bytes(size_t length)
{
    char *document = malloc(length + 1);
    ck_assert_ptr_nonnull(document);
    uint32_t state = 20260315;
    for (size_t i = 0; i < length; i++) {
        state = state * 1664525 + 1013904223;
        document[i] = (char)(i % 3 == 0 ? state >> 24 : 'a');
    }
    document[length] = '\0';
    return document;
}

#endif
