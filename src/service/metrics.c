/* Counters as text. A table says every metric once: its name, its help, where it stands in its struct. */
#include <turnout/service/metrics.h>

#include <stddef.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>

struct metric {
    const char *name;
    const char *kind; /* "counter" or "gauge" */
    const char *help;
    size_t offset; /* of an _Atomic uint64_t in the struct that is read */
};

static const struct metric worker_metrics[] = {
    {"turnout_connections_accepted_total", "counter", "Connections accepted.",
     offsetof(struct counters, connections_accepted)},
    {"turnout_connections_refused_total", "counter",
     "Connections closed at once because there were too many, in all or from their address.",
     offsetof(struct counters, connections_refused)},
    {"turnout_connections_made_room_total", "counter", "Quiet connections ended so that a new one had room.",
     offsetof(struct counters, connections_made_room)},
    {"turnout_connections_open", "gauge", "Connections open now.",
     offsetof(struct counters, connections_open)},
    {"turnout_accept_pauses_total", "counter", "Times a listener waited because descriptors had run out.",
     offsetof(struct counters, accept_pauses)},
    {"turnout_http_requests_total", "counter", "HTTP requests answered.",
     offsetof(struct counters, requests)},
    {"turnout_http_requests_bad_total", "counter", "HTTP requests refused because they could not be read.",
     offsetof(struct counters, requests_bad)},
    {"turnout_http_too_many_total", "counter",
     "HTTP requests answered 429: too much from an address or signed with a key.",
     offsetof(struct counters, requests_too_many)},
    {"turnout_documents_served_total", "counter",
     "Public documents answered from the publication, without a call to Redis.",
     offsetof(struct counters, documents_served)},
    {"turnout_documents_unchanged_total", "counter", "Of them, answered 304.",
     offsetof(struct counters, documents_unchanged)},
};

static const struct metric store_metrics[] = {
    {"turnout_store_commands_total", "counter", "Commands sent to Redis.",
     offsetof(struct store_counters, commands)},
    {"turnout_store_commits_total", "counter", "Commits answered; the reports of one share one fdatasync.",
     offsetof(struct store_counters, commits)},
    {"turnout_store_committed_lines_total", "counter", "Log lines in those commits.",
     offsetof(struct store_counters, lines)},
    {"turnout_store_stale_communes_total", "counter",
     "Communes of those commits that another server had changed, and that were decided again.",
     offsetof(struct store_counters, stale)},
    {"turnout_store_failures_total", "counter", "Commands that failed or whose outcome is unknown.",
     offsetof(struct store_counters, failures)},
    {"turnout_store_links_lost_total", "counter", "Links to Redis lost.",
     offsetof(struct store_counters, links_lost)},
};

static const struct metric publisher_metrics[] = {
    {"turnout_readings_total", "counter", "Readings of the whole election from Redis.",
     offsetof(struct publisher_counters, readings)},
    {"turnout_readings_failed_total", "counter", "Readings that Redis did not answer whole.",
     offsetof(struct publisher_counters, readings_failed)},
    {"turnout_publications_total", "counter", "Publications made.",
     offsetof(struct publisher_counters, publications)},
    {"turnout_verification_failures_total", "counter", "Readings of a province that did not add up.",
     offsetof(struct publisher_counters, verification_failures)},
    {"turnout_provinces_under_verification", "gauge",
     "Provinces whose figures do not add up, from the units up, or of which Redis has lost something.",
     offsetof(struct publisher_counters, unverified)},
    {"turnout_render_microseconds_total", "counter", "Time spent on making publications.",
     offsetof(struct publisher_counters, render_us)},
};

static uint64_t read_at(const void *base, size_t offset)
{
    return counter_read((const _Atomic uint64_t *)(const void *)((const char *)base + offset));
}

