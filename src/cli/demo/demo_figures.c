/* Works backwards: first the last wave, then each wave before it with the one after as its ceiling, so that a count
 * never falls. Within a wave it works downwards: the nation's voters are shared out among the provinces, a
 * province's among its communes, a commune's among its units. What was published enters as floors and ceilings;
 * where nothing was, a curve and a bit of chance stand in. */
#include "demo/demo_figures.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

#include "demo/demo_chance.h"
#include "demo/demo_rolls.h"
#include "register/apportion.h"

enum {
    FINAL_TURNOUT_PERCENT = 99, /* where the nation's last figure was not published */
    LEAD_S_MAX = 20 * 60,       /* a province is at most this much ahead of the nation or behind it */
    INCOMPLETE_SPREAD = 40,     /* the higher, the more communes share what is missing at the end */
    COMMUNE_PACE_SPREAD = 100,  /* thousandths between the keenest commune and the slowest, each wave */
    UNIT_PACE_SPREAD = 20,      /* hundredths, likewise for units */
};

struct planner {
    const struct demo_day *day;
    const struct election_register *reg;
    const struct checkpoints *checkpoints;
    struct demo_wave *waves;
    int64_t *rolls;       /* [wave * areas + area] */
    int64_t *voted;       /* [area]: of the wave planned last, the one after the wave at hand */
    int64_t *final_voted; /* [area]: of the last wave */
    int64_t *targets;     /* [area]: of the wave at hand */
    uint32_t *ranks;      /* [area]: a commune's place among those of its province, 0 for the keenest */
    struct apportion_part *parts; /* for one area's children at a time */
};

static int64_t at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t at_least(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* ---- What the checkpoints ask for ---- */

/* How many had voted in the checkpoint's area; FIGURE_UNPUBLISHED where it does not tell. */
static int64_t voted_at_checkpoint(const struct planner *planner, const struct checkpoint *checkpoint)
{
    const struct checkpoint_figures *published = &checkpoint->published;
    size_t wave = demo_day_wave_at(planner->day, checkpoint->as_of);
    int64_t roll = planner->rolls[wave * planner->reg->area_count + checkpoint->area];
    if (published->voted != FIGURE_UNPUBLISHED) {
        return published->voted;
    }
    if (published->remaining != FIGURE_UNPUBLISHED) {
        return at_least(roll - published->remaining, 0);
    }
    if (published->percent != FIGURE_UNPUBLISHED) {
        return (roll * published->percent + 5000) / 10000;
    }
    return FIGURE_UNPUBLISHED;
}

/* The same for an area at the end of a wave. */
static int64_t voted_published(const struct planner *planner, uint32_t area, uint32_t wave)
{
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        if (checkpoint->area == area && demo_day_wave_at(planner->day, checkpoint->as_of) == wave) {
            int64_t voted = voted_at_checkpoint(planner, checkpoint);
            if (voted != FIGURE_UNPUBLISHED) {
                return voted;
            }
        }
    }
    return FIGURE_UNPUBLISHED;
}

/* The most communes of a province that had to be complete by the end of a wave; 0 when nothing is known. */
static int64_t complete_by(const struct planner *planner, uint32_t province, uint32_t wave)
{
    int64_t most = 0;
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        if (checkpoint->area == province && demo_day_wave_at(planner->day, checkpoint->as_of) <= wave) {
            most = at_least(most, checkpoint->published.communes_complete);
        }
    }
    return most;
}

/* How many of them, exactly, at the end of that wave; FIGURE_UNPUBLISHED when nothing is known. */
static int64_t complete_at(const struct planner *planner, uint32_t province, uint32_t wave)
{
    int64_t complete = FIGURE_UNPUBLISHED;
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        if (checkpoint->area == province && demo_day_wave_at(planner->day, checkpoint->as_of) == wave) {
            complete = at_least(complete, checkpoint->published.communes_complete);
        }
    }
    return complete;
}

/* ---- Provinces ---- */

static int64_t lead_s(uint32_t area)
{
    if (area == REGISTER_NATION) {
        return 0;
    }
    return (int64_t)(demo_chance(CHANCE_OF_LEAD, area) % (2 * LEAD_S_MAX + 1)) - LEAD_S_MAX;
}

struct anchor {
    int64_t moment;
    int64_t voted;
};

/* How many have voted in a province or the nation at a moment: the day's curve, bent to go through what was
 * published of it. */
