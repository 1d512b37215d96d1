/* Accepting that Redis has lost something that a server has seen: the election gets a new generation, and its ledger a
 * line. Blocking; for `turnout accept-loss`. Every turnoutd of the election must have been stopped. */
#ifndef TURNOUT_STORE_LOSS_H
#define TURNOUT_STORE_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/last_known.h>
#include <turnout/store/store.h>

/* What Redis holds of the election that is known. */
struct loss_survey {
    bool is_there;       /* false: nothing of it */
    bool is_interrupted; /* an acceptance that did not come to its end */
    enum election_phase phase;
    int64_t revision; /* of all provinces together, as are the voters */
    int64_t voted;
};

/* TURNOUT_UNAVAILABLE when Redis does not serve within `patience_ms`; TURNOUT_CONFLICT when it does not let the address's
 * user in, or not do this. */
enum turnout_error loss_look(const struct store_address *address, const struct last_known *known,
                             int64_t patience_ms, struct loss_survey *ret_survey, struct error *error);

/* Gives the provinces a new generation, then the election with its line of the ledger: from the revision that is known
 * to the one that was found. Until it is done no turnoutd starts; an interrupted one is finished by doing it again. `who`
 * goes into the ledger. */
enum turnout_error loss_accept(const struct store_address *address, const struct last_known *known,
                               const struct loss_survey *found, const char *who, int64_t now_ms,
                               char ret_generation[GENERATION_BYTES], struct error *error);

#endif
