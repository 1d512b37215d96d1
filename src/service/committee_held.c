/* Held reports for those who decide about them: which there are in their area, and deciding. */
#include <turnout/service/committee.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "committee_private.h"

/* ---- listing ---- */

/* A list under way. The nation's is that of one province after the other, so that no answer of Redis is awaited beside
 * another. */
struct listing {
    struct committee *committee;
    uint32_t area; /* being asked for */
    uint32_t last_area;
    committee_held_fn *on_held;
    committee_walked_fn *on_walked;
    void *context;
};

static void ask_area(struct listing *listing);

static void end_listing(struct listing *listing, enum turnout_error error, const char *why)
{
    listing->on_walked(listing->context, error, why);
    free(listing);
}

/* False when whoever lists has had enough. */
static bool hand_on(const struct listing *listing, const struct held_report *reports, size_t count)
{
    size_t i = 0;
    while (i < count && listing->on_held(listing->context, &reports[i])) {
        i++;
    }
    return i == count;
}

static void on_area(void *context, enum turnout_error error, const char *why,
                    const struct held_report *reports, size_t count)
{
    struct listing *listing = context;
    bool goes_on = error == TURNOUT_OK && hand_on(listing, reports, count);
    if (!goes_on || listing->area == listing->last_area) {
        end_listing(listing, error, why);
        return;
    }
    listing->area++;
    ask_area(listing);
}

static void ask_area(struct listing *listing)
{
    store_list_held(listing->committee->options.store, listing->area, on_area, listing);
}

void committee_list_held(struct committee *committee, const struct member *member, committee_held_fn *on_held,
                         committee_walked_fn *on_walked, void *context)
{
    const struct election_register *reg = committee->options.reg;
    struct listing *listing = memory_new(sizeof *listing);
    bool is_nation = member->area == REGISTER_NATION;
    *listing = (struct listing){.committee = committee,
                                .area = is_nation ? 1 : member->area, /* provinces follow the nation */
                                .last_area = is_nation ? reg->province_count : member->area,
                                .on_held = on_held,
                                .on_walked = on_walked,
                                .context = context};
    ask_area(listing);
}

/* ---- deciding ---- */

/* A decision under way, to be logged. */
struct deciding {
    char id[HELD_ID_BYTES];
    char who[TOKEN_ID_BYTES];
    store_decided_fn *on_decided;
    void *context;
};

static void on_decided(void *context, enum turnout_error error, const char *why, enum store_decided decided,
                       enum held_state state)
{
    struct deciding *deciding = context;
    if (error != TURNOUT_OK) {
        log_warning("held-decision", log_text("who", deciding->who), log_text("id", deciding->id),
                    log_text("failed", why));
    } else if (decided == DECIDED_RELEASED || decided == DECIDED_REJECTED || decided == DECIDED_SUPERSEDED) {
        log_info("held-decision", log_text("who", deciding->who), log_text("id", deciding->id),
                 log_text("is", held_state_name(state)));
    }
    deciding->on_decided(deciding->context, error, why, decided, state);
    free(deciding);
}

void committee_decide(struct committee *committee, const struct member *member, uint32_t unit, int32_t seq,
                      bool release, const char *reason, store_decided_fn *on_answer, void *context)
{
    const struct election_register *reg = committee->options.reg;
    assert(token_role_may(member->token.role, ROLE_DECIDE));
    assert(register_area_contains(reg, member->area, reg->units[unit].commune));
    struct deciding *deciding = memory_new(sizeof *deciding);
    *deciding = (struct deciding){.on_decided = on_answer, .context = context};
    held_id_write(reg->units[unit].code, seq, deciding->id);
    memcpy(deciding->who, member->token.id, sizeof deciding->who);
    store_decide(committee->options.store,
                 &(struct store_decision){.unit = unit,
                                          .seq = seq,
                                          .release = release,
                                          .reason = reason,
                                          .who = member->token.id,
                                          .now_ms = clock_wall_ms()},
                 on_decided, deciding);
}
