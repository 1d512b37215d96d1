/* What every fuzzer has. A fuzzer is one file, fuzz_<target>.c, with this one function: bytes in, and assertions on
 * what the parser makes of them. `tools/fuzz` links it with libFuzzer, which looks for bytes that break one; the tests
 * link it with replay.c, which gives it the seeds and everything that once did. */
#ifndef TURNOUT_TESTS_FUZZ_H
#define TURNOUT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/text.h>

/* libFuzzer's name for it. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes in memory of their own, so that a sanitizer sees every step beyond them; the caller frees it. */
char *fuzz_copy(const void *bytes, size_t length);

/* Splits the input where a line of four dashes stands alone; *ret_second is empty without one. */
void fuzz_split(struct slice input, struct slice *ret_first, struct slice *ret_second);

#endif
