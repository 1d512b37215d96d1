/* How much each signing key may still say in this minute: so many new reports for each unit that it signs for. Only what
 * becomes a new report, counted or held, is spent. A bad signature in a key's name spends nothing of its budget, nor does
 * a good report that somebody else sends again; so nobody but its holder can use a key up. What is still under way is
 * not spent yet: a key can exceed its budget by as much, and owes it then.
 *
 * One a worker, not shared: a key that reports through several connections may have as many budgets as there are
 * workers. */
#ifndef TURNOUT_SERVICE_KEY_BUDGETS_H
#define TURNOUT_SERVICE_KEY_BUDGETS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/election/keys.h>
#include <turnout/election/register.h>

struct key_budgets;

/* For a report on its way, so that its key can be found again when it has become one. Zeroed: no key's. */
struct key_ticket {
    uint32_t place;
    uint32_t generation; /* of the set of keys */
    int64_t cost_us;
};

/* The register is borrowed; of the keys nothing is kept. `reports_per_minute` is at least 1. */
struct key_budgets *key_budgets_new(const struct election_register *reg, const struct signing_keys *keys,
                                    uint32_t reports_per_minute);
void key_budgets_free(struct key_budgets *budgets); /* NULL-safe */

/* From now on tickets are for these keys, all with a whole budget. */
void key_budgets_set_keys(struct key_budgets *budgets, const struct signing_keys *keys);

/* False when the key, which is one of `keys` and signed for some unit, has spent its budget. `now_us` is monotonic. */
bool key_budgets_admit(const struct key_budgets *budgets, const struct signing_keys *keys,
                       const struct signing_key *key, int64_t now_us, struct key_ticket *ret_ticket);

/* A new report of this key. Does nothing for keys of before the last key_budgets_set_keys(). */
void key_budgets_spend(struct key_budgets *budgets, const struct key_ticket *ticket, int64_t now_us);

#endif
