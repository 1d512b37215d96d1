/* Reading units for those who may: one, or all of an area piece by piece. */
#include <turnout/service/committee.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

#include "committee_private.h"

/* ---- one ---- */

/* A unit being read: first its state, then its lines in the log of its commune. */
struct reading {
    struct committee *committee;
    uint32_t index;
    struct store_log_place after; /* none when `entry` is empty */
    size_t limit;
    int64_t found;  /* lines of the unit, listed or not */
    bool is_voided; /* what comes now was voided */
    committee_unit_fn *on_unit;
    void *context;
    struct committee_unit unit;
};

static void end_reading(struct reading *reading, enum turnout_error error, const char *why)
{
    reading->on_unit(reading->context, error, why, error == TURNOUT_OK ? &reading->unit : NULL);
    free(reading);
}

static bool is_first_page(const struct reading *reading)
{
    return reading->after.entry[0] == '\0';
}

/* For the first page, all lines are counted as far as the reading goes. For later pages it is enough to know that there
 * are more. */
static bool on_line(void *context, const struct log_line *line, const struct store_log_place *place)
{
    struct reading *reading = context;
    struct committee_unit *unit = &reading->unit;
    if (strcmp(line->report.unit, reading->committee->options.reg->units[reading->index].code) != 0) {
        return true;
    }
    reading->found++;
    if (unit->line_count < reading->limit) {
        unit->lines[unit->line_count++] = *line;
        unit->next = *place;
    } else {
        unit->has_next = true;
    }
    reading->is_voided = reading->is_voided || line->outcome == LOG_VOIDED;
    /* Above what is held, too; but no seq that is too far is followed, and none that was voided. */
    if (is_first_page(reading) && !reading->is_voided && line->report.seq >= unit->next_seq &&
        line->report.seq - unit->state.seq <= SEQ_STEP_MAX) {
        unit->next_seq = line->report.seq < SEQ_MAX ? line->report.seq + 1 : SEQ_MAX;
    }
    return is_first_page(reading) || !unit->has_next;
}

static void on_log_read(void *context, enum turnout_error error, const char *why,
                        const struct store_log_place *next)
{
    struct reading *reading = context;
    struct committee_unit *unit = &reading->unit;
    unit->total = is_first_page(reading) && next == NULL ? reading->found : -1;
    if (next != NULL && !unit->has_next) {
        unit->has_next = true;
        unit->next = *next;
    }
    end_reading(reading, error, why);
}

static void on_excuse(void *context, enum turnout_error error, const char *why, const struct excuse *excuse)
{
    struct reading *reading = context;
    const struct committee_options *options = &reading->committee->options;
    if (error != TURNOUT_OK) {
        end_reading(reading, error, why);
        return;
    }
    reading->unit.excuse = *excuse;
    store_read_log(options->store, options->reg->units[reading->index].commune,
                   is_first_page(reading) ? NULL : &reading->after, on_line, on_log_read, reading);
}

static void on_state(void *context, enum turnout_error error, const char *why, const struct unit_state *state)
{
    struct reading *reading = context;
    if (error != TURNOUT_OK) {
        end_reading(reading, error, why);
        return;
    }
    reading->unit.state = *state;
    if (is_first_page(reading)) {
        reading->unit.next_seq = state->seq < SEQ_MAX ? state->seq + 1 : SEQ_MAX;
    }
    store_read_excuses(reading->committee->options.store, reading->index, 1, on_excuse, reading);
}

void committee_read_unit(struct committee *committee, uint32_t unit, const struct store_log_place *after,
                         size_t limit, committee_unit_fn *on_unit, void *context)
{
    assert(limit > 0 && limit <= COMMITTEE_UNIT_LINES_MAX);
    struct reading *reading = memory_new(sizeof *reading);
    *reading = (struct reading){
        .committee = committee, .index = unit, .limit = limit, .on_unit = on_unit, .context = context};
    if (after != NULL) {
        reading->after = *after;
    }
    store_read_units(committee->options.store, unit, 1, on_state, reading);
}

/* ---- many ---- */

/* A walk over units that stand together: those of an area do. */
struct walk {
    struct committee *committee;
    uint32_t next;
    uint32_t end;
    uint32_t asked;            /* for this many */
    struct unit_state *states; /* of those, until their excuses are there */
    committee_units_fn *on_units;
    committee_walked_fn *on_walked;
    void *context;
};

static void walk_on(struct walk *walk);

static void end_walk(struct walk *walk, enum turnout_error error, const char *why)
{
    walk->on_walked(walk->context, error, why);
    free(walk->states);
    free(walk);
}

static void on_excuses(void *context, enum turnout_error error, const char *why, const struct excuse *excuses)
{
    struct walk *walk = context;
    if (error != TURNOUT_OK) {
        end_walk(walk, error, why);
        return;
    }
    uint32_t first = walk->next;
    walk->next += walk->asked;
    if (walk->on_units(walk->context, first, walk->asked, walk->states, excuses)) {
        walk_on(walk);
    } else {
        end_walk(walk, TURNOUT_OK, "");
    }
}

static void on_units(void *context, enum turnout_error error, const char *why,
                     const struct unit_state *states)
{
    struct walk *walk = context;
    if (error != TURNOUT_OK) {
        end_walk(walk, error, why);
        return;
    }
    memcpy(walk->states, states, walk->asked * sizeof *states);
    store_read_excuses(walk->committee->options.store, walk->next, walk->asked, on_excuses, walk);
}

/* A piece lies in one province, for each has keys of its own. */
static void walk_on(struct walk *walk)
{
    const struct election_register *reg = walk->committee->options.reg;
    if (walk->next == walk->end) {
        end_walk(walk, TURNOUT_OK, "");
        return;
    }
    uint32_t province = register_province_of(reg, reg->units[walk->next].commune);
    walk->asked = 1;
    while (walk->asked < STORE_UNITS_READ_MAX && walk->next + walk->asked < walk->end &&
           register_province_of(reg, reg->units[walk->next + walk->asked].commune) == province) {
        walk->asked++;
    }
    store_read_units(walk->committee->options.store, walk->next, walk->asked, on_units, walk);
}

/* The first unit of an area that has some: down to the first commune that has. */
static uint32_t first_unit_of(const struct election_register *reg, uint32_t area)
{
    while (reg->areas[area].level != AREA_COMMUNE) {
        area = reg->areas[area].first_child;
        while (reg->areas[area].units == 0) {
            area++;
        }
    }
    return reg->areas[area].first_child;
}

void committee_walk_units(struct committee *committee, uint32_t area, committee_units_fn *on_part,
                          committee_walked_fn *on_walked, void *context)
{
    const struct election_register *reg = committee->options.reg;
    uint32_t units = reg->areas[area].units;
    struct walk *walk = memory_new(sizeof *walk);
    *walk = (struct walk){
        .committee = committee, .on_units = on_part, .on_walked = on_walked, .context = context};
    walk->states =
        memory_new_array(units < STORE_UNITS_READ_MAX ? units : STORE_UNITS_READ_MAX, sizeof *walk->states);
    if (units > 0) {
        walk->next = first_unit_of(reg, area);
        walk->end = walk->next + units;
    }
    walk_on(walk);
}
