/* Small and middling files, whole. */
#ifndef TURNOUT_BASE_FILE_H
#define TURNOUT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/error.h>

/* Reads a regular file of at most `bytes_max` bytes. *ret_bytes is NUL-terminated behind *ret_length and
 * the caller's to free. TURNOUT_NOT_FOUND when it is not there, TURNOUT_TOO_LARGE, TURNOUT_BAD_INPUT when
 * it is no regular file, or TURNOUT_SYSTEM. The error's text leaves out the path, which the caller knows
 * best how to name. */
enum turnout_error file_read(const char *path, size_t bytes_max, char **ret_bytes, size_t *ret_length,
                             struct error *error);

/* The same of a file that is open at its beginning. The caller closes it. */
enum turnout_error file_read_open(int fd, size_t bytes_max, char **ret_bytes, size_t *ret_length,
                                  struct error *error);

/* Writes all of the bytes; false, with errno, when it cannot. */
bool file_write_all(int fd, const void *bytes, size_t length);

/* Puts a file of these bytes in place of whatever is there, in one step: a reader sees the old or the
 * new, even after a crash. The text of an error leaves out the path here, too. */
enum turnout_error file_write(const char *path, const void *bytes, size_t length, struct error *error);

#endif
