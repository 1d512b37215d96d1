/* Plans backwards from the end of the day, so that a count never falls. At each moment it first computes bottom-up,
 * from the units to the nation, the range of each area: what its units can still report, and what was published. Then
 * it distributes the nation's figure top-down within these ranges. A curve and some randomness fill in what was not
 * published. This is done twice: for the roll's surplus, and for those who have not voted. */
#include "demo/demo_figures.h"

#include <stdbool.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

#include "demo/demo_chance.h"
#include "register/apportion.h"

enum {
    SURPLUS_HIGHEST_PER_100K = 110, /* highest surplus of the nation's roll over its list */
    SURPLUS_SHARE = 20,             /* a unit's roll grows by at most 1/SURPLUS_SHARE of its list */
    FINAL_MISSING_PERCENT = 1,      /* used when the nation's last figure was not published */
    COMPLETE_OF_FOUR = 3,           /* of four communes, how many are complete at the end, where possible */
    COMPLETE_FROM = 940000,         /* turnout at which the first of them become complete */
    LEAD_S_MAX = 20 * 60,           /* the most a province is ahead of the nation, or behind it */
    PACE_SPREAD = 10,               /* hundredths between the fastest and the slowest, at each moment */
};

/* The bounds of a value, and its preferred value. */
struct range {
    int64_t least, most, wish;
};

struct planner;

/* A planned quantity. */
struct quantity {
    struct range (*of_unit)(const struct planner *planner, uint32_t unit);
    /* Tightens the range of an area; it begins as the sum of the ranges in it. */
    void (*tighten)(const struct planner *planner, uint32_t area, struct range *range);
};

struct planner {
    const struct demo_day *day;
    const struct election_register *reg;
    const struct checkpoints *checkpoints;
    const struct quantity *quantity;
    uint32_t moment;         /* the current one */
    int32_t *planned;        /* [moment * units + unit] */
    uint32_t *reports;       /* [unit]: sent by this moment */
    uint32_t *reports_after; /* [unit]: sent by the next moment, if there is one */
    struct range *ranges;    /* [area]: at this moment */
    int64_t *shares;         /* [area]: at this moment */
    int64_t *published;      /* [checkpoint]: how many are missing; FIGURE_UNPUBLISHED: unknown */
    uint32_t *ranks;         /* [area]: a commune's rank in its province, 0 for the fastest */
};

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t at_least(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool is_last_moment(const struct planner *planner)
{
    return planner->moment + 1 == planner->day->moment_count;
}

static int32_t *planned_at(const struct planner *planner, uint32_t moment)
{
    return planner->planned + (size_t)moment * planner->reg->unit_count;
}

static int64_t time_of(const struct planner *planner, uint32_t moment)
{
    return planner->day->moments[moment];
}

/* Whether a unit sends no report between this moment and the next: then its figures are the same. */
static bool is_settled(const struct planner *planner, uint32_t unit)
{
    return !is_last_moment(planner) && planner->reports[unit] == planner->reports_after[unit];
}

/* ---- the surplus of the roll over the list ---- */

static struct range surplus_of_unit(const struct planner *planner, uint32_t unit)
{
    int64_t listed = planner->reg->units[unit].registered;
    int64_t wish = listed * demo_chance_skewed(CHANCE_OF_SURPLUS, unit) / 100;
    if (is_settled(planner, unit)) {
        int64_t after = planned_at(planner, planner->moment + 1)[unit];
        return (struct range){after, after, wish};
    }
    return (struct range){0, planner->reports[unit] == 0 ? 0 : listed / SURPLUS_SHARE, wish};
}

/* A province with a published roll, or a published number of complete communes, keeps its roll as listed. */
static void tighten_surplus(const struct planner *planner, uint32_t area, struct range *range)
{
    int64_t listed = planner->reg->areas[area].registered;
    int64_t moment = time_of(planner, planner->moment);
    if (area == REGISTER_NATION) {
        range->wish = listed * SURPLUS_HIGHEST_PER_100K / 100000 * demo_day_surplus_at(planner->day, moment) /
                      DAY_WHOLE;
    }
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        bool has_roll = checkpoint->published.of[FIGURE_REGISTERED] != FIGURE_UNPUBLISHED;
        if (checkpoint->area != area) {
            continue;
        }
        if (area == REGISTER_NATION && has_roll && checkpoint->as_of == moment) {
            range->wish = checkpoint->published.of[FIGURE_REGISTERED] - listed;
        }
        if (area != REGISTER_NATION &&
            (has_roll || checkpoint->published.of[FIGURE_COMMUNES_COMPLETE] != FIGURE_UNPUBLISHED)) {
            *range = (struct range){0, 0, 0};
        }
    }
}

