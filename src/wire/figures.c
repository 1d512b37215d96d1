/* Compares figures of areas, and sums the nation from the provinces. */
#include <turnout/wire/figures.h>

#include <string.h>

bool figures_are_complete(const struct totals *totals)
{
    return totals->registered > 0 && totals->voted == totals->registered;
}

/* A mark's record is identified by its place in the stream. */
static bool milestones_are_same(const struct area_figures *a, const struct area_figures *b)
{
    bool are_same = true;
    for (int mark = 0; mark < MARK_COUNT; mark++) {
        are_same = are_same && a->milestones[mark].told_ms == b->milestones[mark].told_ms &&
                   a->milestones[mark].told_number == b->milestones[mark].told_number;
    }
    return are_same;
}

bool figures_are_same(const struct area_figures *a, const struct area_figures *b)
{
    return totals_equal(&a->totals, &b->totals) && a->totals.as_of == b->totals.as_of &&
           a->communes_complete == b->communes_complete &&
           memcmp(&a->excused, &b->excused, sizeof a->excused) == 0 && a->verified == b->verified &&
           a->withheld == b->withheld && milestones_are_same(a, b);
}

void figures_sum_nation(const struct election_register *reg, struct area_figures *areas)
{
    struct area_figures nation = {.verified = true};
    for (uint32_t province = 1; province <= reg->province_count; province++) {
        totals_add(&nation.totals, &areas[province].totals);
        excused_add(&nation.excused, &areas[province].excused);
        nation.communes_complete += areas[province].communes_complete;
        nation.verified = nation.verified && areas[province].verified;
        nation.withheld = nation.withheld || areas[province].withheld;
    }
    areas[REGISTER_NATION] = nation;
}
