/* Clearing an election out of Redis, with everything that was ever counted in it. Blocking; for `turnout reset`. Every
 * turnoutd of the election must have been stopped: it would count on as if nothing were. */
#ifndef TURNOUT_STORE_RESET_H
#define TURNOUT_STORE_RESET_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>

/* The user of config/redis/users.acl that may delete, which turnoutd may not. */
#define RESET_REDIS_USER "turnout-reset"

/* What there is of an election. */
struct reset_survey {
    enum election_phase phase;
    bool is_interrupted; /* a clearing that did not come to its end: there is no phase any more */
    int64_t revision;    /* reports applied, held or decided about, in all provinces */
    uint64_t keys;
};

/* TURNOUT_NOT_FOUND when Redis holds nothing of an election of this id; TURNOUT_UNAVAILABLE when Redis does not serve
 * within `patience_ms`; TURNOUT_CONFLICT when it does not let the address's user in, or not do this. */
enum turnout_error reset_look(const struct store_address *address, const char *election, int64_t patience_ms,
                              struct reset_survey *ret_survey, struct error *error);

/* Deletes all keys of the election. Until it is done, no turnoutd can start on what is left: an interrupted one is
 * finished by clearing again. */
enum turnout_error reset_clear(const struct store_address *address, const char *election, int64_t patience_ms,
                               uint64_t *ret_deleted, struct error *error);

#endif
