/* Reports for the small election, and reading JSON in tests. */
#include "small_election.h"

#include <check.h>
#include <poll.h>

#include <turnout/base/clock.h>

#include "process.h"

void small_report_write(struct buffer *out, const struct small_report *report)
{
    buffer_printf(out, "{\"election\":\"%s\",\"unit\":\"%s\",\"seq\":%d,\"as_of\":\"%s\",\"voted\":%d%s%s}",
                  report->election != NULL ? report->election : "small",
                  report->unit != NULL ? report->unit : "0101-001", report->seq,
                  report->as_of != NULL ? report->as_of : "2026-03-15T09:00:00+07:00", report->voted,
                  report->more != NULL ? report->more : "", report->counts ? "" : ",\"test\":true");
}

void small_report_post(uint16_t intake_http_port, const struct small_report *report,
                       struct http_answer *ret_answer)
{
    struct buffer body = {0};
    small_report_write(&body, report);
    http_post(intake_http_port, "/v1/reports", "application/json", body.bytes, body.length, ret_answer);
    buffer_done(&body);
}

void small_report_expect(uint16_t intake_http_port, const struct small_report *report, int status)
{
    struct http_answer answer;
    small_report_post(intake_http_port, report, &answer);
    ck_assert_msg(answer.status == status, "%d, not %d: %s", answer.status, status, answer.body);
    http_answer_done(&answer);
}

void small_report_send(struct http_link *stream, const struct small_report *report)
{
    struct buffer line = {0};
    small_report_write(&line, report);
    buffer_append_char(&line, '\n');
    http_send(stream, line.bytes, line.length);
    buffer_done(&line);
}

json_t *json_of(const char *text)
{
    json_error_t fault;
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
    ck_assert_msg(document != NULL, "not JSON: %s at %d: %s", fault.text, fault.position, text);
    return document;
}

json_t *json_get(uint16_t port, const char *target, int status)
{
    struct http_answer answer;
    http_request(port, "GET", target, "", &answer);
    ck_assert_msg(answer.status == status, "%s: %d, not %d: %s", target, answer.status, status, answer.body);
    json_t *document = json_of(answer.body);
    http_answer_done(&answer);
    return document;
}

const char *json_text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_string(value), "no text \"%s\"", key);
    return json_string_value(value);
}

int64_t json_integer_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_integer(value), "no integer \"%s\"", key);
    return json_integer_value(value);
}

const json_t *json_array_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_array(value), "no array \"%s\"", key);
    return value;
}

const json_t *json_object_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_object(value), "no object \"%s\"", key);
    return value;
}

void small_get_turnout(struct http_link *link)
{
    struct http_answer answer;
    http_send_text(link, "GET /v1/turnout HTTP/1.1\r\nHost: x\r\n\r\n");
    http_read_answer(link, true, &answer);
    ck_assert_int_eq(answer.status, 200);
    http_answer_done(&answer);
}

enum { ASK_AGAIN_MS = 20 };

static int64_t nation_shown(uint16_t public_port, const char *figure)
{
    json_t *document = json_get(public_port, "/v1/turnout", 200);
    int64_t shown = json_integer_of(json_object_of(document, "nation"), figure);
    json_decref(document);
    return shown;
}

void small_wait_nation(uint16_t public_port, const char *figure, int64_t value)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    int64_t shown = nation_shown(public_port, figure);
    while (shown != value) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "%s: %lld shown, not %lld", figure, (long long)shown,
                      (long long)value);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
        shown = nation_shown(public_port, figure);
    }
}

void small_wait_voted(uint16_t public_port, int64_t voted)
{
    small_wait_nation(public_port, "voted", voted);
}

void small_wait_first_report(uint16_t public_port)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (bool is_told = false; !is_told;) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "the first report is never told");
        json_t *document = json_get(public_port, "/v1/turnout", 200);
        is_told = !json_is_null(json_object_get(json_object_of(document, "nation"), "first_report_at"));
        json_decref(document);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}
