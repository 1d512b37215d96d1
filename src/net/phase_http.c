/* Phase and publication mode over HTTP: asked for by an admin of the nation, answered when it is done. */
#include "committee_http.h"

#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/register_digest.h>

#include "committee_desk.h"

/* A change that was asked for. */
struct change_request {
    struct http_exchange *exchange;
    const struct intake_desk *desk;
    const char *field;
    const char *wanted;
};

static void refuse_change(const struct change_request *request, const struct store_change *change)
{
    struct buffer detail = {0};
    if (change->outcome == CHANGE_REHEARSAL_STANDS) {
        buffer_printf(&detail, "reports of the rehearsal stand in %s: clear them with `turnout reset`",
                      request->desk->reg->areas[change->province].code);
        http_answer_problem(request->exchange, 409, "rehearsal-stands", "Reports of the rehearsal stand",
                            detail.bytes, request->field, NULL);
    } else {
        buffer_printf(&detail,
                      "it is %s, and cannot become %s: an election goes from rehearsal to open, from "
                      "there to closed, and from closed to open again",
                      change->before, request->wanted);
        http_answer_problem(request->exchange, 409, "not-allowed", "Not from here", detail.bytes,
                            request->field, NULL);
    }
    buffer_done(&detail);
}

static void answer_change(const struct change_request *request, const struct store_change *change)
{
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    json_put_text(&json, request->field, request->wanted);
    json_put_text(&json, "before", change->before);
    json_put_boolean(&json, "changed", change->outcome == CHANGE_DONE);
    desk_answer_json(request->exchange, 200, &json);
}

static void on_changed(void *context, enum turnout_error error, const char *why,
                       const struct store_change *change)
{
    struct change_request *request = context;
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(request->exchange, error, why);
    } else if (change->outcome == CHANGE_DONE || change->outcome == CHANGE_NONE) {
        answer_change(request, change);
    } else {
        refuse_change(request, change);
    }
    free(request);
}

static struct change_request *change_request_new(const struct intake_desk *desk,
                                                 struct http_exchange *exchange, const char *field,
                                                 const char *wanted)
{
    struct change_request *request = memory_new(sizeof *request);
    *request = (struct change_request){exchange, desk, field, wanted};
    http_answer_later(exchange);
    return request;
}

/* Who says which election is meant must mean this one. */
static bool is_of_this_election(const struct intake_desk *desk, struct http_exchange *exchange,
                                const char *election)
{
    struct buffer detail = {0};
    bool is_this = election[0] == '\0' || strcmp(election, desk->election->id) == 0;
    if (!is_this) {
        buffer_printf(&detail, "this server has the election %s: ask the server of the one that you mean",
                      desk->election->id);
        http_answer_problem(exchange, 409, "wrong-election", "Another election", detail.bytes, "election",
                            NULL);
        buffer_done(&detail);
    }
    return is_this;
}

/* The admin who opens the election must send the register's fingerprint. The offices have read it to each other, so all
 * have the same register. */
static bool shows_register(const struct intake_desk *desk, struct http_exchange *exchange,
                           const char *fingerprint)
{
    char ours[RECEIPT_BYTES];
    register_fingerprint(desk->reg->digest, ours);
    if (fingerprint[0] == '\0') {
        desk_refuse_member(exchange, "fingerprint",
                           "missing: to open the election, send the register's fingerprint, which `turnout "
                           "register check` prints");
        return false;
    }
    if (!receipt_is_typed(slice_of(fingerprint), ours)) {
        http_answer_problem(exchange, 409, "another-fingerprint", "Another fingerprint",
                            "this is not the fingerprint of the register that this server has: compare what "
                            "`turnout register check` prints with the server's log before you open",
                            "fingerprint", NULL);
        return false;
    }
    return true;
}

/* Before its time an election is closed by those alone who say that they know. */
static bool is_over(const struct intake_desk *desk, struct http_exchange *exchange)
{
    char closes[RFC3339_BYTES];
    struct buffer detail = {0};
    if (clock_wall_ms() / 1000 >= desk->election->closes) {
        return true;
    }
    rfc3339_format(desk->election->closes, desk->election->offset_s, closes);
    buffer_printf(&detail, "the polls close at %s; to close the election before, send `\"early\":true`",
                  closes);
    http_answer_problem(exchange, 409, "too-early", "The polls have not closed yet", detail.bytes, "early",
                        NULL);
    buffer_done(&detail);
    return false;
}

void committee_post_phase(void *context, struct http_exchange *exchange, const struct http_request *request,
                          struct slice segment, struct slice body)
{
    (void)segment;
    const struct intake_desk *desk = context;
    struct principal principal;
    char name[16];
    char election[AREA_CODE_BYTES];
    char fingerprint[32];
    char early[8];
    enum election_phase phase;
    const struct text_member members[] = {{"phase", name, sizeof name, TEXT_REQUIRED},
                                          {"election", election, sizeof election, TEXT_OPTIONAL},
                                          {"fingerprint", fingerprint, sizeof fingerprint, TEXT_OPTIONAL},
                                          {"early", early, sizeof early, TEXT_FLAG}};
    if (!desk_admit_admin(desk, exchange, request, &principal) ||
        !desk_read_body(exchange, request, body, members, 4)) {
        return;
    }
    if (!election_phase_parse(slice_of(name), &phase)) {
        desk_refuse_member(exchange, "phase", "must be rehearsal, open or closed");
        return;
    }
    if (!is_of_this_election(desk, exchange, election) ||
        (phase == PHASE_OPEN && !shows_register(desk, exchange, fingerprint)) ||
        (phase == PHASE_CLOSED && strcmp(early, "true") != 0 && !is_over(desk, exchange))) {
        return;
    }
    committee_change_phase(desk->committee, &principal, phase, on_changed,
                           change_request_new(desk, exchange, "phase", election_phase_name(phase)));
}

void committee_post_publication(void *context, struct http_exchange *exchange,
                                const struct http_request *request, struct slice segment, struct slice body)
{
    (void)segment;
    const struct intake_desk *desk = context;
    struct principal principal;
    char name[16];
    enum publication_mode mode;
    const struct text_member members[] = {{"mode", name, sizeof name, TEXT_REQUIRED}};
    if (!desk_admit_admin(desk, exchange, request, &principal) ||
        !desk_read_body(exchange, request, body, members, 1) || !desk_is_showing(desk, exchange)) {
        return;
    }
    if (!publication_mode_parse(slice_of(name), &mode)) {
        desk_refuse_member(exchange, "mode", "must be live, rounds or hold");
        return;
    }
    committee_change_publication(desk->committee, &principal, mode, on_changed,
                                 change_request_new(desk, exchange, "mode", publication_mode_name(mode)));
}
