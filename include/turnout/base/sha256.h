/* SHA-256 (FIPS 180-4), by nettle, which uses the processor's own instructions where it has them: the log's chain
 * takes one hash a report. */
#ifndef TURNOUT_BASE_SHA256_H
#define TURNOUT_BASE_SHA256_H

#include <stddef.h>

#include <turnout/base/text.h>

enum { SHA256_BYTES = 32 };

/* The hash of `count` parts, concatenated. A part may lie in `ret_hash`. */
void sha256(unsigned char ret_hash[SHA256_BYTES], const struct slice *parts, size_t count);

#endif
