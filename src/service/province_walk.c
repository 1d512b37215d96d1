/* Reading provinces as they stand, one after the other, so that no answer of Redis is awaited beside another. */
#include <turnout/service/committee.h>

#include <stdlib.h>

#include <turnout/base/memory.h>

#include "committee_private.h"
#include "province_check.h"

struct province_walk {
    struct committee *committee;
    uint32_t province; /* being asked for */
    uint32_t last;
    struct area_figures *areas; /* one an area of the register */
    committee_figures_fn *on_figures;
    void *context;
};

static void ask(struct province_walk *walk);

static void end(struct province_walk *walk, enum turnout_error error, const char *why)
{
    figures_sum_nation(walk->committee->options.reg, walk->areas);
    walk->on_figures(walk->context, error, why, error == TURNOUT_OK ? walk->areas : NULL);
    free(walk->areas);
    free(walk);
}

/* A province that does not add up is left as it began: under verification. */
static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct province_walk *walk = context;
    const struct election_register *reg = walk->committee->options.reg;
    struct error fault;
    if (error == TURNOUT_UNAVAILABLE) {
        end(walk, error, why);
        return;
    }
    if (error == TURNOUT_OK && province_check(reg, NULL, province, &fault) == TURNOUT_OK) {
        (void)province_take(reg, province, walk->areas); /* they were empty */
    }
    if (walk->province == walk->last) {
        end(walk, TURNOUT_OK, "");
        return;
    }
    walk->province++;
    ask(walk);
}

static void ask(struct province_walk *walk)
{
    store_read_province(walk->committee->options.store, walk->province, NULL, on_province, walk);
}

void committee_read_figures(struct committee *committee, uint32_t area, committee_figures_fn *on_figures,
                            void *context)
{
    const struct election_register *reg = committee->options.reg;
    bool is_nation = area == REGISTER_NATION;
    struct province_walk *walk = memory_new(sizeof *walk);
    *walk = (struct province_walk){.committee = committee,
                                   .province = is_nation ? 1 : register_province_of(reg, area),
                                   .last = is_nation ? reg->province_count : register_province_of(reg, area),
                                   .areas = memory_new_array(reg->area_count, sizeof *walk->areas),
                                   .on_figures = on_figures,
                                   .context = context};
    ask(walk);
}
