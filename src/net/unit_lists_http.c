/* Units of an area over HTTP: all of a commune, those that are silent, those that owe a final. */
#include <stdlib.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

#include "committee_desk.h"
#include "committee_http.h"
#include "excuse_http.h"
#include "page.h"

enum list_kind { LIST_ALL, LIST_SILENT, LIST_OWING };

/* A list on its way. */
struct listing {
    struct http_exchange *exchange;
    const struct intake_desk *desk;
    enum list_kind kind;
    int64_t now;    /* Unix seconds */
    uint32_t round; /* silent is who was not heard in it or later; 0: who never reported */
    uint32_t first; /* of the page: the index of a unit */
    uint32_t limit;
    uint32_t total;
    uint32_t silent;   /* without an excuse */
    uint32_t expected; /* of all units, to report */
    uint32_t listed;
    uint32_t last_listed;
    bool has_more;
    struct buffer body;
    struct json_writer json;
};

static bool is_silent(const struct listing *listing, const struct unit_state *state)
{
    return listing->round == 0 ? state->seq == 0 : state->round < listing->round;
}

static void put_listed(struct listing *listing, uint32_t index, const struct unit_state *state,
                       const struct excuse *excuse, enum excuse_status stands)
{
    const struct election_register *reg = listing->desk->reg;
    const struct unit *unit = &reg->units[index];
    json_open_object(&listing->json, NULL);
    json_put_text(&listing->json, "unit", unit->code);
    json_put_text(&listing->json, "name", unit->name);
    json_put_text(&listing->json, "commune", reg->areas[unit->commune].code);
    desk_put_text(&listing->json, "contact", unit->contact);
    desk_put_state(&listing->json, listing->desk->election, state);
    excuse_put(&listing->json, listing->desk->election, excuse, stands,
               is_silent(listing, state) ? "silent" : NULL);
    json_close_object(&listing->json);
}

static bool is_wanted(const struct listing *listing, const struct unit_state *state,
                      enum excuse_status stands)
{
    switch (listing->kind) {
    case LIST_SILENT:
        return is_silent(listing, state);
    case LIST_OWING:
        return state->kind != KIND_FINAL && !excuse_needs_silence(stands);
    case LIST_ALL:
        break;
    }
    return true;
}

/* Of all units, whether they are wanted or not. */
static void count_unit(struct listing *listing, const struct unit_state *state, enum excuse_status stands)
{
    listing->expected += excuse_needs_silence(stands) ? 0 : 1;
    listing->silent += stands == EXCUSE_NONE && is_silent(listing, state) ? 1 : 0;
}

static bool on_units(void *context, uint32_t first, uint32_t count, const struct unit_state *states,
                     const struct excuse *excuses)
{
    struct listing *listing = context;
    for (uint32_t i = 0; i < count; i++) {
        enum excuse_status stands = excuse_stands(&excuses[i], &states[i], listing->now);
        count_unit(listing, &states[i], stands);
        if (!is_wanted(listing, &states[i], stands)) {
            continue;
        }
        listing->total++;
        if (first + i < listing->first) {
            continue;
        }
        if (listing->listed < listing->limit) {
            listing->listed++;
            listing->last_listed = first + i;
            put_listed(listing, first + i, &states[i], &excuses[i], stands);
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
        json_put_integer(&listing->json, "expected", listing->expected);
        json_put_integer(&listing->json, "silent", listing->silent);
        desk_answer_page(listing->desk, listing->exchange, &listing->json, listing->total,
                         listing->has_more ? listing->desk->reg->units[listing->last_listed].code : NULL);
    }
    buffer_done(&listing->body);
    free(listing);
}

/* Refuses what is no page of it. */
static void list(const struct intake_desk *desk, struct http_exchange *exchange,
                 const struct http_request *request, uint32_t area, enum list_kind kind, uint32_t round)
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
                                .kind = kind,
                                .now = clock_wall_ms() / 1000,
                                .round = round,
                                .first = after == REGISTER_NONE ? 0 : after + 1,
                                .limit = page.limit};
    listing->json = desk_open_json(&listing->body);
    json_put_text(&listing->json, "area", desk->reg->areas[area].code);
    if (round > 0) {
        json_put_integer(&listing->json, "round", round);
    }
    json_open_array(&listing->json, "units");
    http_answer_later(exchange);
    committee_walk_units(desk->committee, area, on_units, on_walked, listing);
}

void committee_get_units(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    uint32_t area = desk_admit_area(desk, exchange, request, segment);
    if (area == REGISTER_NONE) {
        return;
    }
    if (desk->reg->areas[area].level != AREA_COMMUNE) {
        http_answer_problem(exchange, 404, "not-a-commune", "Not a commune",
                            "only a commune's units are listed; /silent takes any area", "", NULL);
        return;
    }
    list(desk, exchange, request, area, LIST_ALL, 0);
}

void committee_get_silent(void *context, struct http_exchange *exchange, const struct http_request *request,
                          struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    uint32_t area = desk_admit_area(desk, exchange, request, segment);
    if (area == REGISTER_NONE) {
        return;
    }
    uint32_t round;
    if (!desk_read_round(desk, exchange, request, &round)) {
        return;
    }
    list(desk, exchange, request, area, LIST_SILENT, round);
}

void committee_get_owing(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    uint32_t area = desk_admit_area(desk, exchange, request, segment);
    if (area != REGISTER_NONE) {
        list(desk, exchange, request, area, LIST_OWING, 0);
    }
}
