/* POST /v1/reports. A submission collects the answers to its reports and is answered when the last one is in. */
#include <turnout/net/intake_http.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/service/intake.h>
#include <turnout/service/principal.h>
#include <turnout/wire/documents.h>
#include <turnout/wire/line_framer.h>
#include <turnout/wire/report_json.h>

#include "committee_desk.h"
#include "committee_http.h"
#include "retry_after.h"
#include "static_http.h"
#include "too_many.h"

enum {
    BATCH_STEP_US = 250, /* of a batch at a time: other units of the worker wait that long */
    /* Reports of a batch that the tally has at a time: those of other units wait behind them. */
    BATCH_UNANSWERED_MAX = 256,
};

/* A report of a batch. */
struct batch_line {
    uint64_t number;   /* of its line in the body, from 1, empty lines counted; 0: no batch */
    struct slice text; /* in the submission's body; NULL: too long */
    struct report_result result;
};

/* One request's reports on their way to their answers. */
struct submission {
    struct http_exchange *exchange;
    bool is_batch;
    size_t count;
    size_t awaited;           /* answers, and one more until all reports have been submitted */
    struct batch_line *lines; /* in their order */

    /* Of a batch, while it is being submitted. */
    struct intake *intake;
    bool is_vouched;
    struct principal voucher;
    struct buffer body;
    size_t submitted;
    bool waits; /* for answers, before more are submitted */
};

static void submission_free(struct submission *submission)
{
    buffer_done(&submission->body);
    free(submission->lines);
    free(submission);
}

/* ---- answering ---- */

static void answer_batch(struct submission *submission)
{
    struct buffer body = {0};
    for (size_t i = 0; i < submission->count; i++) {
        result_json_write(&body, &submission->lines[i].result, submission->lines[i].number);
        buffer_append_char(&body, '\n');
    }
    http_answer(submission->exchange, &(struct http_answer){.status = 200,
                                                            .content_type = "application/x-ndjson",
                                                            .headers = "Cache-Control: no-store\r\n",
                                                            .body = body.bytes,
                                                            .body_bytes = body.length});
    buffer_done(&body);
}

static void answer_refusal(struct http_exchange *exchange, int status, const struct report_result *result)
{
    char headers[RETRY_AFTER_BYTES] = "";
    if (status == 503 || status == 429) {
        retry_after_header(headers);
    }
    const struct problem problem = {.status = status,
                                    .code = report_code_name(result->code),
                                    .title = report_code_title(result->code),
                                    .detail = result->detail,
                                    .field = result->field,
                                    .next_seq = result->next_seq,
                                    .test = result->test};
    http_answer_with_problem(exchange, &problem, headers);
}

/* What is no report, or no number of reports that a request may hold. */
static void refuse_body(struct http_exchange *exchange, enum report_code code, const char *why)
{
    struct report_result result;
    report_reject(&result, NULL, code, NULL, "%s", why);
    answer_refusal(exchange, report_result_http_status(&result), &result);
}

static void answer_single(struct submission *submission)
{
    const struct report_result *result = &submission->lines[0].result;
    int status = report_result_http_status(result);
    if (status >= 400) {
        answer_refusal(submission->exchange, status, result);
        return;
    }
    struct buffer body = {0};
    result_json_write(&body, result, 0);
    http_answer(submission->exchange, &(struct http_answer){.status = status,
                                                            .content_type = "application/json",
                                                            .headers = "Cache-Control: no-store\r\n",
                                                            .body = body.bytes,
                                                            .body_bytes = body.length});
    buffer_done(&body);
}

static void conclude(struct submission *submission)
{
    if (submission->is_batch) {
        answer_batch(submission);
    } else {
        answer_single(submission);
    }
    submission_free(submission);
}

static void on_answer(void *context, uint64_t tag, const struct report_result *result)
{
    struct submission *submission = context;
    assert(tag < submission->count && submission->awaited > 0);
    submission->lines[tag].result = *result;
    too_many_note_result(http_exchange_visit(submission->exchange), result);
    submission->awaited--;
    if (submission->awaited == 0) {
        conclude(submission);
    } else if (submission->waits && submission->awaited <= BATCH_UNANSWERED_MAX / 2) {
        submission->waits = false;
        http_go_on(submission->exchange);
    }
}

/* ---- submitting ---- */

