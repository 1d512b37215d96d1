/* Units over HTTP: one with what it has sent last, all of a commune, or those of an area that are silent. */
#include "committee_http.h"

#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/service/intake.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/signature.h>

#include "committee_desk.h"
#include "page.h"
#include "too_many.h"

enum { UNIT_LINES = 10 }; /* of a unit's log, where nothing else is asked for */

/* ---- pieces of an answer ---- */

static void put_state(struct json_writer *json, const struct election *election,
                      const struct unit_state *state)
{
    json_put_integer(json, "seq", state->seq);
    json_put_integer(json, "voted", state->voted);
    json_put_integer(json, "registered", state->registered);
    desk_put_moment(json, "as_of", election, state->as_of);
    desk_put_moment(json, "received", election, state->received_ms / 1000);
    json_put_text(json, "kind", state->seq == 0 ? NULL : report_kind_name(state->kind));
    json_put_integer(json, "round", state->round);
}

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
    struct json_writer json = json_writer_of(&body);
    json_open_object(&json, NULL);
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
    put_state(&json, election, &unit->state);
    char receipt[RECEIPT_BYTES] = "";
    if (unit->state.seq > 0) {
        receipt_from_digest(unit->state.digest, receipt);
    }
    desk_put_text(&json, "receipt", receipt);
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
    desk_put_phase(&json, request->desk);
    page_put_end(&json, unit->total, unit->has_next ? next : NULL);
    json_close_object(&json);
    desk_answer_json(request->exchange, 200, &body);
    buffer_done(&body);
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
    visit_note_good(http_exchange_visit(exchange));
    if (unit == REGISTER_NONE) {
        http_answer_problem(exchange, 404, "unknown-unit", "Unknown unit",
                            "no unit of this election has this code", "", NULL);
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

/* ---- many units ---- */

/* A list on its way: units of an area, all of them or the silent ones. */
struct listing {
    struct http_exchange *exchange;
    const struct intake_desk *desk;
    bool silent_alone;
    uint32_t round; /* silent is who was not heard in it or later; 0: who never reported */
    uint32_t first; /* of the page: the index of a unit */
    uint32_t limit;
    uint32_t total;
    uint32_t listed;
    uint32_t last_listed;
    bool has_more;
    struct buffer body;
    struct json_writer json;
};

static void put_listed(struct listing *listing, uint32_t index, const struct unit_state *state)
{
    const struct election_register *reg = listing->desk->reg;
    const struct unit *unit = &reg->units[index];
    json_open_object(&listing->json, NULL);
    json_put_text(&listing->json, "unit", unit->code);
    json_put_text(&listing->json, "name", unit->name);
    json_put_text(&listing->json, "commune", reg->areas[unit->commune].code);
    desk_put_text(&listing->json, "contact", unit->contact);
    put_state(&listing->json, listing->desk->election, state);
    json_close_object(&listing->json);
}

static bool is_wanted(const struct listing *listing, const struct unit_state *state)
{
    if (!listing->silent_alone) {
        return true;
    }
    return listing->round == 0 ? state->seq == 0 : state->round < listing->round;
}

static bool on_units(void *context, uint32_t first, uint32_t count, const struct unit_state *states)
{
    struct listing *listing = context;
    for (uint32_t i = 0; i < count; i++) {
        if (!is_wanted(listing, &states[i])) {
            continue;
        }
        listing->total++;
        if (first + i < listing->first) {
            continue;
        }
        if (listing->listed < listing->limit) {
            listing->listed++;
            listing->last_listed = first + i;
            put_listed(listing, first + i, &states[i]);
        } else {
            listing->has_more = true;
        }
    }
    return http_is_awaited(listing->exchange);
}

static void on_walked(void *context, enum turnout_error error, const char *why)
{
    struct listing *listing = context;
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(listing->exchange, error, why);
    } else {
        json_close_array(&listing->json);
        desk_put_phase(&listing->json, listing->desk);
        page_put_end(&listing->json, listing->total,
                     listing->has_more ? listing->desk->reg->units[listing->last_listed].code : NULL);
        json_close_object(&listing->json);
        desk_answer_json(listing->exchange, 200, &listing->body);
    }
    buffer_done(&listing->body);
    free(listing);
}

/* Refuses what is no page of it. */
static void list(const struct intake_desk *desk, struct http_exchange *exchange,
                 const struct http_request *request, uint32_t area, bool silent_alone, uint32_t round)
{
    struct page page;
    if (!page_read(exchange, request, PAGE_ROWS, PAGE_ROWS, &page)) {
        return;
    }
    uint32_t after = register_find_unit(desk->reg, slice_of(page.after));
    if (page.after[0] != '\0' && after == REGISTER_NONE) {
        page_refuse_after(exchange);
        return;
    }
    struct listing *listing = memory_new(sizeof *listing);
    *listing = (struct listing){.exchange = exchange,
                                .desk = desk,
                                .silent_alone = silent_alone,
                                .round = round,
                                .first = after == REGISTER_NONE ? 0 : after + 1,
                                .limit = page.limit};
    listing->json = json_writer_of(&listing->body);
    json_open_object(&listing->json, NULL);
    json_put_text(&listing->json, "area", desk->reg->areas[area].code);
    if (round > 0) {
        json_put_integer(&listing->json, "round", round);
    }
    json_open_array(&listing->json, "units");
    http_answer_later(exchange);
    committee_walk_units(desk->committee, area, on_units, on_walked, listing);
}

/* The area of a path, for somebody who may view it; REGISTER_NONE after refusing. */
static uint32_t admit_area(const struct intake_desk *desk, struct http_exchange *exchange,
                           const struct http_request *request, struct slice code)
{
    struct principal principal;
    struct error why;
    if (!desk_admit(desk, exchange, request, ROLE_VIEW, &principal)) {
        return REGISTER_NONE;
    }
    uint32_t area = register_find_area(desk->reg, code);
    if (area == REGISTER_NONE) {
        http_answer_problem(exchange, 404, "unknown-area", "Unknown area",
                            "no nation, province or commune of this election has this code", "", NULL);
        return REGISTER_NONE;
    }
    enum admission admission = committee_check_scope(desk->committee, &principal, area, &why);
    if (admission != ADMITTED) {
        desk_refuse_admission(exchange, admission, &why);
        return REGISTER_NONE;
    }
    return area;
}

void committee_get_units(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    uint32_t area = admit_area(desk, exchange, request, segment);
    if (area == REGISTER_NONE) {
        return;
    }
    if (desk->reg->areas[area].level != AREA_COMMUNE) {
        http_answer_problem(exchange, 404, "not-a-commune", "Not a commune",
                            "only a commune's units are listed; /silent takes any area", "", NULL);
        return;
    }
    list(desk, exchange, request, area, false, 0);
}

void committee_get_silent(void *context, struct http_exchange *exchange, const struct http_request *request,
                          struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    uint32_t area = admit_area(desk, exchange, request, segment);
    if (area == REGISTER_NONE) {
        return;
    }
    char value[8] = "";
    uint64_t round = 0;
    if (http_query_has(request->query, "round") &&
        (!http_query_value(request->query, "round", value, sizeof value) ||
         !text_parse_unsigned(slice_of(value), desk->election->round_count, &round) || round == 0)) {
        http_answer_problem(exchange, 400, "bad-parameter", "Bad parameter",
                            "round is one of the election's rounds, from 1", "round", NULL);
        return;
    }
    list(desk, exchange, request, area, true, (uint32_t)round);
}
