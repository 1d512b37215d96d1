/* Writes the ledger line of a register change: the roll, commune or names before and after. */
#include <turnout/wire/register_line.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include <turnout/wire/json_writer.h>
#include <turnout/wire/log_line.h>

static void put_count_text(struct json_writer *json, const char *key, uint32_t count)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%" PRIu32, count);
    json_put_text(json, key, text);
}

static void put_unit_row(struct json_writer *json, const struct register_change *change,
                         const struct register_row *row)
{
    const struct election_register *old = change->before;
    const struct election_register *new = change->after;
    bool is_gone = row->after == REGISTER_NONE;
    const struct election_register *reg = is_gone ? old : new;
    uint32_t commune = reg->units[is_gone ? row->before : row->after].commune;
    json_put_text(json, "unit", row->code);
    json_put_text(json, "area", reg->areas[commune].code);
    if (row->kind == ROW_UNIT_RENAMED) {
        json_open_array(json, "names");
        json_put_text(json, NULL, old->units[row->before].name);
        json_put_text(json, NULL, new->units[row->after].name);
        json_close_array(json);
    } else if (row->kind == ROW_UNIT_MOVED) {
        json_put_text(json, "from", old->areas[old->units[row->before].commune].code);
        json_put_text(json, "to", new->areas[new->units[row->after].commune].code);
    } else if (row->kind != ROW_UNIT_CONTACT) {
        if (row->kind != ROW_UNIT_ADDED) {
            put_count_text(json, "from", old->units[row->before].registered);
        }
        if (!is_gone) {
            put_count_text(json, "to", new->units[row->after].registered);
        }
    }
}

static void put_area_row(struct json_writer *json, const struct register_change *change,
                         const struct register_row *row)
{
    const struct area *area = &change->after->areas[row->after];
    json_put_text(json, "area", row->code);
    if (row->kind == ROW_AREA_RENAMED) {
        const struct area *was = &change->before->areas[row->before];
        const char *const names[] = {was->name, was->name_en, area->name, area->name_en};
        json_open_array(json, "names");
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            json_put_text(json, NULL, names[i]);
        }
        json_close_array(json);
    } else {
        json_put_text(json, "to", change->after->areas[area->parent].code);
    }
}

void register_line_write(struct buffer *out, const struct register_change *change,
                         const struct register_row *row, const char *who, const char *why, int64_t now_ms)
{
    assert(!register_row_is_impossible(row->kind));
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_integer(&json, "received", now_ms);
    json_put_text(&json, "outcome", log_outcome_name(LOG_REGISTER));
    json_put_text(&json, "change", register_row_name(row->kind));
    if (row->kind >= ROW_UNIT_ADDED) {
        put_unit_row(&json, change, row);
    } else {
        put_area_row(&json, change, row);
    }
    json_put_text(&json, "who", who);
    if (why[0] != '\0') {
        json_put_text(&json, "why", why);
    }
    json_close_object(&json);
}
