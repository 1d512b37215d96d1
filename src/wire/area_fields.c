/* What each field of an area holds, and how a value is written. */
#include "area_fields.h"

#include <turnout/base/rfc3339.h>
#include <turnout/election/percent.h>
#include <turnout/election/previous.h>

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
    [FIELD_PREVIOUS] = NAME("previous"),
    [FIELD_FIRST_REPORT_AT] = NAME("first_report_at"),
    [FIELD_REACHED_50_AT] = NAME("reached_50_at"),
    [FIELD_REACHED_90_AT] = NAME("reached_90_at"),
    [FIELD_REACHED_100_AT] = NAME("reached_100_at"),
    [FIELD_REVISION] = NAME("revision"),
};

struct value {
    enum {
        VALUE_TEXT,
        VALUE_NUMBER,
        VALUE_COUNT,
        VALUE_PERCENT,
        VALUE_AS_OF,
        VALUE_BOOLEAN,
        VALUE_MILESTONE,
        VALUE_PREVIOUS
    } kind;
    const char *text; /* NULL: no text */
    int64_t number;   /* a count, or derived from counts: null when the area is not shown */
    enum mark mark;   /* of a milestone */
    int64_t whole;    /* for a percentage: the whole */
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

static struct value milestone(enum mark mark)
{
    return (struct value){.kind = VALUE_MILESTONE, .mark = mark};
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
        return (struct value){.kind = VALUE_AS_OF, .number = totals->as_of};
    case FIELD_VERIFIED:
        return (struct value){.kind = VALUE_BOOLEAN, .number = counted->verified};
    case FIELD_PREVIOUS:
        return (struct value){.kind = VALUE_PREVIOUS};
    case FIELD_FIRST_REPORT_AT:
        return milestone(MARK_FIRST_REPORT);
    case FIELD_REACHED_50_AT:
        return milestone(MARK_50);
    case FIELD_REACHED_90_AT:
        return milestone(MARK_90);
    case FIELD_REACHED_100_AT:
        return milestone(MARK_100);
    case FIELD_REVISION:
        return number(figures->areas[REGISTER_NATION].totals.revision);
    case AREA_FIELDS:
        break;
    }
    return text("");
}

static void put_member(struct json_writer *json, const struct figures *figures, uint32_t index,
                       enum area_field field)
{
    const struct area_figures *counted = &figures->areas[index];
    const struct value value = value_of(figures, index, field);
    struct slice name = area_field_names[field];
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
    case VALUE_AS_OF:
        document_put_as_of(json, figures, counted);
        break;
    case VALUE_BOOLEAN:
        json_put_member(json, name, slice_of(value.number != 0 ? "true" : "false"));
        break;
    case VALUE_MILESTONE:
        document_put_milestone(json, name.bytes, figures, counted, value.mark);
        break;
    case VALUE_PREVIOUS:
        document_put_previous(json, figures, index);
        break;
    }
}

void area_fields_put_json(struct json_writer *json, const struct figures *figures, uint32_t area,
                          uint32_t fields)
{
    for (enum area_field field = 0; field < AREA_FIELDS; field++) {
        if ((fields & FIELD_BIT(field)) != 0) {
            put_member(json, figures, area, field);
        }
    }
}

static void put_moment(struct csv_document *table, const struct figures *figures, bool is_known,
                       int64_t moment)
{
    char text[RFC3339_BYTES] = "";
    if (is_known) {
        rfc3339_format(moment, figures->election->offset_s, text);
    }
    csv_put_plain(table, text);
}

/* The percentage at the same hour of the previous election. */
static void put_previous(struct csv_document *table, const struct figures *figures, uint32_t index)
{
    char text[PERCENT_TEXT_BYTES];
    const struct previous_figures *previous =
        document_is_shown(&figures->areas[index])
            ? previous_find(figures->previous, figures->election, figures->reg->areas[index].code,
                            figures->areas[index].totals.as_of)
            : NULL;
    percent_format(previous == NULL ? PERCENT_NONE : previous->percent, text);
    csv_put_plain(table, text);
}

static void put_cell(struct csv_document *table, const struct figures *figures, uint32_t index,
                     enum area_field field)
{
    const struct area_figures *counted = &figures->areas[index];
    const struct value value = value_of(figures, index, field);
    bool is_shown = document_is_shown(counted);
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
    case VALUE_AS_OF:
        put_moment(table, figures, is_shown && value.number != 0, value.number);
        break;
    case VALUE_BOOLEAN:
        csv_put_plain(table, value.number != 0 ? "true" : "false");
        break;
    case VALUE_MILESTONE:
        put_moment(table, figures, is_shown && counted->milestones[value.mark].is_reached,
                   counted->milestones[value.mark].as_of);
        break;
    case VALUE_PREVIOUS:
        put_previous(table, figures, index);
        break;
    }
}

void area_fields_put_cells(struct csv_document *table, const struct figures *figures, uint32_t area,
                           uint32_t fields)
{
    for (enum area_field field = 0; field < AREA_FIELDS; field++) {
        if ((fields & FIELD_BIT(field)) != 0) {
            put_cell(table, figures, area, field);
        }
    }
}
