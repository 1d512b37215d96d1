/* Preparing Redis for an election, once at start. Blocking. */
#ifndef TURNOUT_STORE_PREPARE_H
#define TURNOUT_STORE_PREPARE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/last_known.h>
#include <turnout/store/meta.h>
#include <turnout/store/store.h>

struct store_preparation {
    const char *signing_key; /* of this server; the election takes it where it has none yet. NULL: none */
    const struct last_known *known; /* what this server remembers of the election; NULL: nothing */
    /* What this server will follow to, where Redis holds it already; NULL: its files hold nothing else. */
    const struct election_register *files;
    int64_t bulletin_number; /* of the newest bulletin that it remembers; 0: none */
    bool relaxed;            /* start even though Redis may lose acknowledged reports */
    int64_t patience_ms;     /* how long to wait for Redis to listen, or to get on with loading */
    /* Asked now and then while waiting, and told what for: false gives up, with TURNOUT_UNAVAILABLE. May be NULL. */
    bool (*goes_on_waiting)(void *context, const char *why);
    void *context;
};

/* Waits for Redis and logs in (TURNOUT_CONFLICT when Redis does not know the user, or does not let it do what is
 * needed), reads its durability settings back (TURNOUT_CONFLICT when they would break promise 1 and
 * `relaxed` is not set), loads the function library, and seeds the election where it is not there yet
 * (TURNOUT_CONFLICT when Redis holds another register than that of the options and that of the files). Before anything is seeded: TURNOUT_CONFLICT when Redis holds
 * nothing of an election that is known, or another generation that nobody has accepted.
 * Several servers may do this at the same time. */
enum turnout_error store_prepare(const struct store_options *options,
                                 const struct store_preparation *preparation,
                                 struct store_prepared *ret_prepared, struct error *error);

#endif