/* Takes the lines. */
static struct submission *submission_new(struct http_exchange *exchange, bool is_batch,
                                         struct batch_line *lines, size_t count)
{
    struct submission *submission = memory_new(sizeof *submission);
    submission->exchange = exchange;
    submission->is_batch = is_batch;
    submission->count = count;
    submission->awaited = 1;
    submission->lines = lines;
    return submission;
}

static void submission_begun(struct submission *submission)
{
    submission->awaited--;
    if (submission->awaited == 0) {
        conclude(submission);
    }
}

/* The next line that is not empty; LINE_NONE at the end. The last line needs no line end. */
static enum line_found next_line(struct line_framer *framer, struct slice *rest, struct slice *ret_line)
{
    for (;;) {
        size_t taken;
        enum line_found found = line_framer_next(framer, rest->bytes, rest->length, ret_line, &taken);
        rest->bytes += taken;
        rest->length -= taken;
        if (found == LINE_NONE && rest->length > 0) {
            *ret_line = *rest;
            rest->length = 0;
            framer->line_number++;
            return LINE_WHOLE;
        }
        if (found != LINE_WHOLE || ret_line->length > 0) {
            return found;
        }
    }
}

/* The lines of a body, or the first ones where there are more than a request may hold. The caller frees. */
static struct batch_line *frame_lines(struct slice body, size_t *ret_count)
{
    struct line_framer framer;
    struct batch_line *lines = NULL;
    size_t count = 0;
    size_t capacity = 0;
    line_framer_init(&framer, REPORT_BYTES_MAX);
    while (count <= REPORTS_A_REQUEST_MAX) {
        struct slice text;
        enum line_found found = next_line(&framer, &body, &text);
        if (found == LINE_NONE) {
            break;
        }
        if (count == capacity) {
            capacity = capacity == 0 ? 16 : 2 * capacity;
            lines = memory_resize(lines, capacity, sizeof *lines);
        }
        lines[count++] = (struct batch_line){
            .number = framer.line_number,
            .text = found == LINE_TOO_LONG ? (struct slice){NULL, 0} : text,
        };
    }
    *ret_count = count;
    return lines;
}

static void submit_line(struct submission *submission)
{
    uint64_t tag = submission->submitted++;
    struct slice text = submission->lines[tag].text;
    submission->awaited++;
    if (visit_is_blocked(http_exchange_visit(submission->exchange))) {
        intake_refuse(submission->intake, CODE_TOO_MANY, too_many_why, on_answer, submission, tag);
    } else if (text.bytes == NULL) {
        intake_refuse(submission->intake, CODE_TOO_LARGE, "a report is at most 4096 bytes", on_answer,
                      submission, tag);
    } else {
        intake_submit(submission->intake, submission->is_vouched ? &submission->voucher : NULL, text.bytes,
                      text.length, on_answer, submission, tag);
    }
}

/* As many lines as there is time and room for. What nobody waits for any more is left: it was never acknowledged. */
static enum http_step submit_some(void *context)
{
    struct submission *submission = context;
    int64_t until_us = clock_monotonic_us() + BATCH_STEP_US;
    while (submission->submitted < submission->count && http_is_awaited(submission->exchange)) {
        if (submission->awaited > BATCH_UNANSWERED_MAX) {
            submission->waits = true;
            return HTTP_STEP_WAITS;
        }
        submit_line(submission);
        if (clock_monotonic_us() >= until_us && submission->submitted < submission->count) {
            return HTTP_STEP_AGAIN;
        }
    }
    submission_begun(submission);
    return HTTP_STEP_DONE;
}

static void submit_batch(struct intake *intake, const struct principal *voucher,
                         struct http_exchange *exchange, struct slice body)
{
    size_t count;
    struct batch_line *lines = frame_lines(body, &count);
    if (count == 0 || count > REPORTS_A_REQUEST_MAX) {
        refuse_body(exchange, count == 0 ? CODE_MALFORMED : CODE_TOO_LARGE,
                    count == 0 ? "the body holds no report" : "a request holds at most 10000 reports");
        free(lines);
        return;
    }
    struct submission *submission = submission_new(exchange, true, lines, count);
    submission->intake = intake;
    submission->is_vouched = voucher != NULL;
    if (voucher != NULL) {
        submission->voucher = *voucher;
    }
    buffer_append(&submission->body, body.bytes, body.length);
    for (size_t i = 0; i < count; i++) {
        struct slice *text = &lines[i].text;
        text->bytes = text->bytes == NULL ? NULL : submission->body.bytes + (text->bytes - body.bytes);
    }
    http_answer_by_steps(exchange, submit_some, submission);
}

