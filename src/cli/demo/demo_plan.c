/* Plans the figures, and checks them against every checkpoint. Reports are made on demand. */
#include "demo/demo_plan.h"

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/election/percent.h>

#include "demo/demo_day.h"
#include "demo/demo_figures.h"

struct demo_plan {
    const struct election *election;
    const struct election_register *reg;
    struct demo_day day;
    struct demo_figures figures;
};

/* ---- what a unit reports ---- */

struct standing {
    int64_t voted;
    int64_t registered;
};

/* The unit's planned figures at this moment. */
static struct standing standing_at(const struct demo_plan *plan, uint32_t moment, uint32_t unit)
{
    size_t place = (size_t)moment * plan->reg->unit_count + unit;
    int64_t listed = plan->reg->units[unit].registered;
    return (struct standing){listed - plan->figures.missing[place], listed + plan->figures.surplus[place]};
}

static int64_t part_of(int64_t from, int64_t to, int64_t along, int64_t whole)
{
    return whole == 0 ? to : from + (to - from) * along / whole;
}

/* A unit's last report before a moment has the figures planned for the moment; earlier ones are interpolated by the
 * progress of turnout. */
static struct standing standing_reported(const struct demo_plan *plan, uint32_t wave, uint32_t unit)
{
    const struct demo_day *day = &plan->day;
    int64_t at = demo_day_report_at(day, wave, unit);
    uint32_t moment = 0;
    while (day->moments[moment] < at) {
        moment++;
    }
    struct standing to = standing_at(plan, moment, unit);
    struct standing from = {0, plan->reg->units[unit].registered};
    uint32_t before = 0; /* reports by the previous moment */
    if (moment > 0) {
        before = demo_day_reports_by(day, unit, day->moments[moment - 1]);
        from = before == 0 ? from : standing_at(plan, moment - 1, unit);
    }
    uint32_t reports = demo_day_reports_by(day, unit, day->moments[moment]);
    int64_t since = before == 0 ? day->opens : demo_day_report_at(day, before - 1, unit);
    int64_t begin = demo_day_turnout_at(day, since);
    int64_t along = demo_day_turnout_at(day, at) - begin;
    int64_t whole = demo_day_turnout_at(day, demo_day_report_at(day, reports - 1, unit)) - begin;
    return (struct standing){part_of(from.voted, to.voted, along, whole),
                             part_of(from.registered, to.registered, along, whole)};
}

/* After this many reports of the unit. */
static struct standing standing_after(const struct demo_plan *plan, uint32_t reports, uint32_t unit)
{
    return reports == 0 ? (struct standing){0, plan->reg->units[unit].registered}
                        : standing_reported(plan, reports - 1, unit);
}

/* ---- the proof ---- */

static enum turnout_error check_checkpoint(const struct demo_plan *plan, const struct checkpoint *checkpoint,
                                           struct error *error)
{
    struct checkpoint_figures planned;
    demo_plan_figures(plan, checkpoint->area, checkpoint->as_of, &planned);
    if (checkpoint_holds(checkpoint, &planned)) {
        return TURNOUT_OK;
    }
    struct buffer published = {0};
    struct buffer reached = {0};
    checkpoint_write_figures(&published, checkpoint, &checkpoint->published);
    checkpoint_write_figures(&reached, checkpoint, &planned);
    enum turnout_error code =
        error_fail(error, TURNOUT_CONFLICT, "",
                   "checkpoint in line %u (%s): the register and the other checkpoints allow %s, not %s",
                   checkpoint->line, plan->reg->areas[checkpoint->area].code, reached.bytes, published.bytes);
    buffer_done(&published);
    buffer_done(&reached);
    return code;
}

/* The check: sums the units' reports, as the server will. Communes first and the nation last, since a fault in an
 * area often shows in those above it, too. */
static enum turnout_error check_checkpoints(const struct demo_plan *plan,
                                            const struct checkpoints *checkpoints, struct error *error)
{
    static const enum area_level levels[] = {AREA_COMMUNE, AREA_PROVINCE, AREA_NATION};
    enum turnout_error code = TURNOUT_OK;
    for (size_t level = 0; level < sizeof levels / sizeof levels[0]; level++) {
        for (size_t i = 0; i < checkpoints->count && code == TURNOUT_OK; i++) {
            const struct checkpoint *checkpoint = &checkpoints->rows[i];
            if (plan->reg->areas[checkpoint->area].level == levels[level]) {
                code = check_checkpoint(plan, checkpoint, error);
            }
        }
    }
    return code;
}

