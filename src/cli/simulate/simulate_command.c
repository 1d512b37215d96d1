/* `turnout simulate`: every unit of a register reports, at a given rate or as fast as possible, and the results are
 * measured.
 *
 * A unit's next report is sent only after its last one was answered, so that nothing is superseded by accident. With
 * a rate, a report is due at its time in the schedule whether or not the server keeps up, and its latency counts from
 * then: a stalled server is charged for the reports that it delayed. */
#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/host_port.h>
#include <turnout/base/memory.h>
#include <turnout/store/election_keys.h>

#include "client/read_election.h"
#include "client/sender.h"
#include "client/this_machine.h"
#include "commands.h"
#include "keys/unit_keys.h"
#include "simulate/simulate_plan.h"
#include "simulate/simulate_summary.h"

enum {
    RATE_MOST = 10000000,
    SCHEDULE_US = 1000,
    PROGRESS_US = 200000,
    PATIENCE_FIRST_MS = 3000, /* for the first connection */
    PATIENCE_AWAY_MS = 60000, /* for the server to come back */
    BAR_COLUMNS = 30,
    MICROSECONDS = 1000000,
};

struct simulate_options {
    const char *folder;
    struct host_port stream;
    int64_t rate; /* reports a second; 0: as fast as possible */
    uint32_t reports_a_unit;
    uint32_t units; /* 0: all */
    uint32_t connections;
    const char *keys; /* NULL: unsigned */
    uint64_t seed;
    bool json;
    bool insecure;
};

struct simulation {
    const struct simulate_options *options;
    const struct unit_keys *keys; /* NULL: unsigned */
    struct simulate_plan plan;
    struct event_base *base;
    struct sender *sender;
    struct simulate_summary summary;
    int64_t *due_us; /* [unit]: when its unanswered report was due; 0: none */
    uint64_t taken;
    uint64_t answered;
    int64_t started_us; /* when the first connection came up; 0 before */
    int64_t away_since_ms;
    uint32_t connections_up;
    char generation[GENERATION_BYTES]; /* of the last answer; empty before the first */
    bool in_place;                     /* the progress bar, on a terminal */
};

/* ---- sending ---- */

static bool on_next(void *context, struct report *ret_report, uint64_t *ret_tag)
{
    struct simulation *simulation = context;
    uint32_t unit = simulate_plan_peek(&simulation->plan);
    if (unit == REGISTER_NONE || simulation->due_us[unit] != 0) {
        return false;
    }
    int64_t now_us = clock_monotonic_us();
    int64_t due_us = now_us;
    int64_t rate = simulation->options->rate;
    if (rate > 0) {
        due_us = simulation->started_us + (int64_t)(simulation->taken * MICROSECONDS / (uint64_t)rate);
    }
    if (due_us > now_us) {
        return false;
    }
    simulate_plan_take(&simulation->plan, ret_report);
    if (simulation->keys != NULL) {
        unit_keys_sign(simulation->keys, unit, ret_report);
    }
    simulation->due_us[unit] = due_us;
    simulation->taken++;
    *ret_tag = unit;
    return true;
}

/* The generation has changed: the server's store has lost acknowledged reports, so all are sent again. The same
 * reports count once. */
static void note_generation(struct simulation *simulation, const char *generation)
{
    struct simulate_summary *summary = &simulation->summary;
    bool is_other = simulation->generation[0] != '\0' && strcmp(simulation->generation, generation) != 0;
    (void)slice_copy(slice_of(generation), simulation->generation, sizeof simulation->generation);
    if (is_other) {
        uint64_t planned = simulation->taken + simulate_plan_total(&simulation->plan);
        summary->renewed += planned - summary->planned;
        summary->planned = planned;
        simulate_plan_restart(&simulation->plan);
        sender_wake(simulation->sender);
    }
}

