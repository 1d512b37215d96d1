/* Held reports over HTTP: the list of those that wait, and a decision about one. */
#include "committee_http.h"

#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/signature.h>

#include "committee_desk.h"
#include "page.h"

/* Rows of a page. A page is parsed and written in one turn of the loop, while units wait. */
enum { HELD_ROWS = 100, HELD_ROWS_MAX = 200 };

enum { REASON_BYTES = NOTE_BYTES_MAX + 1 };
_Static_assert((int)HELD_PLACE_BYTES <= (int)PAGE_AFTER_BYTES, "a place fits into a request");

/* ---- the list ---- */

struct held_listing {
    struct http_exchange *exchange;
    const struct intake_desk *desk;
    uint32_t area;
};

static void put_held(struct json_writer *json, const struct intake_desk *desk, const struct log_line *held)
{
    const struct election_register *reg = desk->reg;
    const struct report *report = &held->report;
    uint32_t index = register_find_unit(reg, slice_of(report->unit));
    if (index == REGISTER_NONE) {
        return; /* of a register that was */
    }
    const struct unit *unit = &reg->units[index];
    char id[HELD_ID_BYTES];
    char receipt[RECEIPT_BYTES];
    unsigned char digest[REPORT_DIGEST_BYTES];
    held_id_write(unit->code, report->seq, id);
    report_digest(report, digest);
    receipt_from_digest(digest, receipt);
    json_open_object(json, NULL);
    json_put_text(json, "id", id);
    json_put_text(json, "code", report_code_name(held->code));
    desk_put_text(json, "flags", held->flags);
    json_put_text(json, "unit", unit->code);
    json_put_text(json, "name", unit->name);
    json_put_text(json, "commune", reg->areas[unit->commune].code);
    json_put_integer(json, "seq", report->seq);
    json_put_text(json, "as_of", report->as_of_text);
    json_put_integer(json, "voted", report->voted);
    if (report->registered == REGISTERED_ABSENT) {
        json_put_text(json, "registered", NULL);
    } else {
        json_put_integer(json, "registered", report->registered);
    }
    json_put_text(json, "kind", report_kind_name(report->kind));
    desk_put_text(json, "reason", report_reason_name(report->reason));
    desk_put_text(json, "note", report->note);
    desk_put_text(json, "key", report->key);
    desk_put_text(json, "via", held->who);
    desk_put_moment(json, "received", desk->election, held->received_ms / 1000);
    json_put_integer(json, "round", held->round);
    json_put_text(json, "receipt", receipt);
    json_close_object(json);
}

static void answer_held(const struct held_listing *listing, const struct store_held_page *page)
{
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    json_put_text(&json, "area", listing->desk->reg->areas[listing->area].code);
    json_open_array(&json, "held");
    for (size_t i = 0; i < page->count; i++) {
        put_held(&json, listing->desk, &page->lines[i]);
    }
    json_close_array(&json);
    char next[HELD_PLACE_BYTES];
    if (page->next != NULL) {
        held_place_write(page->next, next);
    }
    desk_answer_page(listing->desk, listing->exchange, &json, page->total, page->next != NULL ? next : NULL);
}

static void on_held(void *context, enum turnout_error error, const char *why,
                    const struct store_held_page *page)
{
    struct held_listing *listing = context;
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(listing->exchange, error, why);
    } else {
        answer_held(listing, page);
    }
    free(listing);
}

void committee_get_held(void *context, struct http_exchange *exchange, const struct http_request *request,
                        struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    const struct intake_desk *desk = context;
    struct principal principal;
    struct page page;
    struct held_place after;
    if (!desk_admit(desk, exchange, request, ROLE_DECIDE, &principal) ||
        !page_read(exchange, request, HELD_ROWS, HELD_ROWS_MAX, &page)) {
        return;
    }
    bool has_after = page.after[0] != '\0';
    if (has_after && !held_place_parse(slice_of(page.after), &after)) {
        page_refuse_after(exchange);
        return;
    }
    struct held_listing *listing = memory_new(sizeof *listing);
    *listing = (struct held_listing){exchange, desk, principal.area};
    http_answer_later(exchange);
    committee_list_held(desk->committee, &principal, has_after ? &after : NULL, page.limit, on_held, listing);
}

/* ---- a decision ---- */