static void submit_single(struct intake *intake, const struct principal *voucher,
                          struct http_exchange *exchange, struct slice body)
{
    struct submission *submission = submission_new(exchange, false, memory_new(sizeof *submission->lines), 1);
    http_answer_later(exchange);
    submission->awaited++;
    intake_submit(intake, voucher, body.bytes, body.length, on_answer, submission, 0);
    submission_begun(submission);
}

/* The media type without its parameters. */
static struct slice media_type(const struct http_request *request)
{
    struct slice rest = http_request_header(request, "Content-Type");
    return slice_trim(text_split(&rest, ';'));
}

static void post_reports(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    (void)segment;
    const struct intake_desk *desk = context;
    struct principal relay;
    const struct principal *voucher = NULL;
    if (http_request_header(request, "Authorization").bytes != NULL) {
        if (!desk_admit(desk, exchange, request, ROLE_RELAY, &relay)) {
            return;
        }
        voucher = &relay;
    }
    struct slice type = media_type(request);
    bool is_batch = slice_equals_ignoring_case(type, "application/x-ndjson");
    if (!is_batch && !slice_equals_ignoring_case(type, "application/json")) {
        http_answer_problem(exchange, 415, "unsupported-media-type", "Unsupported media type",
                            "send application/json for one report, application/x-ndjson for many", "", NULL);
    } else if (!too_many_refuse(exchange, is_batch)) {
        (is_batch ? submit_batch : submit_single)(desk->intake, voucher, exchange, body);
    }
}

bool intake_http_admits_large_body(void *context, struct http_exchange *exchange,
                                   const struct http_request *request)
{
    const struct intake_desk *desk = context;
    struct principal relay;
    if (!slice_equals(request->path, "/v1/reports")) {
        refuse_body(exchange, CODE_TOO_LARGE, "a request body here is at most 65536 bytes");
        return false;
    }
    return http_request_header(request, "Authorization").bytes != NULL
               ? desk_admit(desk, exchange, request, ROLE_RELAY, &relay)
               : !too_many_refuse(exchange, true);
}

const struct http_route intake_http_routes[] = {
    {HTTP_POST, "/v1/reports", post_reports},
    {HTTP_GET, "/v1/desk", committee_get_desk},
    {HTTP_GET, "/v1/units/", committee_get_unit},
    {HTTP_POST, "/v1/units/*/void", committee_post_void},
    {HTTP_POST, "/v1/units/*/excuse", committee_post_excuse},
    {HTTP_GET, "/v1/areas/*/units", committee_get_units},
    {HTTP_GET, "/v1/areas/*/silent", committee_get_silent},
    {HTTP_GET, "/v1/areas/*/board", committee_get_board},
    {HTTP_GET, "/v1/areas/*/owing", committee_get_owing},
    {HTTP_GET, "/v1/areas/*/flagged", committee_get_flagged},
    {HTTP_GET, "/v1/areas/*/refused", committee_get_refused},
    {HTTP_GET, "/v1/areas/*/ledger", committee_get_ledger},
    {HTTP_GET, "/v1/held", committee_get_held},
    {HTTP_POST, "/v1/held/", committee_post_held},
    {HTTP_POST, "/v1/phase", committee_post_phase},
    {HTTP_POST, "/v1/publication", committee_post_publication},
    {HTTP_POST, "/v1/bulletins", committee_post_bulletin},
    {HTTP_GET, "/v1/bulletins/*/areas/", committee_get_bulletin_area},
    {HTTP_GET, "/v1/register", committee_get_register},
    {HTTP_POST, "/v1/register", committee_post_register},
    {HTTP_GET, "/report", static_http_get},
    {HTTP_GET, "/report-worker.js", static_http_get},
    {HTTP_GET, "/committee", static_http_get},
    {HTTP_GET, "/assets/", static_http_get},
};
const size_t intake_http_route_count = sizeof intake_http_routes / sizeof intake_http_routes[0];