static int64_t voted_on_curve(const struct planner *planner, uint32_t area, int64_t moment)
{
    struct anchor before = {planner->day->opens, 0};
    struct anchor after = {planner->day->last, planner->final_voted[area]};
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        int64_t voted = voted_at_checkpoint(planner, checkpoint);
        if (checkpoint->area != area || voted == FIGURE_UNPUBLISHED) {
            continue;
        }
        if (checkpoint->as_of <= moment && checkpoint->as_of >= before.moment) {
            before = (struct anchor){checkpoint->as_of, voted};
        }
        if (checkpoint->as_of >= moment && checkpoint->as_of < after.moment) {
            after = (struct anchor){checkpoint->as_of, voted};
        }
    }
    int64_t lead = lead_s(area);
    int64_t from = demo_day_turnout_at(planner->day, before.moment + lead);
    int64_t to = demo_day_turnout_at(planner->day, after.moment + lead);
    if (to == from) {
        return before.voted;
    }
    int64_t along = demo_day_turnout_at(planner->day, moment + lead) - from;
    return before.voted + (after.voted - before.voted) * along / (to - from);
}

/* Between which counts a province can end a wave, for every published figure before and after to be reached. */
static void bound_province(const struct planner *planner, uint32_t province, uint32_t wave,
                           struct apportion_part *part)
{
    part->least = 0;
    part->most = planner->voted[province];
    for (uint32_t other = 0; other < planner->day->wave_count; other++) {
        int64_t published = voted_published(planner, province, other);
        if (published == FIGURE_UNPUBLISHED) {
            continue;
        }
        if (other <= wave) {
            part->least = at_least(part->least, published);
        }
        if (other >= wave) {
            part->most = at_most(part->most, published);
        }
    }
    part->least = at_most(part->least, part->most);
}

/* How many are missing at the end in the communes of a province of which that was published; the others have so many
 * voters that could be. */
static int64_t missing_published(const struct planner *planner, uint32_t province, int64_t *ret_others)
{
    const struct area *area = &planner->reg->areas[province];
    int64_t missing = 0;
    *ret_others = 0;
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t commune = area->first_child + i;
        int64_t listed = planner->reg->areas[commune].registered;
        int64_t voted = voted_published(planner, commune, planner->day->wave_count - 1);
        if (voted == FIGURE_UNPUBLISHED) {
            *ret_others += listed;
        } else {
            missing += at_least(listed - voted, 0);
        }
    }
    return missing;
}

/* The last wave: what is shared out is those who stayed away. */
static void plan_provinces_last(struct planner *planner, uint32_t wave)
{
    const struct election_register *reg = planner->reg;
    int64_t listed = reg->areas[REGISTER_NATION].registered;
    int64_t voted = voted_published(planner, REGISTER_NATION, wave);
    if (voted == FIGURE_UNPUBLISHED) {
        voted = listed * FINAL_TURNOUT_PERCENT / 100;
    }
    for (uint32_t i = 0; i < reg->province_count; i++) {
        struct apportion_part *part = &planner->parts[i];
        struct apportion_part present;
        int64_t others;
        int64_t roll = reg->areas[1 + i].registered;
        int64_t missing = missing_published(planner, 1 + i, &others);
        bound_province(planner, 1 + i, wave, &present);
        *part = (struct apportion_part){
            .weight = apportion_weight(roll / 1000 * (64 + demo_chance(CHANCE_OF_MISSING, 1 + i) % 256)),
            .least = at_least(roll - present.most, missing),
            .most = at_most(roll - present.least, missing + others)};
        part->least = at_most(part->least, part->most);
    }
    (void)apportion(listed - voted, planner->parts, reg->province_count);
    for (uint32_t i = 0; i < reg->province_count; i++) {
        planner->targets[1 + i] = reg->areas[1 + i].registered - planner->parts[i].given;
    }
}

static void plan_provinces(struct planner *planner, uint32_t wave)
{
    uint32_t province_count = planner->reg->province_count;
    int64_t voted = voted_published(planner, REGISTER_NATION, wave);
    if (voted == FIGURE_UNPUBLISHED) {
        voted = voted_on_curve(planner, REGISTER_NATION, planner->day->rounds[wave]);
    }
    for (uint32_t i = 0; i < province_count; i++) {
        struct apportion_part *part = &planner->parts[i];
        bound_province(planner, 1 + i, wave, part);
        part->weight =
            apportion_weight(voted_on_curve(planner, 1 + i, demo_day_end(planner->day, 1 + i, wave)));
    }
    (void)apportion(voted, planner->parts, province_count);
    for (uint32_t i = 0; i < province_count; i++) {
        planner->targets[1 + i] = planner->parts[i].given;
    }
}

/* ---- Communes ---- */

/* Ranks a province's communes by chance, but those of whom some are known to be missing at the end behind all
 * others, and those without voters, who are never complete, last. */
