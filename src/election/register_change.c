/* Comparing two registers. Both find a code in constant time, so that each is walked once. */
#include <turnout/election/register_change.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

static const struct {
    const char *name;
    const char *remedy;
} kinds[ROW_KIND_COUNT] = {
    [ROW_COMMUNE_ADDED] = {"commune-added", ""},
    [ROW_AREA_RENAMED] = {"area-renamed", ""},
    [ROW_UNIT_ADDED] = {"unit-added", "reports of it stand in Redis: a committee voids them first"},
    [ROW_UNIT_WITHDRAWN] = {"unit-withdrawn", "it has reported: a committee voids it first"},
    [ROW_UNIT_MOVED] = {"unit-moved", "it has reported: a committee voids it first"},
    [ROW_UNIT_ROLL] = {"roll-mended", "it has reported: it corrects its roll by a report with `registered`, "
                                      "and its row stays as it was"},
    [ROW_UNIT_RENAMED] = {"unit-renamed", ""},
    [ROW_UNIT_CONTACT] = {"contact-changed", ""},
    [ROW_PROVINCE_ADDED] = {"province-added", "a province cannot be added: take its row out of areas.csv"},
    [ROW_AREA_WITHDRAWN] = {"area-withdrawn", "an area stays: put its row back into areas.csv; a commune "
                                              "without units counts nothing"},
    [ROW_AREA_MOVED] = {"area-moved", "an area stays where it is: put its parent back in areas.csv"},
    [ROW_LEVEL] = {"level-changed", "a code stands for one thing: give the new one another code"},
    [ROW_RULE] = {"rule-changed", "the rules stay as they were when the election began: put it back in "
                                  "election.ini"},
};

const char *register_row_name(enum register_row_kind kind)
{
    return kinds[kind].name;
}

const char *register_row_remedy(enum register_row_kind kind)
{
    return kinds[kind].remedy;
}

bool register_row_needs_silence(enum register_row_kind kind)
{
    return kind >= ROW_UNIT_ADDED && kind <= ROW_UNIT_ROLL;
}

bool register_row_is_impossible(enum register_row_kind kind)
{
    return kind >= ROW_PROVINCE_ADDED;
}

/* ---- comparing ---- */

struct comparison {
    struct register_change *change;
    size_t capacity;
};

static void add(struct comparison *comparison, enum register_row_kind kind, const char *code, uint32_t before,
                uint32_t after)
{
    struct register_change *change = comparison->change;
    if (change->count == comparison->capacity) {
        comparison->capacity = comparison->capacity == 0 ? 16 : 2 * comparison->capacity;
        change->rows = memory_resize(change->rows, comparison->capacity, sizeof *change->rows);
    }
    change->rows[change->count++] = (struct register_row){kind, code, before, after};
    change->impossible += register_row_is_impossible(kind) ? 1 : 0;
}

static bool has_code(const struct election_register *reg, const char *code)
{
    return register_find_area(reg, slice_of(code)) != REGISTER_NONE ||
           register_find_unit(reg, slice_of(code)) != REGISTER_NONE;
}

static const char *parent_code(const struct election_register *reg, const struct area *area)
{
    return area->parent == REGISTER_NONE ? "" : reg->areas[area->parent].code;
}

static void compare_area(struct comparison *comparison, uint32_t after)
{
    const struct election_register *old = comparison->change->before;
    const struct election_register *new = comparison->change->after;
    const struct area *area = &new->areas[after];
    uint32_t before = register_find_area(old, slice_of(area->code));
    if (before == REGISTER_NONE) {
        bool is_other = has_code(old, area->code);
        enum register_row_kind kind = is_other                       ? ROW_LEVEL
                                      : area->level == AREA_PROVINCE ? ROW_PROVINCE_ADDED
                                                                     : ROW_COMMUNE_ADDED;
        if (is_other ||
            area->level != AREA_NATION) { /* that of another code shows as the old one that is gone */
            add(comparison, kind, area->code, before, after);
        }
        return;
    }
    const struct area *was = &old->areas[before];
    if (was->level != area->level) {
        add(comparison, ROW_LEVEL, area->code, before, after);
    } else if (strcmp(parent_code(old, was), parent_code(new, area)) != 0) {
        add(comparison, ROW_AREA_MOVED, area->code, before, after);
    }
    if (strcmp(was->name, area->name) != 0 || strcmp(was->name_en, area->name_en) != 0) {
        add(comparison, ROW_AREA_RENAMED, area->code, before, after);
    }
}

static void compare_unit(struct comparison *comparison, uint32_t after)
{
    const struct election_register *old = comparison->change->before;
    const struct election_register *new = comparison->change->after;
    const struct unit *unit = &new->units[after];
    uint32_t before = register_find_unit(old, slice_of(unit->code));
    if (before == REGISTER_NONE) {
        add(comparison, has_code(old, unit->code) ? ROW_LEVEL : ROW_UNIT_ADDED, unit->code, before, after);
        return;
    }
    const struct unit *was = &old->units[before];
    if (strcmp(old->areas[was->commune].code, new->areas[unit->commune].code) != 0) {
        add(comparison, ROW_UNIT_MOVED, unit->code, before, after);
    }
    if (was->registered != unit->registered) {
        add(comparison, ROW_UNIT_ROLL, unit->code, before, after);
    }
    if (strcmp(was->name, unit->name) != 0) {
        add(comparison, ROW_UNIT_RENAMED, unit->code, before, after);
    }
    if (strcmp(was->contact, unit->contact) != 0) {
        add(comparison, ROW_UNIT_CONTACT, unit->code, before, after);
    }
}

