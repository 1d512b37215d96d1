/* Reports for the small election, and reading JSON in tests. */
#include "small_election.h"

#include <check.h>
#include <poll.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "process.h"

void small_report_write(struct buffer *out, const struct small_report *report)
{
    buffer_printf(out, "{\"election\":\"%s\",\"unit\":\"%s\",\"seq\":%d,\"as_of\":\"%s\",\"voted\":%d%s}",
                  report->election != NULL ? report->election : "small",
                  report->unit != NULL ? report->unit : "0101-001", report->seq,
                  report->as_of != NULL ? report->as_of : "2026-03-15T09:00:00+07:00", report->voted,
                  report->more != NULL ? report->more : "");
}

void small_report_post(uint16_t intake_http_port, const struct small_report *report,
                       struct http_answer *ret_answer)
{
    struct buffer body = {0};
    small_report_write(&body, report);
    http_post(intake_http_port, "/v1/reports", "application/json", body.bytes, body.length, ret_answer);
    buffer_done(&body);
}

json_t *json_of(const char *text)
{
    json_error_t fault;
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
    ck_assert_msg(document != NULL, "not JSON: %s at %d: %s", fault.text, fault.position, text);
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

static int64_t voted_shown(uint16_t public_port)
{
    struct http_answer answer;
    http_request(public_port, "GET", "/v1/turnout", "", &answer);
    ck_assert_int_eq(answer.status, 200);
    json_t *document = json_of(answer.body);
    int64_t voted = json_integer_of(json_object_of(document, "nation"), "voted");
    json_decref(document);
    http_answer_done(&answer);
    return voted;
}

void small_wait_voted(uint16_t public_port, int64_t voted)
{
    enum { ASK_AGAIN_MS = 20 };
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    int64_t shown = voted_shown(public_port);
    while (shown != voted) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "%lld voters shown, not %lld", (long long)shown,
                      (long long)voted);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
        shown = voted_shown(public_port);
    }
}
