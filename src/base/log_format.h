/* A log line as text: composed from an event and its fields, on the caller's stack. */
#ifndef TURNOUT_BASE_LOG_FORMAT_H
#define TURNOUT_BASE_LOG_FORMAT_H

#include <stddef.h>

#include <turnout/base/log.h>

enum { LOG_LINE_BYTES_MAX = 2048, LOG_KIND_BYTES_MAX = 512 };

/* Two lines with the same `kind` say the same thing again. It is the level, the event, and the fields without the
 * values of numbers; its first `event_length` bytes are the level and the event. Neither text is NUL-terminated. */
struct log_line {
    size_t length;
    size_t kind_length;
    size_t event_length;
    char bytes[LOG_LINE_BYTES_MAX]; /* without the newline; what does not fit is cut and ends in "..." */
    char kind[LOG_KIND_BYTES_MAX];  /* what does not fit is cut */
};

/* `fields` ends with a NULL key. The line has the time of now. */
void log_format(enum log_level level, const char *event, const struct log_field *fields,
                struct log_line *ret_line);

#endif
