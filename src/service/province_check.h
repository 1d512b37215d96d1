/* Whether what Redis shows of a province may be believed. */
#ifndef TURNOUT_SERVICE_PROVINCE_CHECK_H
#define TURNOUT_SERVICE_PROVINCE_CHECK_H

#include <turnout/election/register.h>
#include <turnout/service/losses.h>
#include <turnout/store/read.h>

/* NULL when it adds up, and holds all that was seen of it; else why not, valid until the next call. `losses` may be NULL. */
const char *province_check(const struct election_register *reg, struct losses *losses,
                           const struct store_province *province);

#endif