struct decision_request {
    struct http_exchange *exchange;
    char id[HELD_ID_BYTES];
    bool release;
};

static void refuse_unknown(struct http_exchange *exchange)
{
    http_answer_problem(
        exchange, 404, "unknown-held", "Unknown held report",
        "no report was held under this id: it is the unit's code, a dot and the seq, as the list of held "
        "reports has it",
        "", NULL);
}

static void answer_decision(const struct decision_request *request, enum held_state state, bool has_changed)
{
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    json_put_text(&json, "id", request->id);
    json_put_text(&json, "state", held_state_name(state));
    json_put_boolean(&json, "changed", has_changed);
    desk_answer_json(request->exchange, 200, &json);
}

/* Whether what was decided before is what is wanted now: the same decision twice is one. */
static bool is_as_wanted(const struct decision_request *request, enum held_state state)
{
    return request->release ? state == HELD_RELEASED || state == HELD_SUPERSEDED : state == HELD_REJECTED;
}

static void refuse_decided(const struct decision_request *request, enum held_state state)
{
    struct buffer detail = {0};
    buffer_printf(&detail, "it was %s before", held_state_name(state));
    http_answer_problem(request->exchange, 409, "already-decided", "Already decided", detail.bytes,
                        "decision", NULL);
    buffer_done(&detail);
}

static void on_decided(void *context, enum decided decided, enum held_state state)
{
    struct decision_request *request = context;
    if (decided == DECIDED_UNAVAILABLE || decided == DECIDED_UNSOUND) {
        desk_refuse_for_store(request->exchange,
                              decided == DECIDED_UNSOUND ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE,
                              "what it holds of the commune cannot be read");
    } else if (decided == DECIDED_NOT_FOUND) {
        refuse_unknown(request->exchange);
    } else if (decided == DECIDED_OVER_ROLL) {
        http_answer_problem(request->exchange, 409, "voted-exceeds-registered", "More voted than registered",
                            "it cannot be counted as the roll stands; it is still held: let the unit "
                            "report its roll as it is, then release it",
                            "decision", NULL);
    } else if (decided != DECIDED_BEFORE) {
        answer_decision(request, state, true);
    } else if (is_as_wanted(request, state)) {
        answer_decision(request, state, false);
    } else {
        refuse_decided(request, state);
    }
    free(request);
}

/* The unit and seq of an id, of a unit that the principal may decide about. False after refusing. */
static bool find_held(const struct intake_desk *desk, struct http_exchange *exchange,
                      const struct principal *principal, struct slice id, uint32_t *ret_unit,
                      int32_t *ret_seq)
{
    struct slice code;
    if (!held_id_parse(id, &code, ret_seq) ||
        (*ret_unit = register_find_unit(desk->reg, code)) == REGISTER_NONE) {
        refuse_unknown(exchange);
        return false;
    }
    struct error why;
    enum admission admission =
        committee_check_scope(desk->committee, principal, desk->reg->units[*ret_unit].commune, &why);
    if (admission != ADMITTED) {
        desk_refuse_admission(exchange, admission, &why);
    }
    return admission == ADMITTED;
}

void committee_post_held(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    const struct intake_desk *desk = context;
    struct principal principal;
    uint32_t unit;
    int32_t seq;
    char decision[16];
    char reason[REASON_BYTES];
    const struct text_member members[] = {{"decision", decision, sizeof decision, TEXT_REQUIRED},
                                          {"reason", reason, sizeof reason, TEXT_REQUIRED}};
    if (!desk_admit(desk, exchange, request, ROLE_DECIDE, &principal) ||
        !find_held(desk, exchange, &principal, segment, &unit, &seq) ||
        !desk_read_body(exchange, request, body, members, 2)) {
        return;
    }
    bool release = strcmp(decision, "release") == 0;
    if (!release && strcmp(decision, "reject") != 0) {
        desk_refuse_member(exchange, "decision", "must be release or reject");
        return;
    }
    struct decision_request *asked = memory_new(sizeof *asked);
    *asked = (struct decision_request){.exchange = exchange, .release = release};
    held_id_write(desk->reg->units[unit].code, seq, asked->id);
    http_answer_later(exchange);
    if (!committee_decide(desk->committee, &principal, unit, seq, release, reason, on_decided, asked)) {
        on_decided(asked, DECIDED_UNAVAILABLE, HELD_WAITING);
    }
}
