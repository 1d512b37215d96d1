/* Converts text files to UTF-8, whatever encoding an editor or spreadsheet saved them in. What is not text, or is in
 * a code page that could only be guessed, is an error. */
#ifndef TURNOUT_BASE_ENCODING_H
#define TURNOUT_BASE_ENCODING_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>

/* UTF-8 is left as it is, with its byte order mark if it has one. UTF-16, recognised by its mark or by a first line
 * that begins with ASCII, is converted: *bytes, on the heap and NUL-terminated, is freed and replaced. Anything else
 * is TURNOUT_BAD_INPUT: the error says what it is and how to save it, *ret_line in which line (0: the whole file). */
enum turnout_error encoding_to_utf8(char **bytes, size_t *length, uint32_t *ret_line, struct error *error);

#endif
