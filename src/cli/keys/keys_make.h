/* Makes key pairs: the public keys into the election's keys.csv, the private ones into a folder of secrets, as a file
 * each and as cards to print. */
#ifndef TURNOUT_KEYS_MAKE_H
#define TURNOUT_KEYS_MAKE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/register.h>

struct keys_make_options {
    const char *election; /* its folder */
    const char *out;
    const char
        *area; /* code of the unit or area whose keys, and those of all within it, are made; NULL: all */
    bool units;
    bool communes;
    bool provinces;
    const char *from;  /* RFC 3339, or "" */
    const char *until; /* the same */
};

struct keys_made {
    uint32_t units;
    uint32_t communes;
    uint32_t provinces;
    uint32_t further; /* of these: whose holder had a key already */
    uint32_t pages;   /* of cards */
};

/* `out` gets `<key>.pem` for every key and `cards/<area>.html` for every commune and province that has cards. An id is
 * `<area>.<n>`, with the first n that is free. keys.csv is written last: whatever goes wrong before, nobody can sign
 * yet. What `on_fault` is told is wrong with the election's files. */
enum turnout_error keys_make(const struct keys_make_options *options, fault_fn *on_fault, void *context,
                             struct keys_made *ret_made, struct error *error);

#endif
