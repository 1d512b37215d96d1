/* What people save as text, made UTF-8. Editors and spreadsheets save in several ways; what is not text at all, or is in a
 * code page that could only be guessed, is named. */
#ifndef TURNOUT_BASE_ENCODING_H
#define TURNOUT_BASE_ENCODING_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>

/* UTF-8 stays as it is, with its byte order mark if it has one. UTF-16, which is known by its mark or by a first line that
 * begins with ASCII, is converted: *bytes, on the heap and NUL-terminated, is then freed and replaced. Else
 * TURNOUT_BAD_INPUT: the error says what it is and how to save it, *ret_line where it shows (0: in the whole). */
enum turnout_error encoding_to_utf8(char **bytes, size_t *length, uint32_t *ret_line, struct error *error);

#endif
