/* INI text, read strictly: every fault is told with its line and what to do, and nothing is passed over.
 *
 *   ; a comment, like a line that begins with #
 *   [section]
 *   name = value               ; a comment, because a blank stands before it
 *   name = "a value ; with ""quotes"" around it and in it"
 *
 * UTF-8; a byte order mark at the start is passed over; LF or CR LF; blanks around a line, a name or a value do not
 * count. A `:` may stand for the `=`. A value may be empty, holds no control character, and ends with its line. */
#ifndef TURNOUT_BASE_INI_FILE_H
#define TURNOUT_BASE_INI_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/faults.h>
#include <turnout/base/text.h>

/* A key that a file may have, once. Keys of one section stand together. */
struct ini_key {
    const char *section; /* "": it stands before any section */
    const char *name;
    uint32_t line; /* written by ini_file_read(): where it stands; 0: it does not */
};

/* The value of keys[key]; borrowed for the call. */
typedef void ini_value_fn(void *context, size_t key, struct slice value);

/* Reads all of `text`. A key that stands there twice, or whose value cannot be read, is a fault and has its line; its
 * value is handed on at most once. `file` is what the faults call the file. */
void ini_file_read(struct slice text, const char *file, struct ini_key *keys, size_t key_count,
                   struct faults *faults, ini_value_fn *on_value, void *context);

/* Appends a line that reads back as the same value, which is UTF-8 without control characters. */
void ini_file_write(struct buffer *out, const char *name, const char *value);

#endif
