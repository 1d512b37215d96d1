/* Makes key pairs: the public keys go into the election's keys.csv, the private ones into a folder of secrets, one
 * file each and on printable cards. */
#ifndef TURNOUT_KEYS_MAKE_H
#define TURNOUT_KEYS_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/faults.h>
#include <turnout/base/settings.h>
#include <turnout/election/register.h>

struct keys_make_options {
    const char *election; /* its folder */
    const char *out;
    const char *area; /* only for this unit or area and everything in it; NULL: all */
    bool units;       /* when no kind is chosen: units */
    bool communes;
    bool provinces;
    struct setting_moment from; /* not given: always */
    struct setting_moment until;
};

struct keys_made {
    uint32_t units;
    uint32_t communes;
    uint32_t provinces;
    uint32_t further; /* of these, keys whose owner had one already */
    uint32_t pages;   /* of cards */
};

/* Writes `<key>.pem` for every key to `out`, and `cards/<area>.html` for every commune and province with cards. An id
 * is `<area>.<n>`, with the first free n. keys.csv is written last: after an earlier failure no new key is valid.
 * `on_fault` gets the faults of the election's files. */
enum turnout_error keys_make(const struct keys_make_options *options, fault_fn *on_fault, void *context,
                             struct keys_made *ret_made, struct error *error);

#endif
