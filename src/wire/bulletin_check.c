/* Renders each file from what it should contain, and compares line by line. */
#include <turnout/wire/bulletin_check.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/memory.h>

/* ---- lines ---- */

static enum turnout_error refuse_line(size_t line, const char *what, struct slice text, struct error *error)
{
    char shown[TEXT_SHOWN_BYTES];
    return error_fail(error, TURNOUT_BAD_INPUT, "", "line %zu: %s \"%s\"", line, what,
                      text_show(text, shown));
}

/* Blames the first line that differs. */
static enum turnout_error compare(struct slice file, struct slice wanted, struct error *error)
{
    if (slices_equal(file, wanted)) {
        return TURNOUT_OK;
    }
    for (size_t line = 1;; line++) {
        struct slice is = text_split(&file, '\n');
        struct slice should = text_split(&wanted, '\n');
        if (!slices_equal(is, should) || file.bytes == NULL || wanted.bytes == NULL) {
            char shown[TEXT_SHOWN_BYTES];
            char shown_wanted[TEXT_SHOWN_BYTES];
            return error_fail(error, TURNOUT_BAD_INPUT, "", "line %zu: \"%s\" should be \"%s\"", line,
                              text_show(is, shown), text_show(should, shown_wanted));
        }
    }
}

/* ---- the nation and provinces ---- */

/* The children listed in the file, in its order, without gaps. */
struct children {
    struct bulletin_child *items;
    size_t count;
};

static enum turnout_error read_children(const struct bulletin_check_of *of, const struct area *area,
                                        struct slice file, struct bulletin_child *ret_children,
                                        struct children *packed, struct error *error)
{
    struct slice rest = file;
    struct bulletin_child child;
    size_t line = 2;
    (void)text_split(&rest, '\n');
    for (; bulletin_next_child(&rest, &child) && strcmp(child.sha256, "-") != 0; line++) {
        uint32_t found = register_find_area(of->reg, slice_of(child.line.code));
        if (found == REGISTER_NONE || found < area->first_child ||
            found - area->first_child >= area->children ||
            ret_children[found - area->first_child].line.code[0] != '\0') {
            return refuse_line(line, "unexpected area", slice_of(child.line.code), error);
        }
        ret_children[found - area->first_child] = child;
        packed->items[packed->count++] = child;
    }
    return TURNOUT_OK;
}

static enum turnout_error check_complete(const struct bulletin_check_of *of, uint32_t area, size_t count,
                                         struct error *error)
{
    const struct area *parent = &of->reg->areas[area];
    bool is_complete =
        count == parent->children || register_past_has_other_children(of->past, of->reg, area, of->cut_ms);
    return is_complete
               ? TURNOUT_OK
               : error_fail(error, TURNOUT_BAD_INPUT, "", "line %zu: the file has %zu of %u areas in %s",
                            count + 2, count, parent->children, parent->code);
}

static enum turnout_error check_area(const struct bulletin_check_of *of, uint32_t area, struct slice file,
                                     struct bulletin_child *ret_children, struct error *error)
{
    const struct area *parent = &of->reg->areas[area];
    struct children packed = {memory_new_array(parent->children + 1, sizeof *packed.items), 0};
    struct buffer wanted = {0};
    for (uint32_t i = 0; i < parent->children; i++) {
        ret_children[i] = (struct bulletin_child){.sha256 = ""};
    }
    enum turnout_error failed = read_children(of, parent, file, ret_children, &packed, error);
    if (failed == TURNOUT_OK) {
        bulletin_write_area(&wanted, parent->code, packed.items, packed.count);
        failed = compare(file, (struct slice){wanted.bytes, wanted.length}, error);
    }
    if (failed == TURNOUT_OK) {
        failed = check_complete(of, area, packed.count, error);
    }
    buffer_done(&wanted);
    free(packed.items);
    return failed;
}

/* ---- communes ---- */

bool bulletin_read_log(struct slice file, int64_t *ret_lines, unsigned char ret_head[LOG_HEAD_BYTES])
{
    struct slice last;
    struct slice rest = file;
    size_t bytes = 0;
    if (rest.length == 0 || rest.bytes[rest.length - 1] != '\n') {
        return false;
    }
    rest.length--;
    return text_split_last(&rest, '\n', &last) && slice_equals(text_split(&last, ','), "log") &&
           text_parse_integer(text_split(&last, ','), 0, INT64_MAX, ret_lines) &&
           last.length == (size_t)2 * LOG_HEAD_BYTES &&
           sodium_hex2bin(ret_head, LOG_HEAD_BYTES, last.bytes, last.length, NULL, &bytes, NULL) == 0 &&
           bytes == LOG_HEAD_BYTES;
}

/* The units in the file, and their states from the log. */
struct listed_units {
    struct unit *units; /* only their codes are set */
    struct unit_state *states;
    char (*codes)[AREA_CODE_BYTES];
    size_t count, capacity;
};

static void listed_units_done(struct listed_units *listed)
{
    free(listed->units);
    free(listed->states);
    free(listed->codes);
}

