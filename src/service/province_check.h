/* Whether what Redis says of a province may be believed, and its figures. */
#ifndef TURNOUT_SERVICE_PROVINCE_CHECK_H
#define TURNOUT_SERVICE_PROVINCE_CHECK_H

#include <turnout/base/error.h>
#include <turnout/election/register.h>
#include <turnout/service/losses.h>
#include <turnout/store/read.h>
#include <turnout/wire/figures.h>

/* It adds up (store/province_sums.h), and nothing of it is known to be lost; else TURNOUT_CONFLICT, and the error says
 * why not. `losses` may be NULL. */
enum turnout_error province_check(const struct election_register *reg, struct losses *losses,
                                  const struct store_province *province, struct error *error);

/* What readers are shown of a province that was checked: its own figures and those of its communes, in `areas`, which
 * has one entry an area of the register. Returns whether any figure has moved. */
bool province_take(const struct election_register *reg, const struct store_province *province,
                   struct area_figures *areas);

#endif
