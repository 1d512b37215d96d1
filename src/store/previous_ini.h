/* The keys of [previous] in election.ini: of which election previous.csv has the figures. */
#ifndef TURNOUT_PREVIOUS_INI_H
#define TURNOUT_PREVIOUS_INI_H

#include <turnout/base/error.h>
#include <turnout/election/election.h>

enum previous_ini_key {
    PREVIOUS_NAME,
    PREVIOUS_NAME_EN,
    PREVIOUS_DATE,
    PREVIOUS_COMPARABLE,
    PREVIOUS_REASON,
    PREVIOUS_INI_KEYS,
};

const char *previous_ini_name(size_t key);

/* On a fault, *error says what the value may be. */
enum turnout_error previous_ini_read(size_t key, struct slice value, struct previous_election *previous,
                                     struct error *error);

/* Checks the values together, once all are read; there is at least one. On a fault, *ret_key is the key at fault. */
enum turnout_error previous_ini_check(const struct previous_election *previous, const char *election_date,
                                      size_t *ret_key, struct error *error);

#endif
