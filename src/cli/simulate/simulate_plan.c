/* The simulation's reports. They depend only on the seed, the unit and the round, not on the order of calls. */
#include "simulate/simulate_plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

/* SplitMix64 (Steele, Lea, Flood 2014): a few multiplications a number, and every seed is equally good. */
static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9e3779b97f4a7c15U;
    return mix(*state);
}

/* 0 .. below - 1; the bias is below one in 2^32, since `below` is a number of units. */
static uint32_t next_below(uint64_t *state, uint32_t below)
{
    return (uint32_t)(((next_random(state) >> 32) * below) >> 32);
}

static void shuffle(uint32_t *order, uint32_t count, uint64_t *random)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t other = next_below(random, i);
        uint32_t held = order[i - 1];
        order[i - 1] = order[other];
        order[other] = held;
    }
}

void simulate_plan_restart(struct simulate_plan *plan)
{
    plan->random = mix(plan->seed);
    plan->round = 1;
    plan->position = 0;
    for (uint32_t i = 0; i < plan->reg->unit_count; i++) {
        plan->order[i] = i;
    }
    shuffle(plan->order, plan->reg->unit_count, &plan->random);
}

void simulate_plan_init(struct simulate_plan *plan, const struct election *election,
                        const struct election_register *reg, uint32_t units, uint32_t rounds, uint64_t seed,
                        int64_t now)
{
    assert(rounds >= 1 && rounds <= SIMULATE_ROUNDS_MAX && now >= election->opens &&
           units <= reg->unit_count);
    *plan = (struct simulate_plan){
        .election = election,
        .reg = reg,
        .seed = seed,
        .rounds = rounds,
        .from = election->opens,
        .until = now < election->closes ? now : election->closes,
    };
    plan->order = memory_new_array(reg->unit_count, sizeof *plan->order);
    simulate_plan_restart(plan);
    plan->unit_count = units == 0 ? reg->unit_count : units;
}

void simulate_plan_done(struct simulate_plan *plan)
{
    free(plan->order);
    *plan = (struct simulate_plan){0};
}

uint64_t simulate_plan_total(const struct simulate_plan *plan)
{
    return (uint64_t)plan->unit_count * plan->rounds;
}

uint32_t simulate_plan_peek(const struct simulate_plan *plan)
{
    return plan->round > plan->rounds || plan->unit_count == 0 ? REGISTER_NONE : plan->order[plan->position];
}

/* The final count is between 60 and 100 % of the roll, reached in equal steps. */
static int32_t voted_of(const struct simulate_plan *plan, const struct unit *unit, uint64_t random)
{
    uint64_t in_the_end = (uint64_t)unit->registered * (6000 + random % 4001) / 10000;
    return (int32_t)(in_the_end * plan->round / plan->rounds);
}

/* A count of round r is at a random time in the r-th part of the day, so a unit's times never go back. */
static int64_t as_of_of(const struct simulate_plan *plan, uint64_t random)
{
    uint64_t span_s = (uint64_t)(plan->until - plan->from);
    uint64_t start = span_s * (plan->round - 1) / plan->rounds;
    uint64_t end = span_s * plan->round / plan->rounds;
    return plan->from + (int64_t)(start + random % (end - start + 1));
}

void simulate_plan_take(struct simulate_plan *plan, struct report *report)
{
    uint32_t index = simulate_plan_peek(plan);
    assert(index != REGISTER_NONE);
    const struct unit *unit = &plan->reg->units[index];
    uint64_t of_unit = mix(plan->seed ^ mix(index));
    (void)slice_copy(slice_of(plan->election->id), report->election, sizeof report->election);
    (void)slice_copy(slice_of(unit->code), report->unit, sizeof report->unit);
    report->seq = (int32_t)plan->round;
    report->as_of = as_of_of(plan, mix(of_unit + plan->round));
    rfc3339_format(report->as_of, plan->election->offset_s, report->as_of_text);
    report->voted = voted_of(plan, unit, of_unit);
    report->test = true;
    plan->position++;
    if (plan->position == plan->unit_count) {
        plan->position = 0;
        plan->round++;
        shuffle(plan->order, plan->unit_count, &plan->random);
    }
}