static const struct quantity surplus = {surplus_of_unit, tighten_surplus};

/* Computes the missing of this moment's checkpoints, now that the rolls are known. */
static void note_published(struct planner *planner)
{
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        const struct checkpoint_figures *published = &checkpoint->published;
        if (checkpoint->as_of != time_of(planner, planner->moment)) {
            continue;
        }
        int64_t listed = planner->reg->areas[checkpoint->area].registered;
        int64_t roll = listed + planner->shares[checkpoint->area];
        int64_t voted = published->of[FIGURE_VOTED] != FIGURE_UNPUBLISHED ? published->of[FIGURE_VOTED]
                        : published->of[FIGURE_REMAINING] != FIGURE_UNPUBLISHED
                            ? roll - published->of[FIGURE_REMAINING]
                        : published->of[FIGURE_PERCENT] != FIGURE_UNPUBLISHED
                            ? (roll * published->of[FIGURE_PERCENT] + 5000) / 10000
                            : FIGURE_UNPUBLISHED;
        planner->published[i] = voted < 0 ? FIGURE_UNPUBLISHED : at_least(listed - voted, 0);
    }
}

/* ---- how many are missing ---- */

/* The turnout in the unit's province when it sent this many reports. */
static int64_t turnout_reported(const struct planner *planner, uint32_t unit, uint32_t reports)
{
    uint32_t province = planner->reg->areas[planner->reg->units[unit].commune].parent;
    int64_t lead_s = (int64_t)(demo_chance(CHANCE_OF_LEAD, province) % (2 * LEAD_S_MAX + 1)) - LEAD_S_MAX;
    return demo_day_turnout_at(planner->day, demo_day_report_at(planner->day, reports - 1, unit) + lead_s);
}

/* A unit's figure is as of its report: it may miss some of those who vote by the next moment. */
static struct range missing_of_unit(const struct planner *planner, uint32_t unit)
{
    int64_t listed = planner->reg->units[unit].registered;
    if (planner->reports[unit] == 0) {
        return (struct range){listed, listed, listed};
    }
    if (is_last_moment(planner)) {
        return (struct range){0, listed, listed * demo_chance_skewed(CHANCE_OF_MISSING, unit)};
    }
    int64_t after = planned_at(planner, planner->moment + 1)[unit];
    int64_t turnout = at_least(turnout_reported(planner, unit, planner->reports_after[unit]), 1);
    int64_t wish =
        listed - (listed - after) * turnout_reported(planner, unit, planner->reports[unit]) / turnout;
    return (struct range){after, is_settled(planner, unit) ? after : listed, wish};
}

/* At the end a few communes have most of the missing. Late in the day some communes are complete already. */
static void wish_for_area(const struct planner *planner, uint32_t area, struct range *range)
{
    const struct area *wished = &planner->reg->areas[area];
    uint32_t chance = demo_chance(CHANCE_OF_MISSING, area);
    int64_t turnout = demo_day_turnout_at(planner->day, time_of(planner, planner->moment));
    if (is_last_moment(planner)) {
        range->wish = wished->level == AREA_NATION     ? wished->registered * FINAL_MISSING_PERCENT / 100
                      : wished->level == AREA_PROVINCE ? wished->registered / 1000 * (64 + chance % 256)
                      : chance % 4 < COMPLETE_OF_FOUR  ? 0
                                                       : wished->registered * (1 + chance / 4 % 8);
    } else if (wished->level == AREA_COMMUNE && range->least == 0 &&
               turnout > COMPLETE_FROM + chance % (DAY_WHOLE - COMPLETE_FROM)) {
        range->wish = 0;
    }
}

