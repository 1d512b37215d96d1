/* The sums of a province, from the units up. */
#include <turnout/store/province_sums.h>

#include <inttypes.h>

#include <turnout/election/rules.h>

static enum turnout_error compare(const char *area, const char *parts, const struct totals *stands,
                                  const struct totals *sum, struct error *error)
{
    struct totals_fault fault;
    return totals_compare(stands, sum, &fault)
               ? TURNOUT_OK
               : error_fail(error, TURNOUT_CONFLICT, "", "%s: %s is %" PRId64 ", and its %s come to %" PRId64,
                            area, fault.figure, fault.is, parts, fault.should_be);
}

static enum turnout_error check_commune(const struct election_register *reg,
                                        const struct store_province *province, uint32_t place,
                                        struct error *error)
{
    const struct area *area = &reg->areas[reg->areas[province->province].first_child + place];
    const struct totals *totals = &province->communes[place].totals;
    if (!totals_plausible(totals, area->units)) {
        return error_fail(error, TURNOUT_CONFLICT, "", "%s: its totals contradict themselves", area->code);
    }
    if (province->units == NULL) {
        return TURNOUT_OK;
    }
    uint32_t first = register_first_unit(reg, province->province);
    struct totals sum = rules_count_units(&province->units[area->first_child - first], area->units);
    struct totals counted = *totals; /* what only the log tells */
    counted.voted = sum.voted;
    counted.registered = sum.registered;
    counted.units_reported = sum.units_reported;
    counted.registered_reported = sum.registered_reported;
    counted.units_final = sum.units_final;
    counted.units_complete = sum.units_complete;
    return compare(area->code, "units", totals, &counted, error);
}

enum turnout_error province_sums_check(const struct election_register *reg,
                                       const struct store_province *province, struct error *error)
{
    struct totals sum = {.voted = 0};
    for (uint32_t i = 0; i < province->commune_count; i++) {
        enum turnout_error failed = check_commune(reg, province, i, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        totals_add(&sum, &province->communes[i].totals);
    }
    return compare(reg->areas[province->province].code, "communes", &province->totals, &sum, error);
}