static void rank_communes(struct planner *planner, uint32_t province)
{
    const struct area *area = &planner->reg->areas[province];
    uint64_t *keys = memory_new_array(area->children, sizeof keys[0]);
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t commune = area->first_child + i;
        int64_t listed = planner->reg->areas[commune].registered;
        int64_t voted = voted_published(planner, commune, planner->day->wave_count - 1);
        uint64_t standing = 0;
        if (listed == 0) {
            standing = 2;
        } else if (voted != FIGURE_UNPUBLISHED && voted < listed) {
            standing = 1;
        }
        keys[i] = standing << 62 | (uint64_t)(demo_chance(CHANCE_OF_RANK, commune) >> 2) << 32 | commune;
    }
    demo_sort(keys, area->children);
    for (uint32_t i = 0; i < area->children; i++) {
        planner->ranks[(uint32_t)keys[i]] = i;
    }
    free(keys);
}

/* How many communes of a province lack somebody at the end, when `missing` are missing in all: those published, and
 * as many more as the rest is spread over. `with_voters` are the communes that have any. */
static int64_t count_incomplete(const struct planner *planner, uint32_t province, uint32_t wave,
                                int64_t missing, int64_t *ret_with_voters)
{
    const struct area *area = &planner->reg->areas[province];
    int64_t with_voters = 0;
    int64_t published = 0;
    int64_t loose = missing;
    for (uint32_t i = 0; i < area->children; i++) {
        int64_t listed = planner->reg->areas[area->first_child + i].registered;
        int64_t voted = voted_published(planner, area->first_child + i, wave);
        with_voters += listed > 0;
        if (voted != FIGURE_UNPUBLISHED && voted < listed) {
            published++;
            loose -= listed - voted;
        }
    }
    *ret_with_voters = with_voters;
    int64_t complete = complete_at(planner, province, wave);
    if (complete != FIGURE_UNPUBLISHED) {
        return with_voters - complete;
    }
    int64_t more = 1 + with_voters * INCOMPLETE_SPREAD * missing / at_least(area->registered, 1);
    more = at_most(more, with_voters - published - complete_by(planner, province, wave));
    return published + at_least(at_most(more, loose), 0);
}

static void plan_communes_last(struct planner *planner, uint32_t province, uint32_t wave)
{
    const struct area *area = &planner->reg->areas[province];
    int64_t missing = area->registered - planner->targets[province];
    int64_t with_voters;
    int64_t incomplete = count_incomplete(planner, province, wave, missing, &with_voters);
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t commune = area->first_child + i;
        int64_t listed = planner->reg->areas[commune].registered;
        int64_t voted = voted_published(planner, commune, wave);
        bool is_complete = listed == 0 || planner->ranks[commune] < with_voters - incomplete;
        struct apportion_part part = {.least = is_complete ? 0 : 1, .most = is_complete ? 0 : listed};
        if (voted != FIGURE_UNPUBLISHED) {
            part.least = part.most = at_least(listed - voted, 0);
        }
        part.weight = apportion_weight(listed * (1 + demo_chance(CHANCE_OF_MISSING, commune) % 8));
        planner->parts[i] = part;
    }
    (void)apportion(missing, planner->parts, area->children);
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t commune = area->first_child + i;
        planner->targets[commune] = planner->reg->areas[commune].registered - planner->parts[i].given;
    }
}

static void plan_communes(struct planner *planner, uint32_t province, uint32_t wave)
{
    const struct area *area = &planner->reg->areas[province];
    int64_t must_be_complete = complete_by(planner, province, wave);
    bool others_must_not = complete_at(planner, province, wave) != FIGURE_UNPUBLISHED;
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t commune = area->first_child + i;
        int64_t voted = planner->voted[commune];
        int64_t rank = planner->ranks[commune];
        int64_t pace = 1000 + COMMUNE_PACE_SPREAD / 2 - COMMUNE_PACE_SPREAD * rank / area->children;
        struct apportion_part part = {.weight = apportion_weight(voted * pace), .most = voted};
        if (rank < must_be_complete) {
            part.least = voted;
        } else if (others_must_not) {
            part.most = at_least(at_most(voted, planner->reg->areas[commune].registered - 1), 0);
        }
        planner->parts[i] = part;
    }
    (void)apportion(planner->targets[province], planner->parts, area->children);
    for (uint32_t i = 0; i < area->children; i++) {
        planner->targets[area->first_child + i] = planner->parts[i].given;
    }
}

/* ---- Units ---- */