/* This many communes of the province were published as complete by then; exactly this many at the moment of the
 * publication. */
static void tighten_commune(const struct planner *planner, const struct checkpoint *checkpoint,
                            uint32_t commune, struct range *range)
{
    if (planner->ranks[commune] < checkpoint->published.of[FIGURE_COMMUNES_COMPLETE]) {
        range->most = range->least;
    } else if (checkpoint->as_of == time_of(planner, planner->moment)) {
        range->least = at_most(at_least(range->least, 1), range->most);
    }
}

/* After a moment at which some communes were found to lack somebody: as many more were missing then. */
static int64_t count_lacking(const struct planner *planner, const struct checkpoint *checkpoint)
{
    bool is_over = checkpoint->as_of < time_of(planner, planner->moment);
    int64_t complete = checkpoint->published.of[FIGURE_COMMUNES_COMPLETE];
    return is_over && complete != FIGURE_UNPUBLISHED
               ? planner->reg->areas[checkpoint->area].children - complete
               : 0;
}

static void tighten_missing(const struct planner *planner, uint32_t area, struct range *range)
{
    int64_t moment = time_of(planner, planner->moment);
    const struct area *tightened = &planner->reg->areas[area];
    wish_for_area(planner, area, range);
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        if (checkpoint->as_of > moment) {
            continue; /* that holds already: a unit has no more voters than at the moment after */
        }
        if (tightened->level == AREA_COMMUNE && checkpoint->area == tightened->parent &&
            checkpoint->published.of[FIGURE_COMMUNES_COMPLETE] != FIGURE_UNPUBLISHED) {
            tighten_commune(planner, checkpoint, area, range);
        }
        if (checkpoint->area == area && planner->published[i] != FIGURE_UNPUBLISHED) {
            int64_t most = planner->published[i] - count_lacking(planner, checkpoint);
            range->most = at_least(at_most(range->most, most), range->least);
            range->least = checkpoint->as_of == moment ? range->most : range->least;
        }
    }
}

static const struct quantity missing = {missing_of_unit, tighten_missing};

/* ---- distributing ---- */

/* Children have higher indices than their parents. */
static void set_ranges(struct planner *planner)
{
    const struct quantity *quantity = planner->quantity;
    for (uint32_t i = planner->reg->area_count; i > 0; i--) {
        const struct area *area = &planner->reg->areas[i - 1];
        struct range sum = {0, 0, 0};
        for (uint32_t child = area->first_child; child < area->first_child + area->children; child++) {
            struct range added =
                area->level == AREA_COMMUNE ? quantity->of_unit(planner, child) : planner->ranges[child];
            sum = (struct range){sum.least + added.least, sum.most + added.most, sum.wish + added.wish};
        }
        quantity->tighten(planner, i - 1, &sum);
        planner->ranges[i - 1] = sum;
    }
}

static void share_out(struct planner *planner, const struct area *area, int64_t share)
{
    bool of_units = area->level == AREA_COMMUNE;
    struct apportion_part *parts = memory_new_array(area->children, sizeof *parts);
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t child = area->first_child + i;
        struct range range = of_units ? planner->quantity->of_unit(planner, child) : planner->ranges[child];
        int64_t pace =
            100 - PACE_SPREAD / 2 + demo_chance(CHANCE_OF_PACE + planner->moment, child) % (PACE_SPREAD + 1);
        parts[i] = (struct apportion_part){
            .weight = apportion_weight(range.wish * pace), .least = range.least, .most = range.most};
    }
    (void)apportion(share, parts, area->children);
    for (uint32_t i = 0; i < area->children; i++) {
        if (of_units) {
            planned_at(planner, planner->moment)[area->first_child + i] = (int32_t)parts[i].given;
        } else {
            planner->shares[area->first_child + i] = parts[i].given;
        }
    }
    free(parts);
}

