/* A short list of changes, searched linearly from the requested time on. */
#include <turnout/wire/register_past.h>

#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

void register_past_done(struct register_past *past)
{
    free(past->changes);
    *past = (struct register_past){.count = 0};
}

void register_past_add(struct register_past *past, const struct log_line *line)
{
    if (line->outcome != LOG_REGISTER) {
        return;
    }
    if (past->count == past->capacity) {
        past->capacity = past->capacity == 0 ? 16 : 2 * past->capacity;
        past->changes = memory_resize(past->changes, past->capacity, sizeof *past->changes);
    }
    past->changes[past->count++] = *line;
}

static bool sets_roll(const struct log_line *change)
{
    return change->change == LEDGER_ROLL_MENDED || change->change == LEDGER_UNIT_WITHDRAWN;
}

bool register_past_roll(const struct register_past *past, const struct election_register *reg,
                        struct slice unit, int64_t when_ms, int32_t *ret_listed)
{
    for (size_t i = 0; i < past->count; i++) {
        const struct log_line *change = &past->changes[i];
        int64_t roll;
        if (change->received_ms > when_ms && sets_roll(change) && slice_equals(unit, change->unit) &&
            text_parse_integer(slice_of(change->from), 0, VOTERS_MAX, &roll)) {
            *ret_listed = (int32_t)roll;
            return true;
        }
    }
    uint32_t index = register_find_unit(reg, unit);
    if (index == REGISTER_NONE) {
        return false;
    }
    *ret_listed = (int32_t)reg->units[index].registered;
    return true;
}

static bool moves_unit(const struct log_line *change)
{
    return change->change == LEDGER_UNIT_MOVED || change->change == LEDGER_UNIT_WITHDRAWN ||
           change->change == LEDGER_UNIT_ADDED;
}

bool register_past_has_moved(const struct register_past *past, struct slice unit)
{
    size_t i = 0;
    while (i < past->count && !(moves_unit(&past->changes[i]) && slice_equals(unit, past->changes[i].unit))) {
        i++;
    }
    return i < past->count;
}

/* The line of a moved unit names both communes, that of another unit its commune, that of a commune its province. */
static bool changes_children(const struct log_line *change, const char *code)
{
    if (change->change == LEDGER_COMMUNE_ADDED) {
        return strcmp(change->to, code) == 0;
    }
    return moves_unit(change) && (strcmp(change->area, code) == 0 ||
                                  (change->change == LEDGER_UNIT_MOVED && strcmp(change->from, code) == 0));
}

bool register_past_has_other_children(const struct register_past *past, const struct election_register *reg,
                                      uint32_t area, int64_t when_ms)
{
    for (size_t i = 0; i < past->count; i++) {
        const struct log_line *change = &past->changes[i];
        if (change->received_ms > when_ms && changes_children(change, reg->areas[area].code)) {
            return true;
        }
    }
    return false;
}
