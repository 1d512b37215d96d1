/* A real turnoutd over the small election, on free ports of 127.0.0.1. */
#ifndef TURNOUT_TESTS_TURNOUTD_H
#define TURNOUT_TESTS_TURNOUTD_H

#include <stdbool.h>
#include <stdint.h>

#include "process.h"
#include "workspace.h"

struct redisContext;

enum { TURNOUTD_URL_BYTES = 32 };

struct turnoutd {
    struct process process;
    uint16_t public_port;
    uint16_t intake_http_port;
    uint16_t intake_stream_port;
    uint16_t operate_port;
    char intake_url[TURNOUTD_URL_BYTES];     /* of its intake over HTTP */
    char stream_address[TURNOUTD_URL_BYTES]; /* of its intake by the stream, as address:port */
};

/* Starts it with the election in the workspace's folder `election` (written when it is not there) and its data in
 * `data`, and returns once it is ready. `settings` are more arguments, `--name value ...`, ended by a NULL; they
 * may be NULL, and go before the fixture's own where they name the same setting: unsigned reports are taken, the
 * publication is renewed ten times a second, and one worker serves all readers, so that what one of their connections
 * was shown is no news to the next. Where they say `--redis`, it logs in there as the user turnoutd. */
void turnoutd_start(struct turnoutd *turnoutd, const struct workspace *workspace,
                    const char *const settings[]);

/* The same without waiting for it: for a turnoutd that is not expected to become ready. */
void turnoutd_launch(struct turnoutd *turnoutd, const struct workspace *workspace,
                     const char *const settings[]);

/* Starts it, as turnoutd_launch does, with its log going to a descriptor of the test's. What it says there must reach
 * process.stderr_path before turnoutd_await can learn its ports. */
void turnoutd_launch_into(struct turnoutd *turnoutd, const struct workspace *workspace,
                          const char *const settings[], int stderr_fd);

/* The same by a program that ends with becoming it: its words stand before turnoutd's own, up to a NULL. */
void turnoutd_launch_by(struct turnoutd *turnoutd, const struct workspace *workspace,
                        const char *const launcher[], const char *const settings[]);

/* Starts another one on the Redis that the first one manages, with its data in `data-2`. `setting` and its value are
 * one more, NULL for none. */
void turnoutd_start_second(struct turnoutd *turnoutd, const struct workspace *workspace, const char *setting,
                           const char *value);

/* Learns the ports, which are there before it is ready. */
void turnoutd_await_ports(struct turnoutd *turnoutd);

/* What turnoutd_start does once it has launched it: learns the ports and waits until it is ready. */
void turnoutd_await(struct turnoutd *turnoutd);

/* For one that may refuse to start: true once it has a Redis that it can use, ready or not; false when it has ended, or
 * waits in vain for a Redis that it can use. */
bool turnoutd_try_start(struct turnoutd *turnoutd, const struct workspace *workspace,
                        const char *const settings[]);

/* Only learns where it is asked for its health, which is before Redis must be there. */
void turnoutd_await_operate(struct turnoutd *turnoutd);

/* Waits for GET /readyz to be 200. */
void turnoutd_wait_ready(const struct turnoutd *turnoutd);

/* SIGTERM; fails the test unless it ends with status 0. */
void turnoutd_stop(struct turnoutd *turnoutd);

/* The Redis that it has started. */
pid_t turnoutd_redis_pid(struct turnoutd *turnoutd);

/* A blocking link to the Redis that it manages, as the user turnoutd: nobody may do more there. The caller ends it with
 * redisFree(). */
struct redisContext *turnoutd_redis(const struct workspace *workspace);

#endif