static void on_answer(void *context, uint64_t tag, const struct report_result *result, int64_t latency_us)
{
    struct simulation *simulation = context;
    struct simulate_summary *summary = &simulation->summary;
    if (simulation->options->rate > 0) {
        latency_us = clock_monotonic_us() - simulation->due_us[tag];
    }
    if (result->generation[0] != '\0') {
        note_generation(simulation, result->generation);
    }
    latency_add(&summary->latency, latency_us);
    summary->by_status[result->status]++;
    summary->by_code[result->code]++;
    simulation->due_us[tag] = 0;
    simulation->answered++;
    if (simulation->answered == summary->planned) {
        (void)event_base_loopbreak(simulation->base);
    }
}

static void on_link(void *context, uint32_t connections_up, const char *why)
{
    struct simulation *simulation = context;
    bool was_away = simulation->connections_up == 0;
    simulation->connections_up = connections_up;
    if (connections_up > 0) {
        if (simulation->started_us == 0) {
            simulation->started_us = clock_monotonic_us();
        }
        return;
    }
    int64_t now_ms = clock_monotonic_ms();
    if (!was_away) {
        simulation->away_since_ms = now_ms;
        (void)fprintf(stderr, "%sthe server is away: %s; trying again\n", simulation->in_place ? "\n" : "",
                      why);
    }
    int64_t patience_ms = simulation->started_us == 0 ? PATIENCE_FIRST_MS : PATIENCE_AWAY_MS;
    if (now_ms - simulation->away_since_ms > patience_ms) {
        (void)fprintf(stderr, "no server at %s port %d: %s\n", simulation->options->stream.host,
                      (int)simulation->options->stream.port, why);
        (void)event_base_loopbreak(simulation->base);
    }
}

/* ---- what is due by the clock ---- */

static void on_schedule(evutil_socket_t fd, short events, void *context)
{
    (void)fd;
    (void)events;
    struct simulation *simulation = context;
    sender_wake(simulation->sender);
}

static void draw_progress(const struct simulation *simulation)
{
    uint64_t planned = simulation->summary.planned;
    uint64_t full = simulation->answered * BAR_COLUMNS / planned;
    int64_t running_us = simulation->started_us == 0 ? 0 : clock_monotonic_us() - simulation->started_us;
    uint64_t speed = running_us <= 0 ? 0 : simulation->answered * MICROSECONDS / (uint64_t)running_us;
    char bar[BAR_COLUMNS + 1] = {0};
    for (uint64_t i = 0; i < BAR_COLUMNS; i++) {
        bar[i] = i < full ? '#' : '.';
    }
    (void)fprintf(stderr, "\r[%s] %3" PRIu64 "%%  %" PRIu64 " of %" PRIu64 "  %" PRIu64 "/s \033[K", bar,
                  simulation->answered * 100 / planned, simulation->answered, planned, speed);
}

static void on_progress(evutil_socket_t fd, short events, void *context)
{
    (void)fd;
    (void)events;
    draw_progress(context);
}

static void on_signal(evutil_socket_t fd, short events, void *context)
{
    (void)fd;
    (void)events;
    struct simulation *simulation = context;
    simulation->summary.interrupted = true;
    (void)event_base_loopbreak(simulation->base);
}

/* ---- the whole ---- */

/* The caller frees the event. */
static struct event *start_timer(struct simulation *simulation, event_callback_fn on_timer,
                                 suseconds_t interval_us)
{
    struct timeval interval = {.tv_usec = interval_us};
    struct event *timer = event_new(simulation->base, -1, EV_PERSIST, on_timer, simulation);
    assert(timer != NULL);
    int added = event_add(timer, &interval);
    assert(added == 0);
    return timer;
}

