/* Deletes an election from Redis, with everything that was counted. Blocking; for `turnout reset`. Every turnoutd of
 * the election must be stopped: it would go on counting. */
#ifndef TURNOUT_STORE_RESET_H
#define TURNOUT_STORE_RESET_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>

/* The user of config/redis/users.acl that may delete, which turnoutd may not. */
#define RESET_REDIS_USER "turnout-reset"

/* What Redis holds of an election. */
struct reset_survey {
    enum election_phase phase;
    bool is_interrupted; /* a reset was begun and not finished: there is no phase */
    int64_t revision;    /* reports applied, held or decided on, in all provinces */
    uint64_t keys;
};

/* TURNOUT_NOT_FOUND when Redis holds nothing of this election; TURNOUT_UNAVAILABLE when it does not answer within
 * `patience_ms`; TURNOUT_CONFLICT when it refuses the address's user, or this operation. */
enum turnout_error reset_look(const struct store_address *address, const char *election, int64_t patience_ms,
                              struct reset_survey *ret_survey, struct error *error);

/* Deletes all keys of the election. Until that is done no turnoutd can start on the rest; an interrupted reset is
 * finished by repeating it. */
enum turnout_error reset_clear(const struct store_address *address, const char *election, int64_t patience_ms,
                               uint64_t *ret_deleted, struct error *error);

#endif
