/* Asks Redis whether it is still what it was, tells health, and shuts or opens the gate. */
#include <turnout/service/inspector.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/store/inspect.h>

enum { TICK_MS = 50 };

static const char why_not_durable[] = "Redis could lose what is acknowledged now";
static const char why_rightless[] = "Redis does not let the server write what must be";
static const char why_another_version[] = "Redis is served by another version of the server";
static const char why_elsewhere[] = "Redis does not hold the election as it was";

struct inspector {
    struct inspector_options options;
    struct event *tick_event;
    bool is_looking;
    bool was_lost;                     /* durability, and not found again since */
    int64_t looked_ms;                 /* monotonic; 0: never */
    uint32_t links;                    /* that had come up when the look under way began */
    char generation[GENERATION_BYTES]; /* that was found first; empty: none yet */
};

/* ---- what was found ---- */

static void post(const struct inspector *inspector, enum health_finding finding,
                 const struct store_finding *found)
{
    health_post(inspector->options.health, finding, found->is_ok, found->why);
}

/* A Redis whose `appendonly` was switched on again is durable only once it has written a whole file. A restart before
 * that would read nothing back. */
static bool judge_durability(struct inspector *inspector, const struct store_inspection *found)
{
    struct store_finding durability = found->durability;
    inspector->was_lost = inspector->was_lost || !durability.is_ok;
    if (durability.is_ok && inspector->was_lost && found->is_rewriting) {
        durability.is_ok = false;
        (void)snprintf(durability.why, sizeof durability.why,
                       "Redis has to write its append-only file anew before it is durable again "
                       "(INFO persistence: aof_rewrite_in_progress, aof_last_bgrewrite_status)");
    }
    inspector->was_lost = !durability.is_ok;
    atomic_store(&inspector->options.gate->is_durable, durability.is_ok);
    bool is_acceptable = durability.is_ok || inspector->options.is_relaxed;
    health_post(inspector->options.health, HEALTH_DURABILITY, is_acceptable, durability.why);
    return is_acceptable;
}

static bool judge_generation(struct inspector *inspector, const struct store_inspection *found)
{
    if (inspector->generation[0] == '\0') {
        memcpy(inspector->generation, found->generation, sizeof inspector->generation);
    }
    bool is_same = strcmp(inspector->generation, found->generation) == 0;
    char why[160] = "";
    if (found->generation[0] == '\0') {
        (void)snprintf(why, sizeof why, "Redis holds no generation of the election, or does not tell");
    } else if (!is_same) {
        (void)snprintf(why, sizeof why,
                       "Redis holds generation %s, this server began with %s: it is another election's count",
                       found->generation, inspector->generation);
    }
    health_post(inspector->options.health, HEALTH_GENERATION, is_same, why);
    return is_same;
}

/* Provinces that a change has reached take no report until it is at its end; the others do. */
static void post_register(const struct inspector *inspector, const struct store_inspection *found)
{
    struct store_finding finding = found->election;
    if (finding.is_ok && found->changing_to[0] != '\0') {
        finding.is_ok = false;
        (void)snprintf(
            finding.why, sizeof finding.why,
            "the register is being changed to %s; when that stays so, it was interrupted: do `turnout "
            "register apply` again; with the files of before that gives it up",
            found->changing_to);
    }
    post(inspector, HEALTH_REGISTER, &finding);
}

static void take(struct inspector *inspector, const struct store_inspection *found)
{
    if (found->has_loaded_functions) {
        log_warning("functions-loaded",
                    log_text("what", "Redis had lost the functions of turnoutd, or held others"));
    }
    health_post_memory(inspector->options.health, found->memory_used, found->memory_most);
    post(inspector, HEALTH_FUNCTIONS, &found->functions);
    post(inspector, HEALTH_RIGHTS, &found->rights);
    post(inspector, HEALTH_PHASES, &found->phases);
    post_register(inspector, found);
    bool is_durable = judge_durability(inspector, found);
    bool is_same = judge_generation(inspector, found);
    const char *why = found->has_other_functions           ? why_another_version
                      : !is_same || !found->election.is_ok ? why_elsewhere
                      : !found->rights.is_ok               ? why_rightless
                      : !is_durable                        ? why_not_durable
                                                           : NULL;
    clock_watch_note_store(inspector->options.clock, found->clock_ahead_ms);
    struct gate *gate = inspector->options.gate;
    atomic_store(&gate->why, why);
    atomic_store(&gate->inspected, inspector->links);
}

static void on_inspected(void *context, const struct store_inspection *inspection)
{
    struct inspector *inspector = context;
    inspector->is_looking = false;
    if (inspection != NULL) {
        take(inspector, inspection);
    }
}

/* ---- asking ---- */

/* What stands in the way changes while the link is away: a Redis that loads tells how far it is. */
static void look_at_link(const struct inspector *inspector)
{
    if (!store_is_up(inspector->options.store)) {
        health_post(inspector->options.health, HEALTH_PUBLISHER_LINK, false,
                    store_why(inspector->options.store));
    }
}

static void look_at_clock(const struct inspector *inspector)
{
    char why[CLOCK_WHY_BYTES];
    bool is_believed = clock_watch_look(inspector->options.clock, why);
    health_post(inspector->options.health, HEALTH_CLOCK, is_believed, why);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct inspector *inspector = context;
    struct gate *gate = inspector->options.gate;
    look_at_link(inspector);
    look_at_clock(inspector);
    uint32_t links = atomic_load(&gate->links);
    int64_t now_ms = clock_monotonic_ms();
    bool is_due =
        now_ms - inspector->looked_ms >= INSPECTOR_LOOK_MS || links != atomic_load(&gate->inspected);
    if (is_due && !inspector->is_looking && store_is_up(inspector->options.store)) {
        inspector->is_looking = true;
        inspector->looked_ms = now_ms;
        inspector->links = links;
        store_inspect(inspector->options.store, on_inspected, inspector);
    }
}

void inspector_look_soon(struct inspector *inspector)
{
    inspector->looked_ms = 0;
}

/* ---- life ---- */

struct inspector *inspector_new(struct event_base *base, const struct inspector_options *options)
{
    struct inspector *inspector = memory_new(sizeof *inspector);
    inspector->options = *options;
    inspector->tick_event = event_new(base, -1, EV_PERSIST, on_tick, inspector);
    assert(inspector->tick_event != NULL);
    struct timeval tick = {.tv_usec = TICK_MS * 1000};
    int failed = event_add(inspector->tick_event, &tick);
    assert(failed == 0);
    return inspector;
}

void inspector_free(struct inspector *inspector)
{
    if (inspector != NULL) {
        assert(!inspector->is_looking);
        event_free(inspector->tick_event);
        free(inspector);
    }
}
