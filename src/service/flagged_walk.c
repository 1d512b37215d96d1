/* Reading flagged reports, a province after the other, so that no answer of Redis is awaited beside another. */
#include <turnout/service/committee.h>

#include <stdlib.h>

#include <turnout/base/memory.h>

#include "committee_private.h"

struct flagged_walk {
    struct committee *committee;
    uint32_t province; /* being asked for */
    uint32_t last;
    committee_flagged_fn *on_part;
    committee_walked_fn *on_walked;
    void *context;
};

static void ask(struct flagged_walk *walk);

static void on_flagged(void *context, enum turnout_error error, const char *why,
                       const struct store_flagged *flagged, size_t count)
{
    struct flagged_walk *walk = context;
    bool goes_on = error == TURNOUT_OK && walk->on_part(walk->context, flagged, count);
    if (goes_on && walk->province < walk->last) {
        walk->province++;
        ask(walk);
        return;
    }
    walk->on_walked(walk->context, error, why);
    free(walk);
}

static void ask(struct flagged_walk *walk)
{
    store_read_flagged(walk->committee->options.store, walk->province, on_flagged, walk);
}

void committee_walk_flagged(struct committee *committee, uint32_t area, committee_flagged_fn *on_part,
                            committee_walked_fn *on_walked, void *context)
{
    const struct election_register *reg = committee->options.reg;
    bool is_nation = area == REGISTER_NATION;
    struct flagged_walk *walk = memory_new(sizeof *walk);
    *walk = (struct flagged_walk){.committee = committee,
                                  .province = is_nation ? 1 : register_province_of(reg, area),
                                  .last = is_nation ? reg->province_count : register_province_of(reg, area),
                                  .on_part = on_part,
                                  .on_walked = on_walked,
                                  .context = context};
    ask(walk);
}