/* False when the replay has no such unit. */
static bool add_unit(const struct bulletin_check_of *of, const struct log_replay *replay, struct slice code,
                     struct listed_units *listed)
{
    if (listed->count == listed->capacity) {
        listed->capacity = listed->capacity == 0 ? 64 : 2 * listed->capacity;
        listed->states = memory_resize(listed->states, listed->capacity, sizeof *listed->states);
        listed->codes = memory_resize(listed->codes, listed->capacity, sizeof *listed->codes);
    }
    struct unit_state *state = &listed->states[listed->count];
    if (!slice_copy(code, listed->codes[listed->count], AREA_CODE_BYTES)) {
        return false;
    }
    if (!log_replay_find(replay, code, of->cut_ms, state)) {
        /* It has left the commune without ever having a line in its log. */
        *state = (struct unit_state){.seq = 0};
        if (!register_past_has_moved(of->past, code) ||
            !register_past_roll(of->past, of->reg, code, of->cut_ms, &state->registered)) {
            return false;
        }
    }
    listed->count++;
    return true;
}

/* In the register's order; in the file's order when the commune had other units then. */
static enum turnout_error list_units(const struct bulletin_check_of *of, const struct log_replay *replay,
                                     struct slice file, struct listed_units *listed, struct error *error)
{
    uint32_t commune = replay->of.commune;
    const struct area *area = &of->reg->areas[commune];
    struct slice rest = file;
    if (!register_past_has_other_children(of->past, of->reg, commune, of->cut_ms)) {
        for (uint32_t i = 0; i < area->units; i++) {
            bool is_known =
                add_unit(of, replay, slice_of(of->reg->units[area->first_child + i].code), listed);
            assert(is_known);
        }
        return TURNOUT_OK;
    }
    (void)text_split(&rest, '\n');
    for (size_t line = 2; rest.bytes != NULL; line++) {
        struct slice cells = text_split(&rest, '\n');
        struct slice code = text_split(&cells, ',');
        if (slice_equals(code, area->code)) {
            break;
        }
        if (!add_unit(of, replay, code, listed)) {
            return refuse_line(line, "unexpected unit", code, error);
        }
    }
    return TURNOUT_OK;
}

static struct bulletin_line sum_of(const struct bulletin_check_of *of, const struct log_replay *replay,
                                   const struct listed_units *listed)
{
    struct bulletin_line sum = {.units = (int64_t)listed->count, .held = log_replay_waiting(replay)};
    bool fits = slice_copy(slice_of(of->reg->areas[replay->of.commune].code), sum.code, sizeof sum.code);
    assert(fits);
    for (size_t i = 0; i < listed->count; i++) {
        sum.registered += listed->states[i].registered;
        sum.voted += listed->states[i].voted;
        sum.units_reported += listed->states[i].seq > 0 ? 1 : 0;
    }
    return sum;
}

static enum turnout_error check_commune(const struct bulletin_check_of *of, const struct log_replay *replay,
                                        struct slice file, struct bulletin_line *ret_own, struct error *error)
{
    struct listed_units listed = {.count = 0};
    enum turnout_error failed = list_units(of, replay, file, &listed, error);
    if (failed == TURNOUT_OK) {
        struct bulletin_log log = {replay->counts.lines, replay->head};
        struct buffer wanted = {0};
        listed.units = memory_new_array(listed.count + 1, sizeof *listed.units);
        for (size_t i = 0; i < listed.count; i++) {
            listed.units[i].code = listed.codes[i];
        }
        *ret_own = sum_of(of, replay, &listed);
        bulletin_write_commune(&wanted, ret_own, listed.units, listed.states, &log, of->election->offset_s);
        failed = compare(file, (struct slice){wanted.bytes, wanted.length}, error);
        buffer_done(&wanted);
    }
    listed_units_done(&listed);
    return failed;
}

/* ---- the moment ---- */

/* A bulletin has one cut time, but provinces are frozen a little later. It may or may not include a register change
 * of that time. */
enum { FREEZING_MS = 60000 };

/* The next time as of which to check: first the cut, then around each change close to it. False when there are no
 * more. */
static bool next_moment(const struct bulletin_check_of *of, size_t *at, int64_t *ret_ms)
{
    for (; *at <= 2 * of->past->count; (*at)++) {
        if (*at == 0) {
            *ret_ms = of->cut_ms;
            (*at)++;
            return true;
        }
        int64_t changed_ms = of->past->changes[(*at - 1) / 2].received_ms;
        if (changed_ms > of->cut_ms - 1000 && changed_ms <= of->cut_ms + FREEZING_MS) {
            *ret_ms = changed_ms - (int64_t)(*at % 2);
            (*at)++;
            return true;
        }
    }
    return false;
}

/* Returns the first of several errors. */
enum turnout_error bulletin_check_area(const struct bulletin_check_of *of, uint32_t area, struct slice file,
                                       struct bulletin_child *ret_children, struct error *error)
{
    struct bulletin_check_of at = *of;
    enum turnout_error failed = TURNOUT_BAD_INPUT;
    struct error *untold = error;
    for (size_t i = 0; failed != TURNOUT_OK && next_moment(of, &i, &at.cut_ms);) {
        failed = check_area(&at, area, file, ret_children, untold);
        untold = NULL;
    }
    return failed;
}

enum turnout_error bulletin_check_commune(const struct bulletin_check_of *of, const struct log_replay *replay,
                                          struct slice file, struct bulletin_line *ret_own,
                                          struct error *error)
{
    struct bulletin_check_of at = *of;
    enum turnout_error failed = TURNOUT_BAD_INPUT;
    struct error *untold = error;
    for (size_t i = 0; failed != TURNOUT_OK && next_moment(of, &i, &at.cut_ms);) {
        failed = check_commune(&at, replay, file, ret_own, untold);
        untold = NULL;
    }
    return failed;
}
