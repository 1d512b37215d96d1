/* Reads what the demo needs from its turnoutd's log file. */
#ifndef TURNOUT_COMMAND_DEMO_LOG_H
#define TURNOUT_COMMAND_DEMO_LOG_H

#include <stdbool.h>

#include <turnout/base/host_port.h>

enum { DEMO_WORDS_BYTES = 256 };

/* Whether the log shows that this listener listens, and where. */
bool demo_log_find_listener(const char *path, const char *listener, struct host_port *ret_address);

/* The last line, cut to fit; the last error if there was one. */
void demo_log_last_words(const char *path, char ret_words[DEMO_WORDS_BYTES]);

#endif
