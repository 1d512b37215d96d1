/* Checks that a province adds up. */
#ifndef TURNOUT_STORE_PROVINCE_SUMS_H
#define TURNOUT_STORE_PROVINCE_SUMS_H

#include <turnout/base/error.h>
#include <turnout/election/register.h>
#include <turnout/store/read.h>

/* Every figure must be possible, and units (where they were read), communes and province must add up.
 * TURNOUT_CONFLICT: the error names the area, the figure and the computed sum. */
enum turnout_error province_sums_check(const struct election_register *reg,
                                       const struct store_province *province, struct error *error);

#endif
