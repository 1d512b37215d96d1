/* Seeds and figures. */
#include "fault_cycles.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>
#include <turnout/base/text.h>

/* A variable of the environment. */
struct variable {
    const char *name;
    bool is_read;
    bool is_set;
    uint64_t number;
};

static struct variable seed = {.name = "TURNOUT_SEED"};
static struct variable count = {.name = "TURNOUT_CYCLES"};

/* Takes it out of the environment: turnoutd would take it for a setting. */
static bool is_set(struct variable *variable)
{
    const char *text = variable->is_read ? NULL : getenv(variable->name);
    variable->is_read = true;
    if (text != NULL) {
        variable->is_set = text_parse_unsigned(slice_of(text), UINT64_MAX, &variable->number);
        ck_assert_msg(variable->is_set, "%s is no number", variable->name);
        ck_assert_int_eq(unsetenv(variable->name), 0);
    }
    return variable->is_set;
}

struct fault_cycles fault_cycles_of(const char *name, uint64_t short_count)
{
    struct fault_cycles cycles = {.name = name};
    cycles.first_seed = is_set(&seed) ? seed.number : randombytes_uniform(1000000000);
    cycles.count = is_set(&count) ? count.number : is_set(&seed) ? 1 : short_count;
    return cycles;
}

bool fault_cycles_next(struct fault_cycles *cycles)
{
    if (cycles->done == cycles->count) {
        return false;
    }
    cycles->seed = cycles->first_seed + cycles->done++;
    cycles->figures.cycles++;
    (void)printf("%s: seed %" PRIu64 "\n", cycles->name, cycles->seed);
    (void)fflush(stdout);
    return true;
}

bool fault_cycles_are_long(void)
{
    return is_set(&count);
}

void fault_cycles_end_lossy(const struct fault_cycles *cycles)
{
    const struct fault_figures *figures = &cycles->figures;
    (void)printf("figures %s cycles=%" PRIu64 " sent=%" PRIu64 " acknowledged=%" PRIu64 " stored=%" PRIu64
                 " again=%" PRIu64 " lost=%" PRIu64 " doubled=%" PRIu64 " seeds=%" PRIu64 "-%" PRIu64 "\n",
                 cycles->name, figures->cycles, figures->sent, figures->acknowledged, figures->stored,
                 figures->unanswered, figures->lost, figures->doubled, cycles->first_seed,
                 cycles->first_seed + cycles->count - 1);
    (void)fflush(stdout);
    ck_assert_uint_eq(figures->doubled, 0);
}

void fault_cycles_end(const struct fault_cycles *cycles)
{
    fault_cycles_end_lossy(cycles);
    ck_assert_uint_eq(cycles->figures.lost, 0);
    ck_assert_uint_gt(cycles->figures.acknowledged, 0);
}
