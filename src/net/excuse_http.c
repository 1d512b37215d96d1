/* Why a unit is not heard, over HTTP: noting it, and what lists say of it. */
#include "excuse_http.h"

#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/wire/json_writer.h>

#include "committee_http.h"

enum { STATUS_BYTES = 16 };

/* ---- what lists say ---- */

void excuse_put(struct json_writer *json, const struct election *election, const struct excuse *excuse,
                enum excuse_status stands, const char *otherwise)
{
    bool is_excused = stands != EXCUSE_NONE;
    json_put_text(json, "status", is_excused ? excuse_status_name(stands) : otherwise);
    desk_put_text(json, "into", is_excused ? excuse->into : "");
    desk_put_moment(json, "until", election, is_excused ? excuse->until : 0);
    desk_put_text(json, "note", is_excused ? excuse->note : "");
}

/* ---- noting ---- */

/* An excuse that was asked for. */
struct excuse_request {
    struct http_exchange *exchange;
    const char *unit;
    enum excuse_status status;
};

static void on_excused(void *context, enum turnout_error error, const char *why)
{
    struct excuse_request *request = context;
    if (error == TURNOUT_CONFLICT) {
        http_answer_problem(request->exchange, 409, "unit-counts", "The unit counts",
                            "reports of this unit count: void them first if they are not its own", "status",
                            NULL);
    } else if (error != TURNOUT_OK) {
        desk_refuse_for_store(request->exchange, error, why);
    } else {
        struct buffer body = {0};
        struct json_writer json = desk_open_json(&body);
        json_put_text(&json, "unit", request->unit);
        json_put_text(&json, "status", excuse_status_name(request->status));
        desk_answer_json(request->exchange, 200, &json);
    }
    free(request);
}

static bool refuse(struct http_exchange *exchange, const char *field, const char *detail)
{
    desk_refuse_member(exchange, field, detail);
    return false;
}

/* What belongs to the status and what does not. False after refusing. */
static bool check_excuse(const struct intake_desk *desk, struct http_exchange *exchange, uint32_t unit,
                         const char *until, struct excuse *excuse)
{
    bool is_merged = excuse->status == EXCUSE_MERGED;
    bool is_expected = excuse->status == EXCUSE_EXPECTED;
    if (is_merged != (excuse->into[0] != '\0')) {
        return refuse(exchange, "into",
                      is_merged ? "must be the unit that it is merged into" : "belongs to merged");
    }
    if (is_expected != (until[0] != '\0')) {
        return refuse(exchange, "until", is_expected ? "must be when it is expected" : "belongs to expected");
    }
    if (is_expected && !rfc3339_parse(slice_of(until), &excuse->until, NULL)) {
        return refuse(exchange, "until", "must be a time such as 2026-03-15T15:00:00+07:00");
    }
    uint32_t into = is_merged ? register_find_unit(desk->reg, slice_of(excuse->into)) : REGISTER_NONE;
    if (is_merged && (into == REGISTER_NONE || into == unit)) {
        return refuse(exchange, "into", "must be another unit of this election");
    }
    return true;
}

void committee_post_excuse(void *context, struct http_exchange *exchange, const struct http_request *request,
                           struct slice segment, struct slice body)
{
    const struct intake_desk *desk = context;
    struct principal principal;
    struct excuse excuse = {.status = EXCUSE_NONE};
    char status[STATUS_BYTES];
    char until[RFC3339_BYTES];
    const struct text_member members[] = {{"status", status, sizeof status, TEXT_REQUIRED},
                                          {"into", excuse.into, sizeof excuse.into, TEXT_OPTIONAL},
                                          {"until", until, sizeof until, TEXT_OPTIONAL},
                                          {"note", excuse.note, sizeof excuse.note, TEXT_OPTIONAL}};
    uint32_t unit = desk_admit_unit(desk, exchange, request, ROLE_DECIDE, segment, &principal);
    if (unit == REGISTER_NONE ||
        !desk_read_body(exchange, request, body, members, sizeof members / sizeof members[0])) {
        return;
    }
    if (!excuse_status_parse(slice_of(status), &excuse.status)) {
        (void)refuse(exchange, "status", "must be no-signal, not-opening, merged, expected or none");
        return;
    }
    if (!check_excuse(desk, exchange, unit, until, &excuse)) {
        return;
    }
    struct excuse_request *asked = memory_new(sizeof *asked);
    *asked = (struct excuse_request){exchange, desk->reg->units[unit].code, excuse.status};
    http_answer_later(exchange);
    committee_excuse(desk->committee, &principal, unit, &excuse, on_excused, asked);
}
