/* Reads the log of a commune, or of all communes of a province, from Redis, oldest first, and checks it against the
 * province's record of it (proto/redis.md). Blocking; for the command. Servers may run and write meanwhile. */
#ifndef TURNOUT_STORE_LOG_WALK_H
#define TURNOUT_STORE_LOG_WALK_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>
#include <turnout/wire/log_line.h>

/* A line of a commune (index of an area): its bytes in Redis, and their content. */
typedef void log_walk_fn(void *context, uint32_t commune, struct slice text, const struct log_line *line);

/* A summary of a commune's lines. */
struct log_walked {
    int64_t lines;
    unsigned char head[LOG_HEAD_BYTES]; /* of their chain */
};

/* The log to read. Borrowed for the call. */
struct log_walk_of {
    struct store_address address;
    const struct election *election;
    const struct election_register *reg;
    uint32_t area; /* index of a commune or a province */
};

/* Reads the log in pieces. TURNOUT_OK: each commune's entries are contiguous, and number of lines and head match its
 * record. TURNOUT_CONFLICT: they do not, Redis holds another election, or refuses the user. TURNOUT_NOT_FOUND: it
 * holds nothing of the election. TURNOUT_UNAVAILABLE: it does not answer within `patience_ms`. Lines read before an
 * error have been passed on. `ret_walked` has one entry a commune, in the register's order. */
enum turnout_error log_walk(const struct log_walk_of *of, int64_t patience_ms, log_walk_fn *on_line,
                            void *context, struct log_walked *ret_walked, struct error *error);

#endif
