/* The log: one line per event on standard error, `key=value` separated by spaces, each line one write().
 *
 *   log_info("listening", log_text("listener", "public"), log_number("port", 8080));
 *   2026-03-15T02:00:00.123Z info listening listener=public port=8080
 *
 * A value with other than plain printable characters is quoted and escaped, so one event is always one line, and a
 * hostile name cannot forge another line. Secrets, tokens and keys are never logged.
 *
 * Between log_start and log_stop a slow reader of the log blocks nobody: lines go into a bounded queue, and a
 * separate thread writes them. When the queue is full, lines are dropped and counted; once there is room again, a
 * line says how many (`warning log-lines-dropped lines=412`). Repeated lines are folded: the first is written, then
 * every ten seconds their number (`repeated=2754`), then that they have ended. Before log_start and after log_stop
 * the calling thread writes its line itself, unfolded.
 * A process that is killed or fails an assertion may lose its last lines. A child of fork() must not log; turnoutd
 * starts programs by posix_spawn() only.
 * Thread-safe. Called from service and above; the layers below return errors instead. */
#ifndef TURNOUT_BASE_LOG_H
#define TURNOUT_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };

/* Made by log_text and log_number; a NULL key ends a list. */
struct log_field {
    const char *key;
    const char *text; /* NULL: `number` is the value */
    int64_t number;
};

struct log_field log_text(const char *key, const char *text); /* borrows both until the line is written */
struct log_field log_number(const char *key, int64_t number);

/* `fields` ends with a NULL key. */
void log_write(enum log_level level, const char *event, const struct log_field *fields);

/* Starts the thread, with all signals blocked. TURNOUT_SYSTEM when it cannot be started. */
enum turnout_error log_start(struct error *error);

/* Writes what is in the queue, for at most a second; what is not written by then is lost, and later lines are
 * dropped. Does nothing when log_start was not called. Safe from every thread. */
void log_stop(void);

uint64_t log_lines_dropped(void);  /* since the start of the process */
bool log_has_dropped_lately(void); /* whether a line was dropped within the last minute */

#define log_fields(...)         ((const struct log_field[]){__VA_ARGS__, {0}})
#define log_info(event, ...)    log_write(LOG_LEVEL_INFO, event, log_fields(__VA_ARGS__))
#define log_warning(event, ...) log_write(LOG_LEVEL_WARNING, event, log_fields(__VA_ARGS__))
#define log_error(event, ...)   log_write(LOG_LEVEL_ERROR, event, log_fields(__VA_ARGS__))

#endif
