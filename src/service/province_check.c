/* A province against its communes, and against what was seen of it. */
#include "province_check.h"

static const char *check_sums(const struct election_register *reg, const struct store_province *province)
{
    const struct area *area = &reg->areas[province->province];
    struct totals sum = {0};
    for (uint32_t i = 0; i < province->commune_count; i++) {
        if (!totals_plausible(&province->communes[i].totals, reg->areas[area->first_child + i].units)) {
            return "a commune's totals contradict themselves";
        }
        totals_add(&sum, &province->communes[i].totals);
    }
    if (!totals_equal(&sum, &province->totals)) {
        return "the communes do not add up to the province";
    }
    return NULL;
}

const char *province_check(const struct election_register *reg, struct losses *losses,
                           const struct store_province *province)
{
    const char *fault = check_sums(reg, province);
    return fault != NULL || losses == NULL ? fault : losses_compare(losses, province);
}
