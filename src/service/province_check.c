/* Sums, then losses. */
#include "province_check.h"

#include <turnout/store/province_sums.h>

enum turnout_error province_check(const struct election_register *reg, struct losses *losses,
                                  const struct store_province *province, struct error *error)
{
    enum turnout_error failed = province_sums_check(reg, province, error);
    const char *lost = failed == TURNOUT_OK && losses != NULL ? losses_compare(losses, province) : NULL;
    return lost == NULL ? failed : error_fail(error, TURNOUT_CONFLICT, "", "%s", lost);
}
