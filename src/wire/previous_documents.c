/* The previous election in the documents: its name, and an area's figures at the same hour. */
#include <stdio.h>

#include <turnout/election/percent.h>

#include "document_envelope.h"

void document_put_previous_election(struct json_writer *json, const struct figures *figures)
{
    const struct previous_election *previous = &figures->election->previous;
    if (figures->previous == NULL) {
        return;
    }
    json_open_object(json, "previous_election");
    json_put_text(json, "name", previous->name);
    json_put_text(json, "name_en", previous->name_en[0] == '\0' ? NULL : previous->name_en);
    json_put_text(json, "date", previous->date);
    json_put_boolean(json, "comparable", !previous->is_incomparable);
    json_put_text(json, "reason", previous->is_incomparable ? previous->reason : NULL);
    json_close_object(json);
}

/* Null where it is below 0. */
static void put_known(struct json_writer *json, const char *key, int64_t count)
{
    if (count >= 0) {
        json_put_integer(json, key, count);
    } else {
        json_put_text(json, key, NULL);
    }
}

void document_put_previous(struct json_writer *json, const struct figures *figures, uint32_t index)
{
    if (figures->previous == NULL) {
        return;
    }
    const struct area_figures *counted = &figures->areas[index];
    const struct totals *totals = &counted->totals;
    const struct previous_figures *previous =
        document_is_shown(counted) ? previous_find(figures->previous, figures->election,
                                                   figures->reg->areas[index].code, totals->as_of)
                                   : NULL;
    if (previous == NULL) {
        json_put_text(json, "previous", NULL);
        json_put_text(json, "difference_points", NULL);
        return;
    }
    char text[16];
    int32_t percent = percent_of(totals->voted, totals->registered);
    json_open_object(json, "previous");
    (void)snprintf(text, sizeof text, "%02d:%02d", previous->minute / 60 % 24, previous->minute % 60);
    json_put_text(json, "time", text);
    put_known(json, "registered", previous->registered);
    put_known(json, "voted", previous->voted);
    percent_format_json(previous->percent, text);
    json_put_raw(json, "percent", text);
    json_close_object(json);
    bool is_known = percent != PERCENT_NONE && previous->percent != PERCENT_NONE;
    document_put_points(json, "difference_points", is_known, percent - previous->percent);
}
