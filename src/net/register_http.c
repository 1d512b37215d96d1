/* The register over HTTP: what the election's files would change, and taking it up. */
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/register_digest.h>

#include "committee_desk.h"
#include "committee_http.h"

enum { ROWS_LISTED_MAX = 1000, ROWS_NAMED_MAX = 3, REASON_BYTES = NOTE_BYTES_MAX + 1 };

/* A question or a wish. The change is what it was about when it was asked. */
struct register_request {
    const struct intake_desk *desk;
    struct http_exchange *exchange;
    struct register_change *change;
};

static struct register_request *request_new(const struct intake_desk *desk, struct http_exchange *exchange)
{
    struct register_request *request = memory_new(sizeof *request);
    *request = (struct register_request){desk, exchange, committee_change(desk->committee)};
    register_change_acquire(request->change);
    http_answer_later(exchange);
    return request;
}

static void request_free(struct register_request *request)
{
    register_change_release(request->change);
    free(request);
}

/* Why a row cannot be taken up, or NULL. */
static const char *remedy_of(const struct register_change *change, const struct take_up *take_up, size_t row)
{
    enum register_row_kind kind = change->rows[row].kind;
    return register_row_is_impossible(kind) || take_up->heard[row] ? register_row_remedy(kind) : NULL;
}

static void put_fingerprint(struct json_writer *json, const char *key, const struct election_register *reg)
{
    char fingerprint[RECEIPT_BYTES];
    register_fingerprint(reg->digest, fingerprint);
    json_put_text(json, key, fingerprint);
}

/* ---- what would change ---- */

static void put_row(struct json_writer *json, const struct register_change *change,
                    const struct take_up *take_up, size_t row)
{
    struct buffer text = {0};
    register_row_describe(&text, change, &change->rows[row]);
    json_open_object(json, NULL);
    json_put_text(json, "change", register_row_name(change->rows[row].kind));
    json_put_text(json, "code", change->rows[row].code);
    json_put_text(json, "text", text.bytes);
    json_put_text(json, "refused", remedy_of(change, take_up, row));
    json_close_object(json);
    buffer_done(&text);
}

static void on_looked(void *context, enum turnout_error error, const char *why, const struct take_up *take_up)
{
    struct register_request *request = context;
    const struct register_change *change = request->change;
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(request->exchange, error, why);
        request_free(request);
        return;
    }
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    put_fingerprint(&json, "fingerprint", change->before);
    put_fingerprint(&json, "files", change->after);
    desk_put_phase(&json, request->desk);
    json_put_integer(&json, "changes", (int64_t)change->count);
    json_put_integer(&json, "refused", (int64_t)(change->impossible + take_up->heard_count));
    json_open_array(&json, "rows");
    for (size_t row = 0; row < change->count && row < ROWS_LISTED_MAX; row++) {
        put_row(&json, change, take_up, row);
    }
    json_close_array(&json);
    desk_answer_json(request->exchange, 200, &json);
    request_free(request);
}

static bool is_change_known(const struct intake_desk *desk, struct http_exchange *exchange)
{
    bool is_known = committee_change(desk->committee) != NULL;
    if (!is_known) {
        desk_refuse_for_store(exchange, TURNOUT_UNAVAILABLE, "");
    }
    return is_known;
}

void committee_get_register(void *context, struct http_exchange *exchange, const struct http_request *request,
                            struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    const struct intake_desk *desk = context;
    struct principal principal;
    if (desk_admit_admin(desk, exchange, request, &principal) && is_change_known(desk, exchange)) {
        committee_look_at_change(desk->committee, on_looked, request_new(desk, exchange));
    }
}

/* ---- taking it up ---- */

static void refuse_rows(const struct register_request *request, const struct take_up *take_up)
{
    const struct register_change *change = request->change;
    size_t refused = change->impossible + take_up->heard_count;
    struct buffer detail = {0};
    size_t named = 0;
    if (take_up->outcome == TAKE_UP_STUCK) {
        buffer_append_text(&detail, "the change stays half done, and some provinces take no reports: ");
    }
    for (size_t row = 0; row < change->count && named < ROWS_NAMED_MAX; row++) {
        const char *remedy = remedy_of(change, take_up, row);
        if (remedy != NULL) {
            buffer_append_text(&detail, named++ == 0 ? "" : "; ");
            register_row_describe(&detail, change, &change->rows[row]);
            buffer_printf(&detail, ": %s", remedy);
        }
    }
    if (change->count == 0) {
        buffer_append_text(&detail,
                           "a unit has reported where only the register to be given up has it: take that "
                           "register up");
    }
    if (refused > named) {
        buffer_printf(&detail, "; and %zu more: GET /v1/register lists them", refused - named);
    }
    http_answer_problem(request->exchange, 409, "register-refused", "The register cannot be taken up",
                        detail.bytes, "", NULL);
    buffer_done(&detail);
}

