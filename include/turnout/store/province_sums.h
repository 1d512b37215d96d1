/* Whether what Redis says of a province adds up. */
#ifndef TURNOUT_STORE_PROVINCE_SUMS_H
#define TURNOUT_STORE_PROVINCE_SUMS_H

#include <turnout/base/error.h>
#include <turnout/election/register.h>
#include <turnout/store/read.h>

/* Every figure can be true, the units (where they were read, too) add up to their communes, and the communes to the province.
 * TURNOUT_CONFLICT: the error says of which area which figure stands, and what comes out. */
enum turnout_error province_sums_check(const struct election_register *reg,
                                       const struct store_province *province, struct error *error);

#endif
