/* Accepts that Redis has lost something that a server has seen: gives the election a new generation and its ledger a
 * line. Blocking; for `turnout accept-loss`. Every turnoutd of the election must be stopped. */
#ifndef TURNOUT_STORE_LOSS_H
#define TURNOUT_STORE_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/store/last_known.h>
#include <turnout/store/store.h>

/* What Redis holds of the known election. */
struct loss_survey {
    bool is_there;       /* false: Redis holds nothing of it */
    bool is_interrupted; /* an acceptance was begun and not finished */
    enum election_phase phase;
    int64_t revision; /* of all provinces together, as are the voters */
    int64_t voted;
};

/* TURNOUT_UNAVAILABLE when Redis does not answer within `patience_ms`; TURNOUT_CONFLICT when it refuses the address's
 * user, or this operation. */
enum turnout_error loss_look(const struct store_address *address, const struct last_known *known,
                             int64_t patience_ms, struct loss_survey *ret_survey, struct error *error);

/* Gives the provinces a new generation, then the election with its ledger line: from the known revision to the one
 * found. Until it is done no turnoutd starts; an interrupted call is finished by repeating it. `who` goes into the
 * ledger. */
enum turnout_error loss_accept(const struct store_address *address, const struct last_known *known,
                               const struct loss_survey *found, const char *who, int64_t now_ms,
                               char ret_generation[GENERATION_BYTES], struct error *error);

#endif
