/* The roll moves on election day: voters are added where they turn up, and struck off again where they stood on two
 * lists. So each wave's roll is the list and a surplus, shared out from the nation down to the units. */
#include "demo/demo_rolls.h"

#include <stdbool.h>
#include <stdlib.h>

#include <turnout/base/memory.h>

#include "demo/demo_chance.h"
#include "register/apportion.h"

/* By how much the nation's roll is longer than the list when it is longest. */
enum { SURPLUS_HIGHEST_PER_100K = 110 };

struct planner {
    const struct demo_day *day;
    const struct election_register *reg;
    const struct checkpoints *checkpoints;
    struct demo_wave *waves;
    int64_t *rolls;               /* [wave * areas + area] */
    int64_t *surpluses;           /* [area]: of the wave at hand */
    struct apportion_part *parts; /* for one area's children at a time */
};

/* Whether the roll of a province has to stay as listed: it was published, or communes were found complete. */
static bool roll_is_fixed(const struct planner *planner, uint32_t province)
{
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        bool tells = checkpoint->published.registered != FIGURE_UNPUBLISHED ||
                     checkpoint->published.communes_complete != FIGURE_UNPUBLISHED;
        if (tells && checkpoint->area == province) {
            return true;
        }
    }
    return false;
}

static int64_t nation_surplus(const struct planner *planner, uint32_t wave)
{
    int64_t listed = planner->reg->areas[REGISTER_NATION].registered;
    for (size_t i = 0; i < planner->checkpoints->count; i++) {
        const struct checkpoint *checkpoint = &planner->checkpoints->rows[i];
        if (checkpoint->area == REGISTER_NATION && checkpoint->published.registered != FIGURE_UNPUBLISHED &&
            demo_day_wave_at(planner->day, checkpoint->as_of) == wave) {
            int64_t surplus = checkpoint->published.registered - listed;
            return surplus > 0 ? surplus : 0;
        }
    }
    int64_t highest = listed * SURPLUS_HIGHEST_PER_100K / 100000;
    return highest * demo_day_surplus_at(planner->day, planner->day->rounds[wave]) / DAY_WHOLE;
}

/* An area's roll grows by at most so much: less than its children's together, whose shares are rounded down. */
static int64_t surplus_most(const struct area *area)
{
    return area->registered / (area->level == AREA_PROVINCE ? 100 : 50);
}

static void plan_unit_rolls(struct planner *planner, uint32_t commune, uint32_t wave, int64_t surplus)
{
    const struct area *area = &planner->reg->areas[commune];
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t unit = area->first_child + i;
        int64_t listed = planner->reg->units[unit].registered;
        planner->parts[i] = (struct apportion_part){
            .weight = apportion_weight(listed * demo_chance_skewed(CHANCE_OF_SURPLUS, unit)),
            .most = listed / 20};
    }
    surplus = apportion(surplus, planner->parts, area->children);
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t unit = area->first_child + i;
        planner->waves[wave].registered[unit] =
            (int32_t)(planner->reg->units[unit].registered + planner->parts[i].given);
    }
    int64_t *rolls = planner->rolls + (size_t)wave * planner->reg->area_count;
    rolls[commune] = area->registered + surplus;
    rolls[area->parent] += rolls[commune];
    rolls[REGISTER_NATION] += rolls[commune];
}

/* Shares an area's surplus among its children and keeps the shares. */
static void share_surplus(struct planner *planner, uint32_t parent, int64_t surplus)
{
    const struct area *area = &planner->reg->areas[parent];
    for (uint32_t i = 0; i < area->children; i++) {
        const struct area *child = &planner->reg->areas[area->first_child + i];
        bool is_fixed = child->level == AREA_PROVINCE && roll_is_fixed(planner, area->first_child + i);
        planner->parts[i] = (struct apportion_part){.weight = apportion_weight(child->registered),
                                                    .most = is_fixed ? 0 : surplus_most(child)};
    }
    (void)apportion(surplus, planner->parts, area->children);
    for (uint32_t i = 0; i < area->children; i++) {
        planner->surpluses[area->first_child + i] = planner->parts[i].given;
    }
}

uint32_t demo_children_most(const struct election_register *reg)
{
    uint32_t most = 1;
    for (uint32_t area = 0; area < reg->area_count; area++) {
        most = reg->areas[area].children > most ? reg->areas[area].children : most;
    }
    return most;
}

static void plan_wave(struct planner *planner, uint32_t wave)
{
    const struct election_register *reg = planner->reg;
    share_surplus(planner, REGISTER_NATION, nation_surplus(planner, wave));
    for (uint32_t province = 1; province <= reg->province_count; province++) {
        share_surplus(planner, province, planner->surpluses[province]);
    }
    for (uint32_t commune = reg->province_count + 1; commune < reg->area_count; commune++) {
        plan_unit_rolls(planner, commune, wave, planner->surpluses[commune]);
    }
}

void demo_rolls_plan(const struct demo_day *day, const struct election_register *reg,
                     const struct checkpoints *checkpoints, struct demo_wave *waves, int64_t *ret_rolls)
{
    struct planner planner = {.day = day, .reg = reg, .checkpoints = checkpoints, .waves = waves};
    planner.rolls = ret_rolls;
    planner.surpluses = memory_new_array(reg->area_count, sizeof planner.surpluses[0]);
    planner.parts = memory_new_array(demo_children_most(reg), sizeof planner.parts[0]);
    for (uint32_t wave = 0; wave < day->wave_count; wave++) {
        plan_wave(&planner, wave);
    }
    free(planner.surpluses);
    free(planner.parts);
}
