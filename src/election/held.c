/* How held reports are spelt. */
#include <turnout/election/held.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static const char *const state_names[] = {
    [HELD_WAITING] = "held",          [HELD_RELEASED] = "released", [HELD_REJECTED] = "rejected",
    [HELD_SUPERSEDED] = "superseded", [HELD_VOIDED] = "voided",
};

enum { STATE_COUNT = sizeof state_names / sizeof state_names[0] };

const char *held_state_name(enum held_state state)
{
    assert((size_t)state < STATE_COUNT);
    return state_names[state];
}

bool held_state_parse(struct slice name, enum held_state *ret_state)
{
    size_t state;
    if (!text_find(name, state_names, STATE_COUNT, &state)) {
        return false;
    }
    *ret_state = (enum held_state)state;
    return true;
}

void held_id_write(const char *unit, int32_t seq, char ret_id[HELD_ID_BYTES])
{
    int length = snprintf(ret_id, HELD_ID_BYTES, "%s.%d", unit, seq);
    assert(length > 0 && length < HELD_ID_BYTES);
}

bool held_id_parse(struct slice id, struct slice *ret_unit, int32_t *ret_seq)
{
    size_t dot = id.length;
    while (dot > 0 && id.bytes[dot - 1] != '.') {
        dot--;
    }
    if (dot == 0) {
        return false;
    }
    struct slice unit = {id.bytes, dot - 1};
    struct slice digits = {id.bytes + dot, id.length - dot};
    uint64_t seq;
    /* One spelling a report: no leading zero. */
    if (!text_is_code(unit) || !text_parse_unsigned(digits, SEQ_MAX, &seq) || digits.bytes[0] == '0') {
        return false;
    }
    *ret_unit = unit;
    *ret_seq = (int32_t)seq;
    return true;
}

int64_t held_order(size_t waiting, int64_t received_ms)
{
    static const int64_t step = 10000000000000; /* more milliseconds than a time has until the year 2286 */
    assert(waiting < 100 && received_ms < step);
    return (int64_t)waiting * step + received_ms;
}

void held_place_write(const struct held_place *place, char ret_text[HELD_PLACE_BYTES])
{
    int length = snprintf(ret_text, HELD_PLACE_BYTES, "%" PRId64 ":%s", place->order, place->id);
    assert(length > 0 && length < HELD_PLACE_BYTES);
}

bool held_place_parse(struct slice text, struct held_place *ret_place)
{
    struct slice id = text;
    struct slice order = text_split(&id, ':');
    struct slice unit;
    int32_t seq;
    uint64_t value;
    if (id.bytes == NULL || !held_id_parse(id, &unit, &seq) ||
        !text_parse_unsigned(order, INT64_MAX, &value)) {
        return false;
    }
    *ret_place = (struct held_place){.order = (int64_t)value};
    return slice_copy(id, ret_place->id, sizeof ret_place->id);
}
