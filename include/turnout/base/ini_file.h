/* Strict INI reader: every fault is reported with its line and what to do, and nothing is silently ignored.
 *
 *   ; a comment, like a line that begins with #
 *   [section]
 *   name = value               ; a comment, because a blank precedes it
 *   name = "a value ; with ""quotes"" around it and in it"
 *
 * UTF-8, with or without a byte order mark; LF or CR LF; blanks around a line, a name or a value are ignored. `:` may
 * be used instead of `=`. A value may be empty, has no control character, and ends with its line. */
#ifndef TURNOUT_BASE_INI_FILE_H
#define TURNOUT_BASE_INI_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/faults.h>
#include <turnout/base/text.h>

/* A key that a file may have, once. Keys of one section are adjacent. */
struct ini_key {
    const char *section; /* "": before any section */
    const char *name;
    uint32_t line; /* set by ini_file_read(); 0: the key is absent */
};

/* The value of keys[key]; borrowed for the call. */
typedef void ini_value_fn(void *context, size_t key, struct slice value);

/* Reads all of `text`. A key that occurs twice, or whose value cannot be read, is a fault; its `line` is set.
 * `on_value` is called at most once for each key. `file` is the name that the faults use. */
void ini_file_read(struct slice text, const char *file, struct ini_key *keys, size_t key_count,
                   struct faults *faults, ini_value_fn *on_value, void *context);

/* Appends a line that reads back as the same value. The value is UTF-8 without control characters. */
void ini_file_write(struct buffer *out, const char *name, const char *value);

#endif
