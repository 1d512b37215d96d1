/* The names of the keys (DESIGN section 5, proto/redis.md). */
#ifndef TURNOUT_STORE_REDIS_KEYS_H
#define TURNOUT_STORE_REDIS_KEYS_H

#include <turnout/base/limits.h>
#include <turnout/base/text.h>
#include <turnout/election/election.h>

/* The keys of a province, in the order in which the functions that write take them. They share a hash tag, so that one
 * function call can reach them all in a cluster. */
enum {
    KEY_TOTALS,
    KEY_COMMUNES,
    KEY_UNITS,
    KEY_LOG,
    KEY_HELD,
    KEY_WAITING,
    KEY_ASIDE,
    KEY_LEDGER,
    KEY_FLAGGED,
    KEY_EXCUSED,
    KEY_BULLETINS,
    PROVINCE_KEY_COUNT,
};

enum { REDIS_KEY_BYTES = sizeof "turnout:{:}:bulletins" + 2 * AREA_CODE_BYTES_MAX };

struct province_keys {
    char text[PROVINCE_KEY_COUNT][REDIS_KEY_BYTES];
};

void province_keys_init(struct province_keys *ret_keys, const struct election *election,
                        const char *province_code);

/* The ledger of the whole election; each province has one of its own. */
void redis_key_ledger(const struct election *election, char ret_key[REDIS_KEY_BYTES]);

/* The bulletins of the whole election; each province has its files of its own. */
void redis_key_bulletins(const struct election *election, char ret_key[REDIS_KEY_BYTES]);

/* What was published, minute by minute. */
void redis_key_series(const struct election *election, char ret_key[REDIS_KEY_BYTES]);

/* What is noted down of a change of the register while it is under way. */
void redis_key_change(const struct election *election, char ret_key[REDIS_KEY_BYTES]);

/* The milestones that were told. */
void redis_key_milestones(const struct election *election, char ret_key[REDIS_KEY_BYTES]);

void redis_key_meta(const struct election *election, char ret_key[REDIS_KEY_BYTES]);

#endif