static void plan_units_last(struct planner *planner, uint32_t commune, uint32_t wave)
{
    const struct area *area = &planner->reg->areas[commune];
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t unit = area->first_child + i;
        int64_t listed = planner->reg->units[unit].registered;
        planner->parts[i] = (struct apportion_part){
            .weight = apportion_weight(listed * demo_chance_skewed(CHANCE_OF_MISSING, unit)), .most = listed};
    }
    (void)apportion(area->registered - planner->targets[commune], planner->parts, area->children);
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t unit = area->first_child + i;
        planner->waves[wave].voted[unit] =
            (int32_t)(planner->reg->units[unit].registered - planner->parts[i].given);
    }
}

/* A unit that counts early in the wave has had fewer voters by then. */
static void plan_units(struct planner *planner, uint32_t commune, uint32_t wave)
{
    const struct area *area = &planner->reg->areas[commune];
    const struct demo_wave *now = &planner->waves[wave];
    const struct demo_wave *after = &planner->waves[wave + 1];
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t unit = area->first_child + i;
        int64_t turnout = demo_day_turnout_at(planner->day, planner->day->opens + now->as_of_s[unit]);
        uint32_t chance = demo_chance(CHANCE_OF_PACE + wave, unit) % (UNIT_PACE_SPREAD + 1);
        int64_t pace = 100 - UNIT_PACE_SPREAD / 2 + (int64_t)chance;
        planner->parts[i] =
            (struct apportion_part){.weight = apportion_weight(after->voted[unit] * pace * (turnout / 256)),
                                    .most = after->voted[unit]};
    }
    (void)apportion(planner->targets[commune], planner->parts, area->children);
    for (uint32_t i = 0; i < area->children; i++) {
        now->voted[area->first_child + i] = (int32_t)planner->parts[i].given;
    }
}

/* ---- All of it ---- */

/* Adds up what the units came to; it differs from the targets where bounds forbade them. */
static void add_up(struct planner *planner, uint32_t wave)
{
    const struct election_register *reg = planner->reg;
    memset(planner->voted, 0, reg->area_count * sizeof planner->voted[0]);
    for (uint32_t unit = 0; unit < reg->unit_count; unit++) {
        uint32_t commune = reg->units[unit].commune;
        planner->voted[commune] += planner->waves[wave].voted[unit];
        planner->voted[reg->areas[commune].parent] += planner->waves[wave].voted[unit];
        planner->voted[REGISTER_NATION] += planner->waves[wave].voted[unit];
    }
}

static void plan_last_wave(struct planner *planner)
{
    const struct election_register *reg = planner->reg;
    uint32_t wave = planner->day->wave_count - 1;
    for (uint32_t area = 0; area < reg->area_count; area++) {
        planner->voted[area] = reg->areas[area].registered;
    }
    plan_provinces_last(planner, wave);
    for (uint32_t province = 1; province <= reg->province_count; province++) {
        rank_communes(planner, province);
        plan_communes_last(planner, province, wave);
    }
    for (uint32_t commune = reg->province_count + 1; commune < reg->area_count; commune++) {
        plan_units_last(planner, commune, wave);
    }
    add_up(planner, wave);
    memcpy(planner->final_voted, planner->voted, reg->area_count * sizeof planner->voted[0]);
}

static void plan_wave(struct planner *planner, uint32_t wave)
{
    const struct election_register *reg = planner->reg;
    plan_provinces(planner, wave);
    for (uint32_t province = 1; province <= reg->province_count; province++) {
        plan_communes(planner, province, wave);
    }
    for (uint32_t commune = reg->province_count + 1; commune < reg->area_count; commune++) {
        plan_units(planner, commune, wave);
    }
    add_up(planner, wave);
}

void demo_figures_plan(const struct demo_day *day, const struct election_register *reg,
                       const struct checkpoints *checkpoints, struct demo_wave *waves)
{
    struct planner planner = {.day = day, .reg = reg, .checkpoints = checkpoints, .waves = waves};
    planner.rolls = memory_new_array((size_t)day->wave_count * reg->area_count, sizeof planner.rolls[0]);
    planner.voted = memory_new_array(reg->area_count, sizeof planner.voted[0]);
    planner.final_voted = memory_new_array(reg->area_count, sizeof planner.final_voted[0]);
    planner.targets = memory_new_array(reg->area_count, sizeof planner.targets[0]);
    planner.ranks = memory_new_array(reg->area_count, sizeof planner.ranks[0]);
    planner.parts = memory_new_array(demo_children_most(reg), sizeof planner.parts[0]);
    demo_rolls_plan(day, reg, checkpoints, waves, planner.rolls);
    plan_last_wave(&planner);
    for (uint32_t wave = day->wave_count - 1; wave-- > 0;) {
        plan_wave(&planner, wave);
    }
    free(planner.rolls);
    free(planner.voted);
    free(planner.final_voted);
    free(planner.targets);
    free(planner.ranks);
    free(planner.parts);
}
