/* The demo's own turnoutd: started, watched, stopped.
 *
 * It runs in its own process group, so that Ctrl-C in the terminal reaches only the demo, which then stops it in
 * order. It gets a signal to end if the demo dies first. It logs to a file, from which its ports are read. */
#ifndef TURNOUT_COMMAND_DEMO_SERVER_H
#define TURNOUT_COMMAND_DEMO_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>

#include "demo/demo_log.h"

enum demo_listener {
    DEMO_PUBLIC,
    DEMO_INTAKE_HTTP,
    DEMO_INTAKE_STREAM,
    DEMO_OPERATE,
    DEMO_LISTENER_COUNT,
};

enum { DEMO_URL_BYTES = sizeof "http://[]:65535" + HOST_BYTES };

struct demo_server_options {
    char *binary;         /* the path of turnoutd */
    const char *election; /* its settings */
    const char *data;
    const char *addresses[DEMO_LISTENER_COUNT]; /* NULL: the default, or any free port when that is in use */
    const char *log_path;                       /* its log goes there */
    int interrupt_fd;                           /* readable when the demo should end */
};

struct demo_server;

/* Starts it and waits until it is ready. Borrows the options until demo_server_stop(). TURNOUT_UNAVAILABLE when
 * interrupted; any other error has the last line of the server's log. */
enum turnout_error demo_server_start(const struct demo_server_options *options,
                                     struct demo_server **ret_server, struct error *error);

const struct host_port *demo_server_address(const struct demo_server *server, enum demo_listener listener);

/* `http://host:port`. */
void demo_server_url(const struct demo_server *server, enum demo_listener listener,
                     char ret_url[DEMO_URL_BYTES]);

enum demo_event { DEMO_TIME_IS_UP, DEMO_INTERRUPTED, DEMO_SERVER_ENDED, DEMO_STALLED };

/* Waits for this long (negative: without limit), or until the demo is interrupted or the server ends. */
enum demo_event demo_server_wait(const struct demo_server *server, int timeout_ms);

/* demo_log_last_words() */
void demo_server_last_words(const struct demo_server *server, char ret_words[DEMO_WORDS_BYTES]);

/* Asks it to end, waits, and frees. It is killed when it takes too long, which is an error, as is any exit status but
 * 0. NULL-safe. */
enum turnout_error demo_server_stop(struct demo_server *server, struct error *error);

#endif
