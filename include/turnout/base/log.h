/* The log: one line an event to standard error, `key=value` separated by spaces, each line one write().
 *
 *   log_info("listening", log_text("listener", "public"), log_number("port", 8080));
 *   2026-03-15T02:00:00.123Z info listening listener=public port=8080
 *
 * A value with anything but plain printing characters is quoted and escaped, so that one event is always one
 * line and a hostile name cannot forge another. Secrets, tokens and keys are never logged.
 * Thread-safe. Called from service and above; the layers below return errors instead. */
#ifndef TURNOUT_BASE_LOG_H
#define TURNOUT_BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };

/* Made by log_text and log_number; a NULL key ends a list. */
struct log_field {
    const char *key;
    const char *text; /* NULL: the number counts */
    int64_t number;
};

struct log_field log_text(const char *key, const char *text); /* borrows both until the line is written */
struct log_field log_number(const char *key, int64_t number);

/* `fields` ends with a NULL key. */
void log_write(enum log_level level, const char *event, const struct log_field *fields);

#define log_fields(...)         ((const struct log_field[]){__VA_ARGS__, {0}})
#define log_info(event, ...)    log_write(LOG_LEVEL_INFO, event, log_fields(__VA_ARGS__))
#define log_warning(event, ...) log_write(LOG_LEVEL_WARNING, event, log_fields(__VA_ARGS__))
#define log_error(event, ...)   log_write(LOG_LEVEL_ERROR, event, log_fields(__VA_ARGS__))

#endif
