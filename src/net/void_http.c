/* What committees decide about a unit, over HTTP: that all it has sent is void. */
#include "committee_http.h"

#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/wire/json_writer.h>

#include "committee_desk.h"

enum { REASON_BYTES = NOTE_BYTES_MAX + 1 };

/* A void that was asked for. */
struct void_request {
    struct http_exchange *exchange;
    const char *unit;
};

static void answer(const struct void_request *request, bool has_changed)
{
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    json_put_text(&json, "unit", request->unit);
    json_put_text(&json, "state", "voided");
    json_put_boolean(&json, "changed", has_changed);
    desk_answer_json(request->exchange, 200, &json);
}

static void on_voided(void *context, enum decided decided, enum held_state state)
{
    (void)state;
    struct void_request *request = context;
    if (decided == DECIDED_UNAVAILABLE || decided == DECIDED_UNSOUND) {
        desk_refuse_for_store(request->exchange,
                              decided == DECIDED_UNSOUND ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE,
                              "what it holds of the commune cannot be read");
    } else {
        answer(request, decided == DECIDED_VOIDED);
    }
    free(request);
}

void committee_post_void(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    const struct intake_desk *desk = context;
    struct principal principal;
    char reason[REASON_BYTES];
    const struct text_member members[] = {{"reason", reason, sizeof reason, TEXT_REQUIRED}};
    uint32_t unit = desk_admit_unit(desk, exchange, request, ROLE_DECIDE, segment, &principal);
    if (unit == REGISTER_NONE || !desk_read_body(exchange, request, body, members, 1)) {
        return;
    }
    struct void_request *asked = memory_new(sizeof *asked);
    *asked = (struct void_request){exchange, desk->reg->units[unit].code};
    http_answer_later(exchange);
    committee_void(desk->committee, &principal, unit, reason, on_voided, asked);
}