enum turnout_error demo_plan_new(const struct election *election, const struct election_register *reg,
                                 const struct checkpoints *checkpoints, struct demo_plan **ret_plan,
                                 struct error *error)
{
    struct demo_plan *plan = memory_new(sizeof *plan);
    plan->election = election;
    plan->reg = reg;
    enum turnout_error code = demo_day_init(election, reg, checkpoints, &plan->day, error);
    if (code == TURNOUT_OK) {
        demo_figures_plan(&plan->day, reg, checkpoints, &plan->figures);
        code = check_checkpoints(plan, checkpoints, error);
    }
    if (code != TURNOUT_OK) {
        demo_plan_free(plan);
        return code;
    }
    *ret_plan = plan;
    return TURNOUT_OK;
}

void demo_plan_free(struct demo_plan *plan)
{
    if (plan == NULL) {
        return;
    }
    demo_figures_done(&plan->figures);
    demo_day_done(&plan->day);
    free(plan);
}

uint64_t demo_plan_report_count(const struct demo_plan *plan)
{
    return (uint64_t)plan->day.wave_count * plan->reg->unit_count;
}

struct place {
    uint32_t wave;
    uint32_t unit;
};

static struct place place_of(const struct demo_plan *plan, uint64_t number)
{
    assert(number < demo_plan_report_count(plan));
    return (struct place){(uint32_t)(number / plan->reg->unit_count),
                          plan->day.order[number % plan->reg->unit_count]};
}

int64_t demo_plan_as_of(const struct demo_plan *plan, uint64_t number)
{
    struct place place = place_of(plan, number);
    return demo_day_report_at(&plan->day, place.wave, place.unit);
}

uint32_t demo_plan_unit(const struct demo_plan *plan, uint64_t number)
{
    return place_of(plan, number).unit;
}

uint64_t demo_plan_wave_begins(const struct demo_plan *plan, uint64_t number)
{
    return number - number % plan->reg->unit_count;
}

uint64_t demo_plan_due(const struct demo_plan *plan, int64_t moment)
{
    uint64_t due = 0; /* all below are due, none from `not_due` on */
    uint64_t not_due = demo_plan_report_count(plan);
    while (due < not_due) {
        uint64_t middle = due + (not_due - due) / 2;
        if (demo_plan_as_of(plan, middle) <= moment) {
            due = middle + 1;
        } else {
            not_due = middle;
        }
    }
    return due;
}

void demo_plan_report(const struct demo_plan *plan, uint64_t number, struct report *ret_report)
{
    struct place place = place_of(plan, number);
    const struct unit *unit = &plan->reg->units[place.unit];
    struct standing before = standing_after(plan, place.wave, place.unit);
    struct standing now = standing_after(plan, place.wave + 1, place.unit);
    bool is_last = place.wave + 1 == plan->day.wave_count;

    struct report *report = ret_report;
    *report = (struct report){.registered = REGISTERED_ABSENT};
    bool fits = slice_copy(slice_of(plan->election->id), report->election, sizeof report->election) &&
                slice_copy(slice_of(unit->code), report->unit, sizeof report->unit);
    assert(fits);
    report->seq = (int32_t)place.wave + 1;
    report->as_of = demo_day_report_at(&plan->day, place.wave, place.unit);
    rfc3339_format(report->as_of, plan->election->offset_s, report->as_of_text);
    report->voted = (int32_t)now.voted;
    report->test = true;
    if (now.registered != before.registered) {
        report->registered = (int32_t)now.registered;
    }
    if (is_last && now.voted == now.registered) {
        report->kind = KIND_FINAL;
        report->kind_given = true;
    }
}

/* Adds what a commune's units have last reported by a moment. */
static void add_commune(const struct demo_plan *plan, uint32_t commune, int64_t moment,
                        struct checkpoint_figures *figures)
{
    const struct area *area = &plan->reg->areas[commune];
    int64_t voted = 0;
    int64_t registered = 0;
    for (uint32_t unit = area->first_child; unit < area->first_child + area->children; unit++) {
        struct standing standing = standing_after(plan, demo_day_reports_by(&plan->day, unit, moment), unit);
        voted += standing.voted;
        registered += standing.registered;
    }
    figures->of[FIGURE_VOTED] += voted;
    figures->of[FIGURE_REGISTERED] += registered;
    figures->of[FIGURE_COMMUNES]++;
    figures->of[FIGURE_COMMUNES_COMPLETE] += registered > 0 && voted == registered;
}

void demo_plan_figures(const struct demo_plan *plan, uint32_t area, int64_t moment,
                       struct checkpoint_figures *ret_figures)
{
    const struct election_register *reg = plan->reg;
    struct checkpoint_figures figures = {0};
    for (uint32_t commune = reg->province_count + 1; commune < reg->area_count; commune++) {
        if (area == REGISTER_NATION || area == commune || area == reg->areas[commune].parent) {
            add_commune(plan, commune, moment, &figures);
        }
    }
    figures.of[FIGURE_REMAINING] = figures.of[FIGURE_REGISTERED] - figures.of[FIGURE_VOTED];
    figures.of[FIGURE_PERCENT] = percent_of(figures.of[FIGURE_VOTED], figures.of[FIGURE_REGISTERED]);
    *ret_figures = figures;
}
