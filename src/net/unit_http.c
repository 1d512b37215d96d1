/* A unit over HTTP, with what it has sent. */
#include "committee_http.h"

#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/service/intake.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/signature.h>

#include "committee_desk.h"
#include "excuse_http.h"
#include "page.h"
#include "too_many.h"

enum { UNIT_LINES = 10 }; /* of a unit's log, where nothing else is asked for */

/* ---- one unit ---- */

/* A unit that was asked for. */
struct unit_request {
    struct http_exchange *exchange;
    const struct intake_desk *desk;
    uint32_t unit;
    bool by_unit; /* which has a key of its own, but is no committee */
};

/* Null where the report leaves the roll as it is. */
static void put_registered(struct json_writer *json, int32_t registered)
{
    if (registered == REGISTERED_ABSENT) {
        json_put_text(json, "registered", NULL);
    } else {
        json_put_integer(json, "registered", registered);
    }
}

static void put_before(struct json_writer *json, const struct log_line *line, const struct unit *unit)
{
    json_put_integer(json, "voted_before", line->was_silent ? 0 : line->voted_before);
    json_put_integer(json, "registered_before",
                     line->was_silent ? (int64_t)unit->registered : line->registered_before);
}

static void put_line(struct json_writer *json, const struct election *election, const struct unit *unit,
                     const struct log_line *line)
{
    const struct report *report = &line->report;
    bool is_decision = line->outcome >= LOG_RELEASED;
    bool is_void = line->outcome == LOG_VOIDED;
    json_open_object(json, NULL);
    json_put_integer(json, "seq", report->seq);
    json_put_text(json, "outcome", log_outcome_name(line->outcome));
    desk_put_text(json, "as_of", report->as_of_text);
    json_put_integer(json, "voted", report->voted);
    json_put_text(json, "kind", is_void ? NULL : report_kind_name(report->kind));
    desk_put_moment(json, "received", election, line->received_ms / 1000);
    put_registered(json, report->registered);
    json_put_integer(json, "round", line->round);
    put_before(json, line, unit);
    desk_put_text(json, "reason", report_reason_name(report->reason));
    desk_put_text(json, "note", report->note);
    desk_put_text(json, "key", report->key);
    desk_put_text(json, "via", is_decision ? "" : line->who);
    desk_put_text(json, "flags", line->flags);
    desk_put_text(json, "who", is_decision ? line->who : "");
    desk_put_text(json, "why", line->why);
    json_close_object(json);
}

static void answer_unit(const struct unit_request *request, const struct committee_unit *unit)
{
    const struct election_register *reg = request->desk->reg;
    const struct election *election = request->desk->election;
    const struct unit *listed = &reg->units[request->unit];
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    desk_put_moment(&json, "now", election, clock_wall_ms() / 1000);
    json_put_text(&json, "unit", listed->code);
    json_put_text(&json, "name", listed->name);
    json_put_text(&json, "commune", reg->areas[listed->commune].code);
    json_put_text(&json, "commune_name", reg->areas[listed->commune].name);
    desk_put_text(&json, "contact", request->by_unit ? "" : listed->contact);
    json_put_integer(&json, "listed", listed->registered);
    if (unit->next_seq > 0) {
        json_put_integer(&json, "next_seq", unit->next_seq);
    } else {
        json_put_text(&json, "next_seq", NULL);
    }
    json_open_object(&json, "state");
    desk_put_state(&json, election, &unit->state);
    char receipt[RECEIPT_BYTES] = "";
    if (unit->state.seq > 0) {
        receipt_from_digest(unit->state.digest, receipt);
    }
    desk_put_text(&json, "receipt", receipt);
    json_close_object(&json);
    json_open_object(&json, "excuse");
    enum excuse_status stands =
        request->by_unit ? EXCUSE_NONE : excuse_stands(&unit->excuse, &unit->state, clock_wall_ms() / 1000);
    excuse_put(&json, election, &unit->excuse, stands, NULL);
    json_close_object(&json);
    json_open_array(&json, "reports");
    for (size_t i = 0; i < unit->line_count; i++) {
        put_line(&json, election, listed, &unit->lines[i]);
    }
    json_close_array(&json);
    char next[STORE_LOG_PLACE_BYTES];
    if (unit->has_next) {
        store_log_place_write(&unit->next, next);
    }
    desk_answer_page(request->desk, request->exchange, &json, unit->total, unit->has_next ? next : NULL);
}

static void on_unit(void *context, enum turnout_error error, const char *why,
                    const struct committee_unit *unit)
{
    struct unit_request *request = context;
    if (error == TURNOUT_NOT_FOUND) {
        page_refuse_after(request->exchange);
    } else if (error != TURNOUT_OK) {
        desk_refuse_for_store(request->exchange, error, why);
    } else {
        answer_unit(request, unit);
    }
    free(request);
}

static bool is_bearer(struct slice authorization)
{
    return slice_equals_ignoring_case(text_split(&authorization, ' '), "Bearer");
}

/* Without credentials, do not reveal whether the unit exists. */
void committee_get_unit(void *context, struct http_exchange *exchange, const struct http_request *request,
                        struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    if (too_many_refuse(exchange, false)) {
        return;
    }
    struct slice authorization = http_request_header(request, "Authorization");
    int64_t now = clock_wall_ms() / 1000;
    struct error why;
    uint32_t unit = register_find_unit(desk->reg, segment);
    struct principal principal;
    enum admission admission =
        unit == REGISTER_NONE
            ? committee_admit(desk->committee, authorization, ROLE_VIEW, now, &principal, &why)
            : committee_admit_reader(desk->committee, authorization, unit, now, &why);
    if (admission != ADMITTED) {
        desk_refuse_admission(exchange, admission, &why);
        return;
    }
    visit_note_success(http_exchange_visit(exchange));
    if (unit == REGISTER_NONE) {
        http_answer_problem(exchange, 404, "unknown-unit", "Unknown unit",
                            "no unit of this election has this code: check it, leading zeros too", "", NULL);
        return;
    }
    struct page page;
    struct store_log_place after;
    if (!page_read(exchange, request, UNIT_LINES, COMMITTEE_UNIT_LINES_MAX, &page)) {
        return;
    }
    bool has_after = page.after[0] != '\0';
    if (has_after && !store_log_place_parse(slice_of(page.after), &after)) {
        page_refuse_after(exchange);
        return;
    }
    struct unit_request *asked = memory_new(sizeof *asked);
    *asked = (struct unit_request){exchange, desk, unit, !is_bearer(authorization)};
    http_answer_later(exchange);
    committee_read_unit(desk->committee, unit, has_after ? &after : NULL, page.limit, on_unit, asked);
}
