/* What stands in the body of an answer, whatever its Content-Encoding. */
#ifndef TURNOUT_TESTS_DECOMPRESS_H
#define TURNOUT_TESTS_DECOMPRESS_H

#include "http.h"

/* Nothing may be left over behind it. The caller frees it; NUL-terminated. */
char *decompress(const struct http_answer *answer, size_t *ret_length);

#endif
