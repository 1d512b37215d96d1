/* Cases that are files: a folder of them, and a notation for bytes that an editor cannot show.
 *
 *   <CR> <LF> <TAB> <SP> <NUL>   that byte
 *   <c3 a9>                      the bytes with these hexadecimal values
 *   <x*8000>                     one character (here x) so many times
 *
 * Every other character stands for itself; a `<` is written <3c>. */
#ifndef TURNOUT_TESTS_VECTORS_H
#define TURNOUT_TESTS_VECTORS_H

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

enum { VECTORS_MAX = 512, VECTOR_NAME_BYTES = 64 };

/* The files of a folder whose names end so, in the order of their names, without that end. */
struct vector_names {
    char names[VECTORS_MAX][VECTOR_NAME_BYTES];
    size_t count;
};

/* `folder` is below tests/conformance. For main(), which needs their number before any test runs: where there is no
 * case, or too many, the program ends. */
void vectors_list(const char *folder, const char *end, struct vector_names *ret_names);

/* One of them as text, which the caller frees. */
char *vector_read(const char *folder, const char *name, const char *end);

/* Appends the bytes that `text` stands for. A notation that is none ends the test. */
void vector_decode(struct slice text, struct buffer *out);

#endif