static void send_all(struct simulation *simulation)
{
    static const struct sender_calls calls = {on_next, on_answer, on_link};
    const struct simulate_options *options = simulation->options;
    struct sender_options to = {
        .host = options->stream.host,
        .port = options->stream.port,
        .connections = options->connections,
    };
    simulation->away_since_ms = clock_monotonic_ms();
    simulation->sender = sender_new(simulation->base, &to, &calls, simulation);
    struct event *schedule = options->rate > 0 ? start_timer(simulation, on_schedule, SCHEDULE_US) : NULL;
    struct event *progress = simulation->in_place ? start_timer(simulation, on_progress, PROGRESS_US) : NULL;
    struct event *interrupt = evsignal_new(simulation->base, SIGINT, on_signal, simulation);
    if (interrupt == NULL || evsignal_add(interrupt, NULL) != 0 ||
        event_base_dispatch(simulation->base) < 0) {
        (void)fprintf(stderr, "turnout simulate: the event loop failed\n");
    }
    if (simulation->started_us != 0) {
        simulation->summary.duration_us = clock_monotonic_us() - simulation->started_us;
    }
    simulation->summary.sent = sender_counts(simulation->sender);
    if (simulation->in_place) {
        draw_progress(simulation);
        (void)fputc('\n', stderr);
    }
    struct event *events[] = {schedule, progress, interrupt};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        if (events[i] != NULL) {
            event_free(events[i]);
        }
    }
    sender_free(simulation->sender);
}

/* Whether every reporting unit has a key, if reports are signed. */
static bool can_sign(const struct simulation *simulation)
{
    const struct simulate_plan *plan = &simulation->plan;
    for (uint32_t i = 0; simulation->keys != NULL && i < plan->unit_count; i++) {
        if (!unit_keys_has(simulation->keys, plan->order[i])) {
            const char *unit = plan->reg->units[plan->order[i]].code;
            (void)fprintf(stderr, "--keys %s: no valid key for unit %s\n", simulation->options->keys, unit);
            return false;
        }
    }
    return true;
}

static int simulate(const struct simulate_options *options, const struct election_folder *folder,
                    const struct unit_keys *keys, int64_t now)
{
    struct simulation *simulation = memory_new(sizeof *simulation);
    simulation->options = options;
    simulation->keys = keys;
    simulation->in_place = isatty(STDERR_FILENO) == 1;
    simulation->base = event_base_new();
    assert(simulation->base != NULL);
    simulate_plan_init(&simulation->plan, &folder->election, folder->reg, options->units,
                       options->reports_a_unit, options->seed, now);
    simulation->due_us = memory_new_array(folder->reg->unit_count, sizeof *simulation->due_us);
    simulation->summary.planned = simulate_plan_total(&simulation->plan);
    simulation->summary.seed = options->seed;
    simulation->summary.connections = options->connections;
    int status = EXIT_USAGE;
    if (can_sign(simulation)) {
        send_all(simulation);
        bool began = simulation->started_us != 0;
        if (began || options->json) {
            simulate_summary_print(&simulation->summary, options->json, stdout);
        }
        status = finish_output(simulate_summary_is_clean(&simulation->summary) ? EXIT_DONE : EXIT_FAILED);
    }
    simulate_plan_done(&simulation->plan);
    event_base_free(simulation->base);
    free(simulation->due_us);
    free(simulation);
    return status;
}

/* *ret_keys is NULL when reports are not signed. */
static enum turnout_error read_keys(const struct simulate_options *options,
                                    const struct election_folder *folder, int64_t now,
                                    struct unit_keys **ret_keys, struct error *error)
{
    struct signing_keys *known;
    if (options->keys == NULL) {
        return TURNOUT_OK;
    }
    enum turnout_error failed =
        election_keys_read(options->folder, folder->reg, print_fault, NULL, &known, error);
    if (failed == TURNOUT_OK) {
        failed = unit_keys_read(options->keys, folder->reg, known, now, ret_keys, error);
        signing_keys_release(known);
    }
    return failed;
}

static bool is_feasible(const struct simulate_options *options, const struct election_folder *folder,
                        int64_t now)
{
    const struct election *election = &folder->election;
    uint32_t unit_count = folder->reg->unit_count;
    if (unit_count == 0) {
        (void)fprintf(stderr, "%s has no units\n", options->folder);
        return false;
    }
    if (options->units > unit_count) {
        (void)fprintf(stderr, "--units %u: %s has %u\n", options->units, options->folder, unit_count);
        return false;
    }
    if (now < election->opens) {
        char opens[RFC3339_BYTES];
        rfc3339_format(election->opens, election->offset_s, opens);
        (void)fprintf(stderr, "the polls of %s open at %s: no report can have an earlier time\n",
                      election->id, opens);
        return false;
    }
    return true;
}

