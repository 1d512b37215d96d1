/* Prepares Redis for an election, once at start. Blocking. */
#ifndef TURNOUT_STORE_PREPARE_H
#define TURNOUT_STORE_PREPARE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/last_known.h>
#include <turnout/store/meta.h>
#include <turnout/store/store.h>

struct store_preparation {
    const char *signing_key; /* of this server, public; becomes the election's when it has none. NULL: none */
    const struct last_known *known; /* what this server remembers of the election; NULL: nothing */
    /* The register of the server's files, to which it follows where Redis holds it already; NULL: the same as that of
     * the options. */
    const struct election_register *files;
    int64_t bulletin_number; /* of the newest bulletin it remembers; 0: none */
    bool relaxed;            /* start even though Redis may lose acknowledged reports */
    int64_t patience_ms;     /* how long to wait for Redis to listen, or for progress in its loading */
    /* Called now and then while waiting, with the reason; false gives up, with TURNOUT_UNAVAILABLE. May be NULL. */
    bool (*goes_on_waiting)(void *context, const char *why);
    void *context;
};

/* In this order; every refusal is TURNOUT_CONFLICT:
 *   - waits for Redis and logs in; refuses when Redis does not know the user, or denies it what is needed
 *   - reads the durability settings back; refuses when they break promise 1 and `relaxed` is not set
 *   - loads the function library
 *   - refuses when Redis holds nothing of an election that is `known`, or another generation that nobody has accepted
 *   - seeds the election where it is missing; refuses when Redis holds a register other than the options' and `files`
 * Several servers may do this at the same time. */
enum turnout_error store_prepare(const struct store_options *options,
                                 const struct store_preparation *preparation,
                                 struct store_prepared *ret_prepared, struct error *error);

#endif
