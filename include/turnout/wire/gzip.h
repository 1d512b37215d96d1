/* A whole document as a gzip member (RFC 1952), for `Content-Encoding: gzip`. */
#ifndef TURNOUT_WIRE_GZIP_H
#define TURNOUT_WIRE_GZIP_H

#include <stddef.h>

/* The caller frees the result; never NULL. Deterministic: it has no time stamp. `level` is zlib's, 1 (fast) to 9
 * (small). */
char *gzip_compress(const char *bytes, size_t length, int level, size_t *ret_length);

#endif