static void plan_moment(struct planner *planner)
{
    const struct election_register *reg = planner->reg;
    for (uint32_t unit = 0; unit < reg->unit_count; unit++) {
        planner->reports_after[unit] = planner->reports[unit];
        planner->reports[unit] = demo_day_reports_by(planner->day, unit, time_of(planner, planner->moment));
    }
    set_ranges(planner);
    const struct range *range = &planner->ranges[REGISTER_NATION];
    planner->shares[REGISTER_NATION] = at_least(at_most(range->wish, range->most), range->least);
    for (uint32_t area = 0; area < reg->area_count; area++) {
        share_out(planner, &reg->areas[area], planner->shares[area]);
    }
}

/* ---- all of it ---- */

/* Ranks the communes of a province at random; those known to be incomplete at the end come later, and those without
 * voters, which are never complete, last. */
static void rank_communes(struct planner *planner)
{
    const struct election_register *reg = planner->reg;
    uint64_t *keys = memory_new_array(reg->area_count, sizeof keys[0]);
    for (uint32_t area = 0; area < reg->area_count; area++) {
        uint64_t standing = reg->areas[area].registered == 0 ? 2 : 0;
        for (size_t i = 0; i < planner->checkpoints->count; i++) {
            standing = planner->checkpoints->rows[i].area == area && planner->published[i] > 0 ? 1 : standing;
        }
        keys[area] = standing << 62 | (uint64_t)(demo_chance(CHANCE_OF_RANK, area) >> 2) << 32 | area;
    }
    demo_sort(keys, reg->area_count);
    uint32_t *ranked = memory_new_array(reg->area_count, sizeof ranked[0]); /* [province] */
    for (uint32_t i = 0; i < reg->area_count; i++) {
        uint32_t area = (uint32_t)keys[i];
        if (reg->areas[area].level == AREA_COMMUNE) {
            planner->ranks[area] = ranked[reg->areas[area].parent]++;
        }
    }
    free(ranked);
    free(keys);
}

void demo_figures_plan(const struct demo_day *day, const struct election_register *reg,
                       const struct checkpoints *checkpoints, struct demo_figures *ret_figures)
{
    size_t standings = (size_t)day->moment_count * reg->unit_count;
    struct planner planner = {.day = day, .reg = reg, .checkpoints = checkpoints, .quantity = &surplus};
    ret_figures->missing = memory_new_array(standings, sizeof ret_figures->missing[0]);
    ret_figures->surplus = memory_new_array(standings, sizeof ret_figures->surplus[0]);
    planner.reports = memory_new_array(reg->unit_count, sizeof planner.reports[0]);
    planner.reports_after = memory_new_array(reg->unit_count, sizeof planner.reports_after[0]);
    planner.ranges = memory_new_array(reg->area_count, sizeof planner.ranges[0]);
    planner.shares = memory_new_array(reg->area_count, sizeof planner.shares[0]);
    planner.published = memory_new_array(checkpoints->count + 1, sizeof planner.published[0]);
    planner.ranks = memory_new_array(reg->area_count, sizeof planner.ranks[0]);

    planner.planned = ret_figures->surplus;
    for (planner.moment = day->moment_count; planner.moment-- > 0;) {
        plan_moment(&planner);
        note_published(&planner);
    }
    rank_communes(&planner);
    planner.quantity = &missing;
    planner.planned = ret_figures->missing;
    for (planner.moment = day->moment_count; planner.moment-- > 0;) {
        plan_moment(&planner);
    }

    free(planner.reports);
    free(planner.reports_after);
    free(planner.ranges);
    free(planner.shares);
    free(planner.published);
    free(planner.ranks);
}

void demo_figures_done(struct demo_figures *figures)
{
    free(figures->missing);
    free(figures->surplus);
}
