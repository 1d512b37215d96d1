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

void province_take(const struct election_register *reg, const struct store_province *province,
                   struct area_figures *areas)
{
    struct area_figures *figures = &areas[province->province];
    figures->totals = province->totals;
    figures->communes_complete = 0;
    figures->excused = (struct excused){0};
    figures->verified = true;
    for (uint32_t i = 0; i < province->commune_count; i++) {
        struct area_figures *commune = &areas[reg->areas[province->province].first_child + i];
        commune->totals = province->communes[i].totals;
        commune->excused = province->excused[i];
        excused_add(&figures->excused, &commune->excused);
        commune->communes_complete = figures_are_complete(&commune->totals) ? 1 : 0;
        figures->communes_complete += commune->communes_complete;
        commune->verified = true;
    }
}
