/* How committees are admitted, and how they are answered. */
#include "committee_desk.h"

#include <assert.h>

#include <turnout/base/clock.h>
#include <turnout/base/rfc3339.h>

#include "asked_area.h"
#include "retry_after.h"
#include "too_many.h"

static const struct {
    const char *code;
    const char *title;
    int status;
    const char *remedy;
} refusals[] = {
    [ADMISSION_UNAUTHORIZED] = {"unauthorized", "Unauthorized", 401, "ask for a token that is good now"},
    [ADMISSION_WRONG_ROLE] = {"wrong-role", "Wrong role", 403, "ask for a token of the role"},
    [ADMISSION_OUT_OF_SCOPE] = {"out-of-scope", "Out of scope", 403, "ask for a token of the area"},
    [ADMISSION_TOO_MANY] = {"too-many", "Too many", 429, "ask again later"},
};

const char *desk_admission_code(enum admission admission)
{
    assert(admission != ADMITTED);
    return refusals[admission].code;
}

void desk_refuse_admission(struct http_exchange *exchange, enum admission admission, const struct error *why)
{
    assert(admission != ADMITTED);
    visit_note_failure(http_exchange_visit(exchange));
    int status = refusals[admission].status;
    struct buffer detail = {0};
    char retry[RETRY_AFTER_BYTES] = "";
    if (status == 429) {
        retry_after_header(retry);
    }
    buffer_printf(&detail, "%s; %s", why->text, refusals[admission].remedy);
    http_answer_problem(exchange, status, refusals[admission].code, refusals[admission].title, detail.bytes,
                        "", status == 401 ? "WWW-Authenticate: Bearer\r\n" : retry);
    buffer_done(&detail);
}

bool desk_admit(const struct intake_desk *desk, struct http_exchange *exchange,
                const struct http_request *request, enum token_role wanted, struct principal *ret_principal)
{
    if (too_many_refuse(exchange, false)) {
        return false;
    }
    struct error why;
    enum admission admission = committee_admit(desk->committee, http_request_header(request, "Authorization"),
                                               wanted, clock_wall_ms() / 1000, ret_principal, &why);
    if (admission != ADMITTED) {
        desk_refuse_admission(exchange, admission, &why);
        return false;
    }
    visit_note_success(http_exchange_visit(exchange));
    return true;
}

bool desk_admit_admin(const struct intake_desk *desk, struct http_exchange *exchange,
                      const struct http_request *request, struct principal *ret_principal)
{
    if (!desk_admit(desk, exchange, request, ROLE_ADMIN, ret_principal)) {
        return false;
    }
    struct error why;
    enum admission admission = committee_check_scope(desk->committee, ret_principal, REGISTER_NATION, &why);
    if (admission != ADMITTED) {
        desk_refuse_admission(exchange, admission, &why);
    }
    return admission == ADMITTED;
}

uint32_t desk_admit_unit(const struct intake_desk *desk, struct http_exchange *exchange,
                         const struct http_request *request, enum token_role wanted, struct slice code,
                         struct principal *ret_principal)
{
    struct error why;
    if (!desk_admit(desk, exchange, request, wanted, ret_principal)) {
        return REGISTER_NONE;
    }
    uint32_t unit = register_find_unit(desk->reg, code);
    if (unit == REGISTER_NONE) {
        http_answer_problem(exchange, 404, "unknown-unit", "Unknown unit",
                            "no unit of this election has this code: check it, leading zeros too", "", NULL);
        return REGISTER_NONE;
    }
    enum admission admission =
        committee_check_scope(desk->committee, ret_principal, desk->reg->units[unit].commune, &why);
    if (admission != ADMITTED) {
        desk_refuse_admission(exchange, admission, &why);
        return REGISTER_NONE;
    }
    return unit;
}

uint32_t desk_admit_area(const struct intake_desk *desk, struct http_exchange *exchange,
                         const struct http_request *request, struct slice code)
{
    struct principal principal;
    struct error why;
    if (!desk_admit(desk, exchange, request, ROLE_VIEW, &principal)) {
        return REGISTER_NONE;
    }
    uint32_t area = area_of_path(desk->reg, exchange, code);
    if (area == REGISTER_NONE) {
        return REGISTER_NONE;
    }
    enum admission admission = committee_check_scope(desk->committee, &principal, area, &why);
    if (admission != ADMITTED) {
        desk_refuse_admission(exchange, admission, &why);
        return REGISTER_NONE;
    }
    return area;
}

void desk_refuse_round(struct http_exchange *exchange)
{
    http_refuse_parameter(exchange, "round", "round is one of the election's rounds, from 1");
}

