/* Rows of a change as the steps of provinces, and the calls that take them. */
#include "register_calls.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include <turnout/wire/register_line.h>

#include "words.h"

/* ---- rows ---- */

static uint32_t province_before(const struct register_change *change, const char *code)
{
    uint32_t province = register_find_area(change->before, slice_of(code));
    assert(province != REGISTER_NONE); /* else the change is impossible */
    return province;
}

static const char *province_code(const struct election_register *reg, uint32_t area)
{
    return reg->areas[register_province_of(reg, area)].code;
}

uint32_t register_row_province(const struct register_change *change, const struct register_row *row)
{
    if (row->kind == ROW_COMMUNE_ADDED) {
        return province_before(change, province_code(change->after, row->after));
    }
    if (row->before != REGISTER_NONE) {
        return register_province_of(change->before, change->before->units[row->before].commune);
    }
    return province_before(change, province_code(change->after, change->after->units[row->after].commune));
}

/* Whether the register has the unit in this province. `unit` may be REGISTER_NONE. */
static bool is_in(const struct election_register *reg, uint32_t unit, const char *province)
{
    return unit != REGISTER_NONE && strcmp(province_code(reg, reg->units[unit].commune), province) == 0;
}

/* Writes that the roll of the unit's commune changes by `registered`, if the commune is in this province. */
static void write_roll(struct buffer *out, const struct election_register *reg, uint32_t unit,
                       const char *province, int64_t registered)
{
    if (registered != 0 && is_in(reg, unit, province)) {
        buffer_printf(out, "roll %s %" PRId64 "\n", reg->areas[reg->units[unit].commune].code, registered);
    }
}

/* A unit that moves and has its roll mended has two rows. The row of the move takes the old roll along. */
static void write_unit_row(struct buffer *out, const struct register_change *change,
                           const struct register_row *row, const char *province)
{
    const struct election_register *old = change->before;
    const struct election_register *new = change->after;
    const struct unit *was = row->before == REGISTER_NONE ? NULL : &old->units[row->before];
    const struct unit *is = row->after == REGISTER_NONE ? NULL : &new->units[row->after];
    if (row->kind == ROW_UNIT_MOVED) {
        assert(was != NULL && is != NULL);
        write_roll(out, old, row->before, province, -(int64_t)was->registered);
        write_roll(out, new, row->after, province, was->registered);
    } else if (is != NULL) {
        write_roll(out, new, row->after, province,
                   (int64_t)is->registered - (was == NULL ? 0 : (int64_t)was->registered));
    } else if (was != NULL) {
        write_roll(out, old, row->before, province, -(int64_t)was->registered);
    }
}

/* A unit that moves to another province must be silent in either: forth in the one that it leaves, and back in the one
 * that it comes to. */
void register_write_steps(struct buffer *out, const struct register_change *change, uint32_t province)
{
    const char *code = change->before->areas[province].code;
    for (size_t i = 0; i < change->count; i++) {
        const struct register_row *row = &change->rows[i];
        if (row->kind == ROW_COMMUNE_ADDED && register_row_province(change, row) == province) {
            buffer_printf(out, "commune %s 0\n", row->code);
        } else if (register_row_needs_silence(row->kind)) {
            if (is_in(change->before, row->before, code) || is_in(change->after, row->after, code)) {
                buffer_printf(out, "unit %s 0\n", row->code);
            }
            write_unit_row(out, change, row, code);
        }
    }
}

/* ---- calls ---- */

static void begin_call(struct redis_command *command, const char *function, const struct election *election,
                       bool with_ledger)
{
    char meta[REDIS_KEY_BYTES];
    char ledger[REDIS_KEY_BYTES];
    char change[REDIS_KEY_BYTES];
    redis_key_meta(election, meta);
    redis_key_ledger(election, ledger);
    redis_key_change(election, change);
    redis_command_begin_call(command, "FCALL", function, with_ledger ? 3 : 2);
    redis_command_put_text(command, meta);
    if (with_ledger) {
        redis_command_put_text(command, ledger);
    }
    redis_command_put_text(command, change);
}

void register_put_begin(struct redis_command *command, const struct election *election,
                        const struct noted_change *noted)
{
    begin_call(command, "turnout_register_begin", election, false);
    redis_command_put_text(command, noted->from);
    redis_command_put_text(command, noted->to);
}

void register_put_change(struct redis_command *command, const struct register_change *change,
                         const struct buffer *steps, const char *who, const char *reason, int64_t now_ms)
{
    struct buffer text = {0};
    for (size_t i = 0; i < change->count; i++) {
        register_line_write(&text, change, &change->rows[i], who, reason, now_ms);
        buffer_append_char(&text, '\n');
    }
    redis_command_put_text(command, "lines");
    redis_command_put_buffer(command, &text);
    redis_command_put_text(command, "files");
    redis_command_put_text(command, change->after->files);
    for (uint32_t i = 0; i < change->before->province_count; i++) {
        if (steps[i].length > 0) {
            buffer_append_text(&text, REGISTER_STEPS_FIELD);
            buffer_append_text(&text, change->before->areas[i + 1].code);
            redis_command_put_buffer(command, &text);
            redis_command_put(command, (struct slice){steps[i].bytes, steps[i].length});
        }
    }
    buffer_done(&text);
}

void register_put_back(struct redis_command *command, const struct election *election,
                       const struct noted_change *noted)
{
    begin_call(command, "turnout_register_back", election, false);
    redis_command_put_text(command, noted->turn);
}

void register_put_step(struct redis_command *command, const struct province_keys *keys,
                       const struct noted_change *noted, struct slice steps, bool undoes)
{
    static const int used[] = {KEY_TOTALS, KEY_COMMUNES, KEY_UNITS, KEY_ASIDE};
    static const struct store_commune empty;
    struct buffer words = {0};
    redis_command_begin_call(command, "FCALL", "turnout_register_step", sizeof used / sizeof used[0]);
    for (size_t i = 0; i < sizeof used / sizeof used[0]; i++) {
        redis_command_put_text(command, keys->text[used[i]]);
    }
    redis_command_put_text(command, undoes ? noted->to : noted->from);
    redis_command_put_text(command, undoes ? noted->from : noted->to);
    redis_command_put_text(command, noted->turn);
    words_write_commune(&words, &empty);
    buffer_append_text(&words, " -");
    redis_command_put_buffer(command, &words);
    redis_command_put(command, steps);
    buffer_done(&words);
}

void register_put_end(struct redis_command *command, const struct election *election,
                      const struct noted_change *noted, bool undoes)
{
    begin_call(command, "turnout_register_end", election, true);
    redis_command_put_text(command, noted->turn);
    redis_command_put_text(command, undoes ? noted->from : noted->to);
}
