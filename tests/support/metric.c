/* Reads /metrics. */
#include "metric.h"

#include <check.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "http.h"

uint64_t metric_of(const struct turnoutd *turnoutd, const char *name)
{
    struct http_answer answer;
    struct buffer wanted = {0};
    buffer_printf(&wanted, "\n%s ", name);
    http_request(turnoutd->operate_port, "GET", "/metrics", "", &answer);
    const char *found = strstr(answer.body, wanted.bytes);
    ck_assert_msg(found != NULL, "no metric %s", name);
    struct slice rest = slice_of(found + wanted.length);
    uint64_t value;
    ck_assert(text_parse_unsigned(text_split(&rest, '\n'), UINT64_MAX, &value));
    http_answer_done(&answer);
    buffer_done(&wanted);
    return value;
}

void metric_wait(const struct turnoutd *turnoutd, const char *name, uint64_t wanted)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    uint64_t value = metric_of(turnoutd, name);
    while (value != wanted) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "%s is %llu, not %llu", name,
                      (unsigned long long)value, (unsigned long long)wanted);
        value = metric_of(turnoutd, name);
    }
}

void metric_wait_rise(const struct turnoutd *turnoutd, const char *name, uint64_t rise)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    uint64_t wanted = metric_of(turnoutd, name) + rise;
    while (metric_of(turnoutd, name) < wanted) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "%s does not rise to %llu", name,
                      (unsigned long long)wanted);
    }
}
