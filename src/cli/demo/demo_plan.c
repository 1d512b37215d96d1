/* Orders the day: gives every unit its moment in every wave, has the figures planned, and proves them against every
 * checkpoint before anybody may rely on them. Reports are made from the compact arrays when they are asked for. */
#include "demo/demo_plan.h"

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/election/percent.h>

#include "demo/demo_chance.h"
#include "demo/demo_day.h"
#include "demo/demo_figures.h"

struct demo_plan {
    const struct election *election;
    const struct election_register *reg;
    struct demo_day day;
    struct demo_wave waves[ROUNDS_MAX];
    uint32_t *orders[ROUNDS_MAX]; /* [wave]: its units by as_of, then index */
};

/* Spreads the units of a province evenly over its wave, in an order of chance; the last one counts at its very
 * end. `keys` has room for every unit. */
static void spread_moments(struct demo_plan *plan, uint32_t province, uint32_t wave, uint64_t *keys)
{
    const struct area *area = &plan->reg->areas[province];
    int64_t end = demo_day_end(&plan->day, province, wave);
    int64_t length_s = end - plan->day.starts[wave];
    uint32_t count = 0;
    for (uint32_t i = 0; i < area->children; i++) {
        const struct area *commune = &plan->reg->areas[area->first_child + i];
        for (uint32_t j = 0; j < commune->children; j++) {
            uint32_t unit = commune->first_child + j;
            keys[count++] = (uint64_t)demo_chance(CHANCE_OF_MOMENT + wave, unit) << 32 | unit;
        }
    }
    demo_sort(keys, count);
    for (uint32_t i = 0; i < count; i++) {
        int64_t before_end_s = length_s * (count - 1 - i) / count;
        plan->waves[wave].as_of_s[(uint32_t)keys[i]] = (uint32_t)(end - before_end_s - plan->day.opens);
    }
}

static void order_wave(struct demo_plan *plan, uint32_t wave, uint64_t *keys)
{
    uint32_t unit_count = plan->reg->unit_count;
    for (uint32_t unit = 0; unit < unit_count; unit++) {
        keys[unit] = (uint64_t)plan->waves[wave].as_of_s[unit] << 32 | unit;
    }
    demo_sort(keys, unit_count);
    for (uint32_t i = 0; i < unit_count; i++) {
        plan->orders[wave][i] = (uint32_t)keys[i];
    }
}

static void lay_out(struct demo_plan *plan)
{
    uint32_t unit_count = plan->reg->unit_count;
    uint64_t *keys = memory_new_array(unit_count, sizeof keys[0]);
    for (uint32_t wave = 0; wave < plan->day.wave_count; wave++) {
        plan->waves[wave].voted = memory_new_array(unit_count, sizeof plan->waves[wave].voted[0]);
        plan->waves[wave].registered = memory_new_array(unit_count, sizeof plan->waves[wave].registered[0]);
        plan->waves[wave].as_of_s = memory_new_array(unit_count, sizeof plan->waves[wave].as_of_s[0]);
        plan->orders[wave] = memory_new_array(unit_count, sizeof plan->orders[wave][0]);
        for (uint32_t province = 1; province <= plan->reg->province_count; province++) {
            spread_moments(plan, province, wave, keys);
        }
        order_wave(plan, wave, keys);
    }
    free(keys);
}

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

/* The proof: the units' reports added up, as the server will. Communes first and the nation last, as what is wrong
 * in an area often shows in those above it, too. */
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
        lay_out(plan);
        demo_figures_plan(&plan->day, reg, checkpoints, plan->waves);
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
    for (uint32_t wave = 0; wave < ROUNDS_MAX; wave++) {
        free(plan->waves[wave].voted);
        free(plan->waves[wave].registered);
        free(plan->waves[wave].as_of_s);
        free(plan->orders[wave]);
    }
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
    uint32_t wave = (uint32_t)(number / plan->reg->unit_count);
    return (struct place){wave, plan->orders[wave][number % plan->reg->unit_count]};
}

static int64_t moment_of(const struct demo_plan *plan, uint32_t wave, uint32_t unit)
{
    return plan->day.opens + plan->waves[wave].as_of_s[unit];
}

int64_t demo_plan_as_of(const struct demo_plan *plan, uint64_t number)
{
    struct place place = place_of(plan, number);
    return moment_of(plan, place.wave, place.unit);
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
    uint64_t due = 0; /* all below it are due, none from `not_due` on */
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
    const struct demo_wave *wave = &plan->waves[place.wave];
    const struct unit *unit = &plan->reg->units[place.unit];
    int32_t roll = wave->registered[place.unit];
    int32_t roll_before = place.wave == 0 ? (int32_t)unit->registered : wave[-1].registered[place.unit];
    bool is_last = place.wave + 1 == plan->day.wave_count;

    struct report *report = ret_report;
    *report = (struct report){.registered = REGISTERED_ABSENT};
    bool fits = slice_copy(slice_of(plan->election->id), report->election, sizeof report->election) &&
                slice_copy(slice_of(unit->code), report->unit, sizeof report->unit);
    assert(fits);
    report->seq = (int32_t)place.wave + 1;
    report->as_of = moment_of(plan, place.wave, place.unit);
    rfc3339_format(report->as_of, plan->election->offset_s, report->as_of_text);
    report->voted = wave->voted[place.unit];
    report->test = true;
    if (roll != roll_before) {
        report->registered = roll;
    }
    if (is_last && report->voted == roll) {
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
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t unit = area->first_child + i;
        uint32_t wave = 0; /* the first not reported */
        while (wave < plan->day.wave_count && moment_of(plan, wave, unit) <= moment) {
            wave++;
        }
        voted += wave == 0 ? 0 : plan->waves[wave - 1].voted[unit];
        registered +=
            wave == 0 ? (int64_t)plan->reg->units[unit].registered : plan->waves[wave - 1].registered[unit];
    }
    figures->voted += voted;
    figures->registered += registered;
    figures->communes++;
    figures->communes_complete += registered > 0 && voted == registered;
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
    figures.remaining = figures.registered - figures.voted;
    figures.percent = percent_of(figures.voted, figures.registered);
    *ret_figures = figures;
}