static void refuse_other(const struct register_request *request, const struct take_up *take_up)
{
    const char *other = take_up->other[0] == '\0' ? "another register" : take_up->other;
    bool is_busy = take_up->outcome != TAKE_UP_OTHER;
    struct buffer detail = {0};
    if (take_up->outcome == TAKE_UP_OVERTAKEN) {
        buffer_append_text(&detail, "somebody else is at this change, or has just ended it: ask again");
    } else if (is_busy) {
        buffer_printf(&detail, "a change to %s was begun and not ended: take that one up first", other);
    } else {
        buffer_printf(&detail,
                      "Redis holds %s: this server has not followed yet, or has other files; ask again",
                      other);
    }
    http_answer_problem(request->exchange, 409, is_busy ? "register-busy" : "register-differs",
                        "Another register", detail.bytes, "", NULL);
    buffer_done(&detail);
}

static void answer_taken_up(const struct register_request *request, bool has_changed)
{
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    put_fingerprint(&json, "fingerprint", request->change->after);
    put_fingerprint(&json, "before", request->change->before);
    json_put_integer(&json, "changes", (int64_t)request->change->count);
    json_put_boolean(&json, "changed", has_changed);
    desk_answer_json(request->exchange, 200, &json);
}

static void on_taken_up(void *context, enum turnout_error error, const char *why,
                        const struct take_up *take_up)
{
    struct register_request *request = context;
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(request->exchange, error, why);
        request_free(request);
        return;
    }
    switch (take_up->outcome) {
    case TAKE_UP_DONE:
    case TAKE_UP_DONE_BEFORE:
    case TAKE_UP_POSSIBLE:
        answer_taken_up(request, take_up->outcome == TAKE_UP_DONE);
        break;
    case TAKE_UP_REFUSED:
    case TAKE_UP_STUCK:
        refuse_rows(request, take_up);
        break;
    case TAKE_UP_OTHER:
    case TAKE_UP_BUSY:
    case TAKE_UP_OVERTAKEN:
        refuse_other(request, take_up);
        break;
    }
    request_free(request);
}

static bool is_fingerprint_of(const char *fingerprint, const struct election_register *reg)
{
    char known[RECEIPT_BYTES];
    register_fingerprint(reg->digest, known);
    return receipt_is_typed(slice_of(fingerprint), known);
}

void committee_post_register(void *context, struct http_exchange *exchange,
                             const struct http_request *request, struct slice segment, struct slice body)
{
    (void)segment;
    const struct intake_desk *desk = context;
    struct principal principal;
    char fingerprint[32];
    char reason[REASON_BYTES];
    const struct text_member members[] = {{"fingerprint", fingerprint, sizeof fingerprint, TEXT_REQUIRED},
                                          {"reason", reason, sizeof reason, TEXT_REQUIRED}};
    if (!desk_admit_admin(desk, exchange, request, &principal) ||
        !desk_read_body(exchange, request, body, members, 2) || !is_change_known(desk, exchange)) {
        return;
    }
    const struct register_change *change = committee_change(desk->committee);
    if (!is_fingerprint_of(fingerprint, change->after)) {
        struct buffer detail = {0};
        char known[RECEIPT_BYTES];
        register_fingerprint(change->after->digest, known);
        buffer_printf(&detail, "the files that this server has read have the fingerprint %s: compare them",
                      known);
        http_answer_problem(exchange, 409, "another-fingerprint", "Another fingerprint", detail.bytes,
                            "fingerprint", NULL);
        buffer_done(&detail);
        return;
    }
    struct register_request *asked = request_new(desk, exchange);
    committee_take_up(desk->committee, &principal, reason, on_taken_up, asked);
}
