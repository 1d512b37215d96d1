/* Walking the log of a commune, or of all communes of a province, in Redis, oldest first, and checking it against what
 * the province says of them (proto/redis.md). Blocking; for the command. Servers may run and write meanwhile. */
#ifndef TURNOUT_STORE_LOG_WALK_H
#define TURNOUT_STORE_LOG_WALK_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>
#include <turnout/wire/log_line.h>

/* A line of a commune (index of an area): its bytes as they stand there, and what they say. */
typedef void log_walk_fn(void *context, uint32_t commune, struct slice text, const struct log_line *line);

/* What the lines of a commune came to. */
struct log_walked {
    int64_t lines;
    unsigned char head[LOG_HEAD_BYTES]; /* of their chain */
};

/* Which log. Borrowed for the call. */
struct log_walk_of {
    struct store_address address;
    const struct election *election;
    const struct election_register *reg;
    uint32_t area; /* index of a commune or a province */
};

/* Reads the log piece by piece. TURNOUT_OK: the entries of each commune lead from the first to the last, and number of
 * lines and head are those that stand of it. TURNOUT_CONFLICT: they are not, or Redis holds another election, or does not
 * let the user in; TURNOUT_NOT_FOUND: it holds nothing of the election; TURNOUT_UNAVAILABLE: it does not serve within
 * `patience_ms`. Lines that were read before have been handed on. `ret_walked` is one a commune: of a province in the
 * order of the register. */
enum turnout_error log_walk(const struct log_walk_of *of, int64_t patience_ms, log_walk_fn *on_line,
                            void *context, struct log_walked *ret_walked, struct error *error);

#endif