bool desk_read_round(const struct intake_desk *desk, struct http_exchange *exchange,
                     const struct http_request *request, uint32_t *ret_round)
{
    char value[8] = "";
    uint64_t round = 0;
    if (http_query_has(request->query, "round") &&
        (!http_query_value(request->query, "round", value, sizeof value) ||
         !text_parse_unsigned(slice_of(value), desk->election->round_count, &round) || round == 0)) {
        desk_refuse_round(exchange);
        return false;
    }
    *ret_round = (uint32_t)round;
    return true;
}

void desk_refuse_member(struct http_exchange *exchange, const char *name, const char *detail)
{
    http_answer_problem(exchange, 400, "malformed", "Malformed", detail, name, NULL);
}

bool desk_read_body(struct http_exchange *exchange, const struct http_request *request, struct slice body,
                    const struct text_member *members, size_t count)
{
    struct slice rest = http_request_header(request, "Content-Type");
    if (!slice_equals_ignoring_case(slice_trim(text_split(&rest, ';')), "application/json")) {
        http_answer_problem(exchange, 415, "unsupported-media-type", "Unsupported media type",
                            "send application/json", "", NULL);
        return false;
    }
    struct error error;
    enum turnout_error failed = text_members_parse(body, members, count, &error);
    if (failed == TURNOUT_TOO_LARGE) {
        http_answer_problem(exchange, 413, "too-large", "Too large", error.text, "", NULL);
    } else if (failed != TURNOUT_OK) {
        desk_refuse_member(exchange, error.field, error.text);
    }
    return failed == TURNOUT_OK;
}

void desk_refuse_for_store(struct http_exchange *exchange, enum turnout_error error, const char *why)
{
    if (error == TURNOUT_BAD_INPUT) {
        http_answer_problem(exchange, 500, "store-unsound", "Redis holds what it must not", why, "", NULL);
        return;
    }
    char headers[RETRY_AFTER_BYTES];
    retry_after_header(headers);
    http_answer_problem(exchange, 503, "store-unavailable", "Store unavailable",
                        "not known to be done; ask again", "", headers);
}

bool desk_is_showing(const struct intake_desk *desk, struct http_exchange *exchange)
{
    if (committee_publication(desk->committee) == NULL) {
        desk_refuse_for_store(exchange, TURNOUT_UNAVAILABLE, "the server is starting");
        return false;
    }
    return true;
}

void desk_put_text(struct json_writer *json, const char *key, const char *text)
{
    json_put_text(json, key, text[0] == '\0' ? NULL : text);
}

void desk_put_moment(struct json_writer *json, const char *key, const struct election *election,
                     int64_t moment)
{
    char text[RFC3339_BYTES];
    rfc3339_format(moment, election->offset_s, text);
    json_put_text(json, key, moment == 0 ? NULL : text);
}

void desk_put_state(struct json_writer *json, const struct election *election, const struct unit_state *state)
{
    json_put_integer(json, "seq", state->seq);
    json_put_integer(json, "voted", state->voted);
    json_put_integer(json, "registered", state->registered);
    desk_put_moment(json, "as_of", election, state->as_of);
    desk_put_moment(json, "received", election, state->received_ms / 1000);
    json_put_text(json, "kind", state->seq == 0 ? NULL : report_kind_name(state->kind));
    json_put_integer(json, "round", state->round);
}

void desk_put_phase(struct json_writer *json, const struct intake_desk *desk)
{
    enum election_phase phase = committee_phase(desk->committee);
    json_put_boolean(json, "test", phase == PHASE_REHEARSAL);
    json_put_text(json, "phase", election_phase_name(phase));
    json_put_text(json, "phase_warning",
                  election_phase_against_clock(desk->election, phase, clock_wall_ms() / 1000));
}

struct json_writer desk_open_json(struct buffer *body)
{
    struct json_writer json = json_writer_of(body);
    json_open_object(&json, NULL);
    return json;
}

void desk_answer_json(struct http_exchange *exchange, int status, struct json_writer *json)
{
    json_close_object(json);
    http_answer(exchange, &(struct http_answer){.status = status,
                                                .content_type = "application/json",
                                                .headers = "Cache-Control: no-store\r\n",
                                                .body = json->out->bytes,
                                                .body_bytes = json->out->length});
    buffer_done(json->out);
}

void desk_answer_page(const struct intake_desk *desk, struct http_exchange *exchange,
                      struct json_writer *json, int64_t total, const char *next)
{
    desk_put_phase(json, desk);
    if (total >= 0) {
        json_put_integer(json, "total", total);
    } else {
        json_put_text(json, "total", NULL);
    }
    json_put_text(json, "next", next);
    desk_answer_json(exchange, 200, json);
}