static void write_metric(struct buffer *out, const char *name, const char *kind, const char *help)
{
    buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void write_value(struct buffer *out, const char *name, const char *labels, uint64_t value)
{
    buffer_printf(out, "%s%s %llu\n", name, labels, (unsigned long long)value);
}

static void write_reports(struct buffer *out, const struct metrics_sources *sources)
{
    const char *name = "turnout_reports_total";
    write_metric(out, name, "counter", "Reports answered, by status.");
    for (size_t status = 0; status < STATUS_COUNT; status++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < sources->worker_count; i++) {
            sum += counter_read(&sources->workers[i]->reports_by_status[status]);
        }
        buffer_printf(out, "%s{status=\"%s\"} %llu\n", name, report_status_name((enum report_status)status),
                      (unsigned long long)sum);
    }
    name = "turnout_reports_refused_total";
    write_metric(out, name, "counter", "Reports rejected or unavailable, by code.");
    for (size_t code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < sources->worker_count; i++) {
            sum += counter_read(&sources->workers[i]->reports_by_code[code]);
        }
        buffer_printf(out, "%s{code=\"%s\"} %llu\n", name, report_code_name((enum report_code)code),
                      (unsigned long long)sum);
    }
}

static void write_store_metric(struct buffer *out, const struct metric *metric,
                               const struct metrics_sources *sources)
{
    uint64_t workers = 0;
    for (uint32_t i = 0; i < sources->worker_store_count; i++) {
        workers += read_at(sources->worker_stores[i], metric->offset);
    }
    write_metric(out, metric->name, metric->kind, metric->help);
    write_value(out, metric->name, "{link=\"workers\"}", workers);
    write_value(out, metric->name, "{link=\"publisher\"}", read_at(sources->publisher_store, metric->offset));
    write_value(out, metric->name, "{link=\"tally\"}", read_at(sources->tally_store, metric->offset));
}

static void write_publication(struct buffer *out, const struct metrics_sources *sources)
{
    int64_t age_ms = clock_monotonic_ms() - atomic_load(&sources->publisher->confirmed_ms);
    write_metric(out, "turnout_figures_age_seconds", "gauge",
                 "Since Redis last confirmed the figures shown.");
    buffer_printf(out, "turnout_figures_age_seconds %lld.%03d\n", (long long)(age_ms / 1000),
                  (int)(age_ms % 1000));
    write_metric(out, "turnout_revision", "gauge", "The revision published.");
    write_value(out, "turnout_revision", "", counter_read(&sources->publisher->revision));
    write_metric(out, "turnout_voted", "gauge", "Voters of the nation who have voted, as published.");
    write_value(out, "turnout_voted", "", counter_read(&sources->publisher->voted));
}

static void write_log(struct buffer *out)
{
    write_metric(out, "turnout_log_lines_dropped_total", "counter",
                 "Log lines dropped because nobody read the log in time.");
    write_value(out, "turnout_log_lines_dropped_total", "", log_lines_dropped());
}

void metrics_write(struct buffer *out, const struct metrics_sources *sources)
{
    write_reports(out, sources);
    for (size_t m = 0; m < sizeof worker_metrics / sizeof worker_metrics[0]; m++) {
        const struct metric *metric = &worker_metrics[m];
        uint64_t sum = 0;
        for (uint32_t i = 0; i < sources->worker_count; i++) {
            sum += read_at(sources->workers[i], metric->offset);
        }
        write_metric(out, metric->name, metric->kind, metric->help);
        write_value(out, metric->name, "", sum);
    }
    for (size_t m = 0; m < sizeof store_metrics / sizeof store_metrics[0]; m++) {
        write_store_metric(out, &store_metrics[m], sources);
    }
    for (size_t m = 0; m < sizeof publisher_metrics / sizeof publisher_metrics[0]; m++) {
        const struct metric *metric = &publisher_metrics[m];
        write_metric(out, metric->name, metric->kind, metric->help);
        write_value(out, metric->name, "", read_at(sources->publisher, metric->offset));
    }
    write_publication(out, sources);
    write_log(out);
}
