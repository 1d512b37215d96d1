/* Checks a province as it was read: first its sums, then what Redis may have lost of it. */
#include "province_check.h"

#include <turnout/store/province_sums.h>

enum turnout_error province_check(const struct election_register *reg, struct losses *losses,
                                  const struct store_province *province, struct error *error)
{
    enum turnout_error failed = province_sums_check(reg, province, error);
    const char *lost = failed == TURNOUT_OK && losses != NULL ? losses_compare(losses, province) : NULL;
    return lost == NULL ? failed : error_fail(error, TURNOUT_CONFLICT, "", "%s", lost);
}

static bool take_area(struct area_figures *area, const struct area_figures *figures)
{
    bool has_moved = !figures_are_same(area, figures);
    *area = *figures;
    return has_moved;
}

bool province_take(const struct election_register *reg, const struct store_province *province,
                   struct area_figures *areas)
{
    bool has_moved = false;
    struct area_figures sum = {.totals = province->totals, .verified = true};
    for (uint32_t i = 0; i < province->commune_count; i++) {
        const struct totals *totals = &province->communes[i].totals;
        struct area_figures commune = {.totals = *totals,
                                       .excused = province->excused[i],
                                       .communes_complete = figures_are_complete(totals) ? 1 : 0,
                                       .verified = true};
        has_moved = take_area(&areas[reg->areas[province->province].first_child + i], &commune) || has_moved;
        excused_add(&sum.excused, &commune.excused);
        sum.communes_complete += commune.communes_complete;
    }
    return take_area(&areas[province->province], &sum) || has_moved;
}
