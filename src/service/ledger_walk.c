/* Reading the newest lines of ledgers, one ledger after the other, so that no answer of Redis is awaited beside
 * another. */
#include <turnout/service/committee.h>

#include <stdlib.h>

#include <turnout/base/memory.h>

#include "committee_private.h"

struct ledger_walk {
    struct committee *committee;
    uint32_t province; /* being asked for; REGISTER_NATION first */
    uint32_t first;    /* after that */
    uint32_t last;
    struct committee_ledger_place after; /* none when its id is empty */
    size_t limit;
    committee_ledger_fn *on_part;
    committee_walked_fn *on_walked;
    void *context;
};

static void ask(struct ledger_walk *walk);

static void on_lines(void *context, enum turnout_error error, const char *why,
                     const struct store_ledger_line *lines, size_t count)
{
    struct ledger_walk *walk = context;
    bool goes_on = error == TURNOUT_OK && walk->on_part(walk->context, walk->province, lines, count);
    if (goes_on && walk->province < walk->last) {
        walk->province = walk->province == REGISTER_NATION ? walk->first : walk->province + 1;
        ask(walk);
        return;
    }
    walk->on_walked(walk->context, error, why);
    free(walk);
}

static void ask(struct ledger_walk *walk)
{
    store_read_ledger_back(walk->committee->options.store, walk->province, walk->after.id,
                           walk->province > walk->after.province, walk->limit, on_lines, walk);
}

void committee_walk_ledger(struct committee *committee, uint32_t area,
                           const struct committee_ledger_place *after, size_t limit,
                           committee_ledger_fn *on_part, committee_walked_fn *on_walked, void *context)
{
    const struct election_register *reg = committee->options.reg;
    bool is_nation = area == REGISTER_NATION;
    struct ledger_walk *walk = memory_new(sizeof *walk);
    *walk = (struct ledger_walk){.committee = committee,
                                 .province = REGISTER_NATION,
                                 .first = is_nation ? 1 : register_province_of(reg, area),
                                 .last = is_nation ? reg->province_count : register_province_of(reg, area),
                                 .limit = limit,
                                 .on_part = on_part,
                                 .on_walked = on_walked,
                                 .context = context};
    if (after != NULL) {
        walk->after = *after;
    }
    ask(walk);
}
