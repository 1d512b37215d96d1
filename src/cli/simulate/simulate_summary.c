/* The summary in words and as JSON. */
#include "simulate/simulate_summary.h"

#include <inttypes.h>

#include <turnout/wire/json_writer.h>

enum { MICROSECONDS = 1000000 };

struct share {
    const char *name;
    uint32_t hundredths;
};

static const struct share shares[] = {{"p50", 5000}, {"p95", 9500}, {"p99", 9900}, {"max", 10000}};

enum { SHARE_COUNT = sizeof shares / sizeof shares[0] };

bool simulate_summary_is_clean(const struct simulate_summary *summary)
{
    uint64_t superseded = summary->by_status[STATUS_SUPERSEDED];
    return summary->by_status[STATUS_ACCEPTED] + summary->by_status[STATUS_DUPLICATE] +
               (superseded < summary->renewed ? superseded : summary->renewed) ==
           summary->planned;
}

static uint64_t reports_a_second(const struct simulate_summary *summary)
{
    return summary->duration_us <= 0 ? 0
                                     : summary->sent.answered * MICROSECONDS / (uint64_t)summary->duration_us;
}

void simulate_summary_write(struct buffer *out, const struct simulate_summary *summary)
{
    buffer_printf(out, "reports      %" PRIu64 " planned, %" PRIu64 " sent, %" PRIu64 " answered%s\n",
                  summary->planned, summary->sent.taken, summary->sent.answered,
                  summary->interrupted ? " when it was interrupted" : "");
    for (int status = 0; status < STATUS_COUNT; status++) {
        if (summary->by_status[status] > 0) {
            buffer_printf(out, "  %-10s %" PRIu64 "\n", report_status_name((enum report_status)status),
                          summary->by_status[status]);
        }
    }
    for (int code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        if (summary->by_code[code] > 0) {
            buffer_printf(out, "    %s %" PRIu64 "\n", report_code_name((enum report_code)code),
                          summary->by_code[code]);
        }
    }
    buffer_printf(out,
                  "sent again   %" PRIu64 " after a lost connection, %" PRIu64
                  " after `unavailable`, %" PRIu64 " for another generation\n",
                  summary->sent.resent, summary->sent.retried, summary->renewed);
    buffer_printf(out, "speed        %" PRIu64 " reports/s for %.2f s over %" PRIu32 " connections\n",
                  reports_a_second(summary), (double)summary->duration_us / MICROSECONDS,
                  summary->connections);
    buffer_append_text(out, "latency     ");
    for (size_t i = 0; i < SHARE_COUNT; i++) {
        int64_t latency_us = latency_percentile_us(&summary->latency, shares[i].hundredths);
        buffer_printf(out, " %s %.2f ms", shares[i].name, (double)latency_us / 1000);
    }
    buffer_printf(out, "\nseed         %" PRIu64 "\n", summary->seed);
}

void simulate_summary_write_json(struct buffer *out, const struct simulate_summary *summary)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_integer(&json, "planned", (int64_t)summary->planned);
    json_put_integer(&json, "sent", (int64_t)summary->sent.taken);
    json_put_integer(&json, "answered", (int64_t)summary->sent.answered);
    json_open_object(&json, "by_status");
    for (int status = 0; status < STATUS_COUNT; status++) {
        json_put_integer(&json, report_status_name((enum report_status)status),
                         (int64_t)summary->by_status[status]);
    }
    json_close_object(&json);
    json_open_object(&json, "by_code");
    for (int code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        if (summary->by_code[code] > 0) {
            json_put_integer(&json, report_code_name((enum report_code)code),
                             (int64_t)summary->by_code[code]);
        }
    }
    json_close_object(&json);
    json_put_integer(&json, "resent", (int64_t)summary->sent.resent);
    json_put_integer(&json, "retried", (int64_t)summary->sent.retried);
    json_put_integer(&json, "renewed", (int64_t)summary->renewed);
    json_put_integer(&json, "connections", summary->connections);
    json_put_integer(&json, "duration_us", summary->duration_us);
    json_put_integer(&json, "reports_a_second", (int64_t)reports_a_second(summary));
    json_open_object(&json, "latency_us");
    for (size_t i = 0; i < SHARE_COUNT; i++) {
        json_put_integer(&json, shares[i].name,
                         latency_percentile_us(&summary->latency, shares[i].hundredths));
    }
    json_close_object(&json);
    json_put_integer(&json, "seed", (int64_t)summary->seed);
    json_put_boolean(&json, "interrupted", summary->interrupted);
    json_close_object(&json);
    buffer_append_char(out, '\n');
}

void simulate_summary_print(const struct simulate_summary *summary, bool json, FILE *out)
{
    struct buffer text = {0};
    if (json) {
        simulate_summary_write_json(&text, summary);
    } else {
        simulate_summary_write(&text, summary);
    }
    (void)fputs(text.bytes, out);
    buffer_done(&text);
}
