/* Reads and writes whole files. */
#ifndef TURNOUT_BASE_FILE_H
#define TURNOUT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/error.h>

/* Reads a regular file of at most `bytes_max` bytes. *ret_bytes is NUL-terminated after *ret_length bytes; the caller
 * frees it. TURNOUT_NOT_FOUND, TURNOUT_TOO_LARGE, TURNOUT_BAD_INPUT when it is not a regular file, or TURNOUT_SYSTEM.
 * The error's text does not name the path: the caller does. */
enum turnout_error file_read(const char *path, size_t bytes_max, char **ret_bytes, size_t *ret_length,
                             struct error *error);

/* The same for a file that is open at its beginning. The caller closes it. */
enum turnout_error file_read_open(int fd, size_t bytes_max, char **ret_bytes, size_t *ret_length,
                                  struct error *error);

/* Writes all of the bytes. False, with errno, on failure. */
bool file_write_all(int fd, const void *bytes, size_t length);

/* Replaces or makes the file in one step: a reader sees the old or the new content, even after a crash. The error's
 * text does not name the path here, either. */
enum turnout_error file_write(const char *path, const void *bytes, size_t length, struct error *error);

#endif
