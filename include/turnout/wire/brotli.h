/* A whole document as a brotli stream (RFC 7932), for `Content-Encoding: br`. */
#ifndef TURNOUT_WIRE_BROTLI_H
#define TURNOUT_WIRE_BROTLI_H

#include <stddef.h>

/* The caller frees the result; never NULL. Deterministic. `quality` is brotli's, 0 (fast) to 11 (small). */
char *brotli_compress(const char *bytes, size_t length, int quality, size_t *ret_length);

#endif
