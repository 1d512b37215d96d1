/* What each field of an area holds, and how a value is written. */
#include "area_fields.h"

#include <turnout/base/rfc3339.h>

#include "document_envelope.h"

#define NAME(text)                                                                                           \
    {                                                                                                        \
        text, sizeof(text) - 1                                                                               \
    }

const struct slice area_field_names[AREA_FIELDS] = {
    [FIELD_CODE] = NAME("code"),
    [FIELD_LEVEL] = NAME("level"),
    [FIELD_PARENT] = NAME("parent"),
    [FIELD_NAME] = NAME("name"),
    [FIELD_NAME_EN] = NAME("name_en"),
    [FIELD_REGISTERED] = NAME("registered"),
    [FIELD_VOTED] = NAME("voted"),
    [FIELD_REMAINING] = NAME("remaining"),
    [FIELD_PERCENT] = NAME("percent"),
    [FIELD_UNITS] = NAME("units"),
    [FIELD_UNITS_REPORTED] = NAME("units_reported"),
    [FIELD_UNITS_FINAL] = NAME("units_final"),
    [FIELD_UNITS_COMPLETE] = NAME("units_complete"),
    [FIELD_COMMUNES] = NAME("communes"),
    [FIELD_COMMUNES_COMPLETE] = NAME("communes_complete"),
    [FIELD_REGISTERED_REPORTED] = NAME("registered_reported"),
    [FIELD_PERCENT_OF_REPORTED] = NAME("percent_of_reported"),
    [FIELD_PERCENT_LOW] = NAME("percent_low"),
    [FIELD_PERCENT_HIGH] = NAME("percent_high"),
    [FIELD_HELD] = NAME("held"),
    [FIELD_AS_OF] = NAME("as_of"),
    [FIELD_VERIFIED] = NAME("verified"),
    [FIELD_REVISION] = NAME("revision"),
};

struct value {
    enum { VALUE_TEXT, VALUE_NUMBER, VALUE_COUNT, VALUE_PERCENT, VALUE_MOMENT, VALUE_BOOLEAN } kind;
    const char *text; /* NULL: there is none */
    int64_t number;   /* a count and what follows from it are null where the area is not shown */
    int64_t whole;    /* that the number is a part of, for a percentage */
};

static struct value text(const char *text)
{
    return (struct value){.kind = VALUE_TEXT, .text = text[0] == '\0' ? NULL : text};
}

static struct value number(int64_t number)
{
    return (struct value){.kind = VALUE_NUMBER, .number = number};
}

static struct value count(int64_t number)
{
    return (struct value){.kind = VALUE_COUNT, .number = number};
}

static struct value percent(int64_t part, int64_t whole)
{
    return (struct value){.kind = VALUE_PERCENT, .number = part, .whole = whole};
}

static struct value value_of(const struct figures *figures, uint32_t index, enum area_field field)
{
    const struct area *area = &figures->reg->areas[index];
    const struct area_figures *counted = &figures->areas[index];
    const struct totals *totals = &counted->totals;
    switch (field) {
    case FIELD_CODE:
        return text(area->code);
    case FIELD_LEVEL:
        return text(area_level_name(area->level));
    case FIELD_PARENT:
        return text(area->parent == REGISTER_NONE ? "" : figures->reg->areas[area->parent].code);
    case FIELD_NAME:
        return (struct value){.kind = VALUE_TEXT, .text = area->name};
    case FIELD_NAME_EN:
        return text(area->name_en);
    case FIELD_REGISTERED:
        return count(totals->registered);
    case FIELD_VOTED:
        return count(totals->voted);
    case FIELD_REMAINING:
        return count(totals->registered - totals->voted);
    case FIELD_PERCENT:
    case FIELD_PERCENT_LOW:
        return percent(totals->voted, totals->registered);
    case FIELD_UNITS:
        return number(area->units);
    case FIELD_UNITS_REPORTED:
        return count(totals->units_reported);
    case FIELD_UNITS_FINAL:
        return count(totals->units_final);
    case FIELD_UNITS_COMPLETE:
        return count(totals->units_complete);
    case FIELD_COMMUNES:
        return number(area->communes);
    case FIELD_COMMUNES_COMPLETE:
        return count(counted->communes_complete);
    case FIELD_REGISTERED_REPORTED:
        return count(totals->registered_reported);
    case FIELD_PERCENT_OF_REPORTED:
        return percent(totals->voted, totals->registered_reported);
    case FIELD_PERCENT_HIGH:
        return percent(totals->voted + totals->registered - totals->registered_reported, totals->registered);
    case FIELD_HELD:
        return count(totals->held);
    case FIELD_AS_OF:
        return (struct value){.kind = VALUE_MOMENT, .number = totals->as_of};
    case FIELD_VERIFIED:
        return (struct value){.kind = VALUE_BOOLEAN, .number = counted->verified};
    case FIELD_REVISION:
        return number(figures->areas[REGISTER_NATION].totals.revision);
    case AREA_FIELDS:
        break;
    }
    return text("");
}

static void put_member(struct json_writer *json, const struct figures *figures,
                       const struct area_figures *counted, struct slice name, struct value value)
{
    switch (value.kind) {
    case VALUE_TEXT:
        if (value.text == NULL) {
            json_put_member(json, name, slice_of("null"));
        } else {
            json_put_member_text(json, name, slice_of(value.text));
        }
        break;
    case VALUE_NUMBER:
        json_put_member_integer(json, name, value.number);
        break;
    case VALUE_COUNT:
        document_put_count(json, name.bytes, counted, value.number);
        break;
    case VALUE_PERCENT:
        document_put_percent(json, name.bytes, counted, value.number, value.whole);
        break;
    case VALUE_MOMENT:
        document_put_as_of(json, figures, counted);
        break;
    case VALUE_BOOLEAN:
        json_put_member(json, name, slice_of(value.number != 0 ? "true" : "false"));
        break;
    }
}

void area_fields_put_json(struct json_writer *json, const struct figures *figures, uint32_t area,
                          uint32_t fields)
{
    for (enum area_field field = 0; field < AREA_FIELDS; field++) {
        if ((fields & FIELD_BIT(field)) != 0) {
            put_member(json, figures, &figures->areas[area], area_field_names[field],
                       value_of(figures, area, field));
        }
    }
}

static void put_cell(struct csv_document *table, const struct figures *figures,
                     const struct area_figures *counted, struct value value)
{
    char moment[RFC3339_BYTES] = "";
    switch (value.kind) {
    case VALUE_TEXT:
        csv_put_text(table, value.text == NULL ? "" : value.text);
        break;
    case VALUE_NUMBER:
        csv_put_number(table, value.number);
        break;
    case VALUE_COUNT:
        csv_put_count(table, counted, value.number);
        break;
    case VALUE_PERCENT:
        csv_put_percent(table, counted, value.number, value.whole);
        break;
    case VALUE_MOMENT:
        if (document_is_shown(counted) && value.number != 0) {
            rfc3339_format(value.number, figures->election->offset_s, moment);
        }
        csv_put_plain(table, moment);
        break;
    case VALUE_BOOLEAN:
        csv_put_plain(table, value.number != 0 ? "true" : "false");
        break;
    }
}

void area_fields_put_cells(struct csv_document *table, const struct figures *figures, uint32_t area,
                           uint32_t fields)
{
    for (enum area_field field = 0; field < AREA_FIELDS; field++) {
        if ((fields & FIELD_BIT(field)) != 0) {
            put_cell(table, figures, &figures->areas[area], value_of(figures, area, field));
        }
    }
}
