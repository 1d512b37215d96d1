/* The sums of a province, from the units up. */
#include "province_check.h"

#include <turnout/election/bulletin.h>

static const char *check_commune(const struct election_register *reg, const struct store_province *province,
                                 uint32_t place)
{
    const struct area *area = &reg->areas[reg->areas[province->province].first_child + place];
    const struct totals *totals = &province->communes[place].totals;
    if (!totals_plausible(totals, area->units)) {
        return "a commune's totals contradict themselves";
    }
    if (province->units == NULL) {
        return NULL;
    }
    uint32_t first = register_first_unit(reg, province->province);
    return bulletin_check_units(totals, &province->units[area->first_child - first], area->units);
}

const char *province_check(const struct election_register *reg, struct losses *losses,
                           const struct store_province *province)
{
    struct totals sum = {0};
    for (uint32_t i = 0; i < province->commune_count; i++) {
        const char *fault = check_commune(reg, province, i);
        if (fault != NULL) {
            return fault;
        }
        totals_add(&sum, &province->communes[i].totals);
    }
    if (!totals_equal(&sum, &province->totals)) {
        return "the communes do not add up to the province";
    }
    return losses == NULL ? NULL : losses_compare(losses, province);
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
