/* Whether what Redis says of a province may be believed, and its figures. */
#ifndef TURNOUT_SERVICE_PROVINCE_CHECK_H
#define TURNOUT_SERVICE_PROVINCE_CHECK_H

#include <turnout/election/register.h>
#include <turnout/service/losses.h>
#include <turnout/store/read.h>
#include <turnout/wire/figures.h>

/* NULL when every figure can be true, units (where there are any) add up to their communes, the communes to the province,
 * and nothing of it is known to be lost; else why not. `losses` may be NULL. */
const char *province_check(const struct election_register *reg, struct losses *losses,
                           const struct store_province *province);

/* What readers are shown of a province that was checked: its own figures and those of its communes, in `areas`, which has one
 * entry an area of the register. */
void province_take(const struct election_register *reg, const struct store_province *province,
                   struct area_figures *areas);

#endif