static void find_what_is_gone(struct comparison *comparison)
{
    const struct election_register *old = comparison->change->before;
    const struct election_register *new = comparison->change->after;
    for (uint32_t i = 0; i < old->area_count; i++) {
        if (!has_code(new, old->areas[i].code)) {
            add(comparison, ROW_AREA_WITHDRAWN, old->areas[i].code, i, REGISTER_NONE);
        }
    }
    for (uint32_t i = 0; i < old->unit_count; i++) {
        if (!has_code(new, old->units[i].code)) {
            add(comparison, ROW_UNIT_WITHDRAWN, old->units[i].code, i, REGISTER_NONE);
        }
    }
}

static void compare_rules(struct comparison *comparison, const struct rules *before,
                          const struct rules *after)
{
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        if (before->modes[rule] != after->modes[rule]) {
            add(comparison, ROW_RULE, rule_name(rule), REGISTER_NONE, REGISTER_NONE);
        }
    }
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        if (rule_number_get(before, &rule_numbers[i]) != rule_number_get(after, &rule_numbers[i])) {
            add(comparison, ROW_RULE, rule_numbers[i].name, REGISTER_NONE, REGISTER_NONE);
        }
    }
    if (before->complete_not_before != after->complete_not_before) {
        add(comparison, ROW_RULE, "complete-not-before", REGISTER_NONE, REGISTER_NONE);
    }
}

struct register_change *register_change_new(struct election_register *before,
                                            const struct rules *rules_before, struct election_register *after,
                                            const struct rules *rules_after)
{
    struct comparison comparison = {.change = memory_new(sizeof *comparison.change)};
    struct register_change *change = comparison.change;
    atomic_init(&change->references, 1);
    register_acquire(before);
    register_acquire(after);
    change->before = before;
    change->after = after;
    compare_rules(&comparison, rules_before, rules_after);
    for (uint32_t area = 0; area < after->area_count; area++) {
        compare_area(&comparison, area);
    }
    for (uint32_t unit = 0; unit < after->unit_count; unit++) {
        compare_unit(&comparison, unit);
    }
    find_what_is_gone(&comparison);
    return change;
}

void register_change_acquire(struct register_change *change)
{
    atomic_fetch_add_explicit(&change->references, 1, memory_order_relaxed);
}

void register_change_release(struct register_change *change)
{
    if (change == NULL || atomic_fetch_sub_explicit(&change->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    register_release(change->before);
    register_release(change->after);
    free(change->rows);
    free(change);
}

/* ---- in words ---- */

static const char *commune_of(const struct election_register *reg, uint32_t unit)
{
    return reg->areas[reg->units[unit].commune].code;
}

static void describe_unit(struct buffer *out, const struct register_change *change,
                          const struct register_row *row)
{
    const struct election_register *old = change->before;
    const struct election_register *new = change->after;
    buffer_printf(out, "unit %s ", row->code);
    if (row->kind == ROW_UNIT_ADDED) {
        buffer_printf(out, "is added to commune %s with %" PRIu32 " registered", commune_of(new, row->after),
                      new->units[row->after].registered);
    } else if (row->kind == ROW_UNIT_WITHDRAWN) {
        buffer_printf(out, "of commune %s, %" PRIu32 " registered, is withdrawn",
                      commune_of(old, row->before), old->units[row->before].registered);
    } else if (row->kind == ROW_UNIT_MOVED) {
        buffer_printf(out, "moves from commune %s to commune %s", commune_of(old, row->before),
                      commune_of(new, row->after));
    } else if (row->kind == ROW_UNIT_ROLL) {
        buffer_printf(out, "has %" PRIu32 " registered instead of %" PRIu32,
                      new->units[row->after].registered, old->units[row->before].registered);
    } else if (row->kind == ROW_UNIT_CONTACT) {
        buffer_append_text(out, "has another contact");
    } else {
        buffer_printf(out, "is called \"%s\" instead of \"%s\"", new->units[row->after].name,
                      old->units[row->before].name);
    }
}

static void describe_area(struct buffer *out, const struct register_change *change,
                          const struct register_row *row)
{
    const struct election_register *reg = row->after == REGISTER_NONE ? change->before : change->after;
    const struct area *area = &reg->areas[row->after == REGISTER_NONE ? row->before : row->after];
    buffer_printf(out, "%s %s ", area_level_name(area->level), row->code);
    if (row->kind == ROW_AREA_RENAMED) {
        const struct area *was = &change->before->areas[row->before];
        bool is_english = strcmp(was->name, area->name) == 0;
        buffer_printf(out, "is called \"%s\" instead of \"%s\"", is_english ? area->name_en : area->name,
                      is_english ? was->name_en : was->name);
    } else if (row->kind == ROW_AREA_MOVED) {
        buffer_printf(out, "moves from %s to %s",
                      parent_code(change->before, &change->before->areas[row->before]),
                      parent_code(reg, area));
    } else if (row->kind == ROW_AREA_WITHDRAWN) {
        buffer_append_text(out, "is gone");
    } else {
        buffer_printf(out, "is added to %s", parent_code(reg, area));
    }
}

void register_row_describe(struct buffer *out, const struct register_change *change,
                           const struct register_row *row)
{
    if (row->kind == ROW_RULE) {
        buffer_printf(out, "the rule %s is another", row->code);
    } else if (row->kind == ROW_LEVEL) {
        buffer_printf(out, "%s stands for something else than before", row->code);
    } else if (row->kind >= ROW_UNIT_ADDED && row->kind <= ROW_UNIT_CONTACT) {
        describe_unit(out, change, row);
    } else {
        describe_area(out, change, row);
    }
}