static int run(const struct command_line *line)
{
    const struct simulate_options *options = line->options;
    struct election_folder folder;
    struct error error = {0};
    if (!options->insecure && !host_is_this_machine(options->stream.host)) {
        return usage_error(line->name, "--stream: " INSECURE_REFUSAL, options->stream.host);
    }
    if (read_election(options->folder, &folder, NULL) != EXIT_DONE) {
        return EXIT_USAGE;
    }
    int64_t now = clock_wall_ms() / 1000;
    struct unit_keys *keys = NULL;
    int status = EXIT_USAGE;
    if (read_keys(options, &folder, now, &keys, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
    } else if (is_feasible(options, &folder, now)) {
        status = simulate(options, &folder, keys, now);
    }
    unit_keys_free(keys);
    election_folder_done(&folder);
    return status;
}

/* ---- the command line ---- */

static enum turnout_error read_rate(const char *text, void *target, struct error *error)
{
    struct simulate_options *options = target;
    if (strcmp(text, "max") == 0) {
        options->rate = 0;
        return TURNOUT_OK;
    }
    return text_parse_integer(slice_of(text), 1, RATE_MOST, &options->rate)
               ? TURNOUT_OK
               : error_fail(error, TURNOUT_BAD_INPUT, "rate", "must be a whole number from 1 to %d, or max",
                            RATE_MOST);
}

#define AT(member) SETTING_AT(struct simulate_options, member)

static const struct setting settings[] = {
    ELECTION_FOLDER(struct simulate_options, folder),
    {.name = "stream",
     .kind = SETTING_HOST_PORT,
     AT(stream),
     .standard = "127.0.0.1:7070",
     .takes = "HOST:PORT",
     .help = "the stream intake"},
    {.name = "rate",
     .kind = SETTING_OWN,
     .read = read_rate,
     .standard = "max",
     .takes = "N",
     .help = "reports a second, or `max`"},
    {.name = "reports-a-unit",
     .kind = SETTING_NUMBER,
     AT(reports_a_unit),
     .standard = "1",
     .takes = "N",
     .least = 1,
     .most = SIMULATE_ROUNDS_MAX,
     .help = "reports that each unit sends"},
    {.name = "units",
     .kind = SETTING_NUMBER,
     AT(units),
     .takes = "N",
     .least = 1,
     .most = UNITS_MAX,
     .help = "only this many units, chosen by the seed; default all"},
    {.name = "connections",
     .kind = SETTING_NUMBER,
     AT(connections),
     .standard = "4",
     .takes = "N",
     .least = 1,
     .most = SENDER_CONNECTIONS_MAX,
     .help = "connections to send over"},
    {.name = "keys",
     .kind = SETTING_PATH,
     AT(keys),
     .takes = "DIR",
     .help = "sign with the units' private keys in this folder, made by `turnout keys make`"},
    {.name = "seed",
     .kind = SETTING_NUMBER,
     AT(seed),
     .standard = "1",
     .takes = "N",
     .most = INT64_MAX,
     .help = "the same seed sends the same reports"},
    {.name = "json", .kind = SETTING_FLAG, AT(json), .help = "prints the summary as one JSON object"},
    INSECURE_OPTION(struct simulate_options, insecure),
    COMMAND_HELP,
};

#undef AT

const struct command command_simulate = {
    .name = "simulate",
    .purpose = "Sends the test reports of a whole register, and measures.",
    .usage = "--election DIR [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct simulate_options),
    .notes = "Exit status: 0 when every report was accepted or a duplicate, 1 otherwise, 2 wrong usage.",
    .run = run,
};
