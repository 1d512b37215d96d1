/* Where a member of a committee begins: which election it is and how it stands, and what the token is good for. */
#include "committee_http.h"

#include <turnout/base/clock.h>

#include "committee_desk.h"

static void put_election(struct json_writer *json, const struct election *election)
{
    json_open_object(json, "election");
    json_put_text(json, "id", election->id);
    json_put_text(json, "name", election->name);
    json_put_text(json, "date", election->date);
    json_put_text(json, "timezone", election->timezone);
    json_open_array(json, "rounds");
    for (uint32_t i = 0; i < election->round_count; i++) {
        desk_put_moment(json, NULL, election, election->rounds[i]);
    }
    json_close_array(json);
    json_close_object(json);
}

static void put_token(struct json_writer *json, const struct intake_desk *desk,
                      const struct principal *principal)
{
    const struct area *area = &desk->reg->areas[principal->area];
    json_open_object(json, "token");
    json_put_text(json, "label", principal->label);
    json_put_text(json, "role", token_role_name(principal->role));
    desk_put_moment(json, "until", desk->election, principal->expires);
    json_open_object(json, "area");
    json_put_text(json, "code", area->code);
    json_put_text(json, "level", area_level_name(area->level));
    json_put_text(json, "name", area->name);
    json_close_object(json);
    json_close_object(json);
}

void committee_get_desk(void *context, struct http_exchange *exchange, const struct http_request *request,
                        struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    const struct intake_desk *desk = context;
    struct principal principal;
    if (!desk_admit(desk, exchange, request, ROLE_VIEW, &principal)) {
        return;
    }
    struct buffer text = {0};
    struct json_writer json = desk_open_json(&text);
    put_election(&json, desk->election);
    const struct publication *shown = committee_publication(desk->committee);
    json_put_text(&json, "publication", shown == NULL ? NULL : publication_figures(shown)->publication);
    desk_put_moment(&json, "now", desk->election, clock_wall_ms() / 1000);
    put_token(&json, desk, &principal);
    desk_put_phase(&json, desk);
    desk_answer_json(exchange, 200, &json);
}
