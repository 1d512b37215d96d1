/* The log of the demo's turnoutd, read from its pipe by a thread of its own: kept in a file, and asked for what
 * the demo needs to know. Private to demo_server. */
#ifndef TURNOUT_COMMAND_DEMO_LOG_H
#define TURNOUT_COMMAND_DEMO_LOG_H

#include <stdbool.h>

#include <turnout/base/error.h>

#include "demo/demo_server.h"

struct demo_log;

/* Takes `pipe_fd`, which is closed on failure too. Reading begins at once. */
enum turnout_error demo_log_new(int pipe_fd, const char *path, struct demo_log **ret_log,
                                struct error *error);

/* Whether the server has said by now that this listener listens, and where. */
bool demo_log_find_listener(struct demo_log *log, const char *listener, struct demo_address *ret_address);

/* Reads what is left in the pipe and stops reading. */
void demo_log_finish(struct demo_log *log);

/* See demo_server_last_words(). */
void demo_log_last_words(struct demo_log *log, char ret_words[DEMO_WORDS_BYTES]);

/* Finishes first. NULL-safe. */
void demo_log_free(struct demo_log *log);

#endif
