/* The daemon. The main thread owns what there is one of: the managed Redis, the publisher, the looks at Redis, keys.csv and
 * the data folder, the signals. The other threads own everything else. */
#include "daemon.h"
#include "fault_log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/net/peers.h>
#include <turnout/service/clock_watch.h>
#include <turnout/service/ground.h>
#include <turnout/service/publisher.h>
#include <turnout/service/refusals.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/prepare.h>

#include "data_folder.h"
#include "data_watch.h"
#include "descriptors.h"
#include "exposure.h"
#include "fault_log.h"
#include "keys_watch.h"
#include "listening.h"
#include "operate_thread.h"
#include "recall.h"
#include "redis_keeper.h"
#include "registers.h"
#include "signals.h"
#include "tally_thread.h"
#include "tokens_watch.h"
#include "worker.h"

enum { LAST_READING_MS = 2000 }; /* at the end */

static const char why_starting[] = "Redis is being prepared";

struct daemon {
    const struct server_settings *settings;
    struct registers *registers;
    const struct election_folder *folder; /* as it was read at first */
    struct file_watch *keys_watch;
    struct file_watch *tokens_watch;
    struct data_folder data;
    struct data_watch data_watch;
    struct health *health;

    struct listening public_http, intake_http, intake_stream, operate;

    struct redis_keeper redis;
    struct store_options store_options;
    struct store_prepared prepared;
    struct gate gate;
    struct clock_watch *clock;
    struct refusals *refusals;

    struct event_base *base;
    bool is_stopping;
    struct signals signals;
    struct store *store; /* the publisher's link */
    struct losses *losses;
    struct publisher *publisher;
    struct ground *ground;           /* asks on the publisher's link */
    struct publication *publication; /* the newest; NULL before the first */

    struct tally_thread *tally;
    struct peers *peers; /* of all listeners together */
    struct worker *workers[WORKERS_IN_ALL_MAX];
    uint32_t workers_started;

    struct operate_thread *operating;
};

/* ---- the election ---- */

static bool say(const struct error *error, const char *event)
{
    log_error(event, log_text("field", error->field), log_text("what", error->text));
    return false;
}

static bool read_election(struct daemon *daemon)
{
    struct error error;
    if (registers_new(daemon->settings->election, &daemon->registers, &error) != TURNOUT_OK) {
        return say(&error, "bad-election");
    }
    daemon->folder = registers_folder(daemon->registers);
    return true;
}

static bool read_keys(struct daemon *daemon)
{
    const char *folder = daemon->settings->election;
    struct error error;
    if (keys_watch_new(folder, daemon->registers, &daemon->keys_watch, &error) != TURNOUT_OK) {
        return say(&error, "bad-keys");
    }
    if (signing_keys_count(file_watch_current(daemon->keys_watch)) == 0 &&
        !daemon->settings->intake_is_open) {
        log_warning("no-keys", log_text("folder", folder),
                    log_text("what", "nobody can report: intake is signed, and there is no key in keys.csv"));
    }
    return true;
}

static void forget_election(struct daemon *daemon)
{
    file_watch_free(daemon->keys_watch);
    registers_free(daemon->registers);
}

int daemon_check(const struct server_settings *settings, FILE *out)
{
    struct daemon daemon = {.settings = settings};
    bool is_sound = read_election(&daemon) && read_keys(&daemon);
    if (is_sound) {
        const struct election_register *reg = daemon.folder->reg;
        (void)fprintf(out, "%s: %" PRIu32 " provinces, %" PRIu32 " units, %" PRId64 " registered, %zu keys\n",
                      daemon.folder->election.id, reg->province_count, reg->unit_count,
                      reg->areas[REGISTER_NATION].registered,
                      signing_keys_count(file_watch_current(daemon.keys_watch)));
    }
    forget_election(&daemon);
    return is_sound ? EXIT_DONE : EXIT_BAD_SETTINGS;
}

static bool read_tokens(struct daemon *daemon)
{
    struct error error;
    return tokens_watch_new(daemon->settings->data, &daemon->tokens_watch, &error) == TURNOUT_OK
               ? true
               : say(&error, "bad-tokens");
}

/* ---- listening ---- */

static bool open_one(struct listening *listening, const char *setting, const struct listen_address *wanted,
                     uint32_t count)
{
    struct error error;
    enum turnout_error failed = listening_open(listening, setting, wanted, count, &error);
    return failed == TURNOUT_OK ? true : say(&error, "cannot-listen");
}

static bool open_listeners(struct daemon *daemon)
{
    const struct server_settings *settings = daemon->settings;
    uint32_t workers = settings->workers;
    return open_one(&daemon->public_http, "public", &settings->public_http, workers) &&
           open_one(&daemon->intake_http, "intake-http", &settings->intake_http, workers) &&
           open_one(&daemon->intake_stream, "intake-stream", &settings->intake_stream, workers) &&
           open_one(&daemon->operate, "operate", &settings->operate, 1);
}

/* ---- Redis ---- */

static void on_store_link(void *context, bool up, const char *why)
{
    struct daemon *daemon = context;
    health_post(daemon->health, HEALTH_PUBLISHER_LINK, up, why);
    if (up) {
        log_info("store-up", log_text("link", "publisher"));
        publisher_relink(daemon->publisher);
        ground_look_soon(daemon->ground);
    } else {
        log_warning("store-away", log_text("link", "publisher"), log_text("why", why));
    }
}

/* An exit status. */
static int say_no_redis(const struct daemon *daemon, enum turnout_error failed, const struct error *error,
                        const char *event)
{
    if (daemon->is_stopping) {
        return EXIT_DONE;
    }
    (void)say(error, event);
    return failed == TURNOUT_CONFLICT ? EXIT_BAD_SETTINGS : EXIT_FAILED;
}

static int find_redis(struct daemon *daemon)
{
    struct error error;
    daemon->redis = (struct redis_keeper){.settings = daemon->settings,
                                          .base = daemon->base,
                                          .health = daemon->health,
                                          .is_stopping = &daemon->is_stopping};
    daemon->store_options = (struct store_options){.election = &daemon->folder->election,
                                                   .reg = daemon->folder->reg,
                                                   .command_deadline_ms = STORE_COMMAND_DEADLINE_MS,
                                                   .in_flight_bytes_max = STORE_IN_FLIGHT_BYTES_MAX};
    enum turnout_error failed = redis_keeper_find(&daemon->redis, &daemon->store_options.address, &error);
    return failed == TURNOUT_OK ? EXIT_DONE : say_no_redis(daemon, failed, &error, "cannot-start-redis");
}

static int prepare_redis(struct daemon *daemon)
{
    struct error error;
    struct store_preparation preparation = {.known = daemon->data.has_known ? &daemon->data.known : NULL,
                                            .relaxed = daemon->settings->durability_is_relaxed};
    preparation.signing_key = daemon->data.signing_key;
    preparation.files = registers_change(daemon->registers)->after;
    enum turnout_error failed =
        redis_keeper_prepare(&daemon->redis, &daemon->store_options, &preparation, &daemon->prepared, &error);
    if (failed != TURNOUT_OK) {
        return say_no_redis(daemon, failed, &error, "cannot-use-redis");
    }
    atomic_store(&daemon->gate.is_durable, daemon->prepared.is_durable);
    daemon->losses = recall_start(&daemon->data, daemon->folder, &daemon->prepared);
    return EXIT_DONE;
}

/* ---- publishing ---- */

static void log_ready(const struct daemon *daemon)
{
    log_info("ready", log_text("election", daemon->folder->election.id),
             log_number("units", daemon->folder->reg->unit_count),
             log_number("workers", daemon->settings->workers),
             log_text("durability", atomic_load(&daemon->gate.is_durable) ? "strict" : "relaxed"));
}

static void on_published(void *context, struct publication *publication)
{
    struct daemon *daemon = context;
    bool is_first = daemon->publication == NULL;
    publication_acquire(publication);
    publication_release(daemon->publication);
    daemon->publication = publication;
    /* Those for readers, which are the last, come first: whoever is told of a bulletin can read it. */
    for (uint32_t i = daemon->workers_started; i > 0; i--) {
        mailbox_put_publication(worker_mailbox(daemon->workers[i - 1]), publication);
    }
    if (is_first) {
        log_ready(daemon);
    }
}

static void on_digest(void *context, const unsigned char digest[REGISTER_DIGEST_BYTES])
{
    struct daemon *daemon = context;
    registers_note_digest(daemon->registers, digest);
}

static void start_publisher(struct daemon *daemon)
{
    daemon->store = store_new(daemon->base, &daemon->store_options, on_store_link, daemon);
    daemon->publisher = publisher_new(
        daemon->base,
        &(struct publisher_options){.election = &daemon->folder->election,
                                    .reg = daemon->folder->reg,
                                    .store = daemon->store,
                                    .period_ms = daemon->settings->publish_ms,
                                    .losses = daemon->losses,
                                    .is_durable = &daemon->gate.is_durable,
                                    .health = daemon->health,
                                    .signing_key = daemon->prepared.signing_key,
                                    .signing_pair = recall_signing_pair(&daemon->data, &daemon->prepared),
                                    .on_digest = on_digest},
        on_published, daemon);
    struct ground_options ground = {.store = daemon->store,
                                    .gate = &daemon->gate,
                                    .clock = daemon->clock,
                                    .health = daemon->health,
                                    .is_relaxed = daemon->settings->durability_is_relaxed};
    daemon->ground = ground_new(daemon->base, &ground);
    store_start(daemon->store);
    publisher_start(daemon->publisher);
}

/* ---- workers ---- */

static bool start_tally(struct daemon *daemon)
{
    atomic_store(&daemon->gate.why, why_starting); /* until Redis was prepared and looked at */
    struct tally_thread_options options = {.store = daemon->store_options,
                                           .reg = daemon->folder->reg,
                                           .awaited = registers_awaited(daemon->registers),
                                           .reports_per_minute = daemon->settings->reports_per_minute,
                                           .gate = &daemon->gate,
                                           .clock = daemon->clock,
                                           .health = daemon->health,
                                           .ports = daemon->settings->workers};
    struct error error;
    enum turnout_error failed = tally_thread_start(&options, &daemon->tally, &error);
    return failed == TURNOUT_OK ? true : say(&error, "cannot-start-tally");
}

static bool start_worker(struct daemon *daemon, uint32_t connections_max, struct tally_port *port,
                         int public_fd, int intake_http_fd, int intake_stream_fd)
{
    const struct server_settings *settings = daemon->settings;
    struct worker_options options = {.store = daemon->store_options,
                                     .keys = file_watch_current(daemon->keys_watch),
                                     .tokens = file_watch_current(daemon->tokens_watch),
                                     .reg = daemon->folder->reg,
                                     .awaited = registers_awaited(daemon->registers),
                                     .takes_unsigned = settings->intake_is_open,
                                     .clock = daemon->clock,
                                     .refusals = daemon->refusals,
                                     .tally = daemon->tally,
                                     .port = port,
                                     .secret = daemon->data.secret,
                                     .peers = daemon->peers,
                                     .hosts = &settings->hosts,
                                     .connections_max = connections_max,
                                     .public_fd = public_fd,
                                     .intake_http_fd = intake_http_fd,
                                     .intake_stream_fd = intake_stream_fd};
    struct error error;
    if (worker_start(&options, &daemon->workers[daemon->workers_started], &error) != TURNOUT_OK) {
        return say(&error, "cannot-start-worker");
    }
    daemon->workers_started++;
    return true;
}

/* Units and readers are served by different threads: how long a report waits for readers is then the kernel's decision,
 * which interrupts a thread at any point, and not that of a turn of the loop. */
static bool start_workers(struct daemon *daemon)
{
    uint32_t each = daemon->settings->workers;
    uint32_t connections_max = descriptors_for_connections(each);
    uint32_t units_max = connections_max / 4 + 1;
    bool started = true;
    for (uint32_t i = 0; i < each && started; i++) {
        started =
            start_worker(daemon, units_max, tally_thread_port(daemon->tally, i), -1,
                         listening_give(&daemon->intake_http, i), listening_give(&daemon->intake_stream, i));
    }
    for (uint32_t i = 0; i < each && started; i++) {
        started = start_worker(daemon, connections_max - units_max + 1, NULL,
                               listening_give(&daemon->public_http, i), -1, -1);
    }
    if (started) {
        listening_log(&daemon->public_http);
        listening_log(&daemon->intake_http);
        listening_log(&daemon->intake_stream);
    }
    return started;
}

static void on_keys(void *context, void *keys)
{
    struct daemon *daemon = context;
    keys_watch_keep(daemon->registers, daemon->settings->data);
    for (uint32_t i = 0; i < daemon->workers_started; i++) {
        mailbox_put_keys(worker_mailbox(daemon->workers[i]), keys);
    }
}

static void on_tokens(void *context, void *tokens)
{
    struct daemon *daemon = context;
    for (uint32_t i = 0; i < daemon->workers_started; i++) {
        mailbox_put_tokens(worker_mailbox(daemon->workers[i]), tokens);
    }
}

/* The tally stops after the workers, which may wait for its answers, and before they are freed, because it answers what is
 * left. */
static void stop_workers(struct daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->workers_started; i++) {
        mailbox_ask_to_drain(worker_mailbox(daemon->workers[i]));
    }
    for (uint32_t i = 0; i < daemon->workers_started; i++) {
        worker_join(daemon->workers[i]);
    }
    tally_thread_stop(daemon->tally);
    for (uint32_t i = 0; i < daemon->workers_started; i++) {
        worker_free(daemon->workers[i]);
    }
    daemon->workers_started = 0;
    tally_thread_free(daemon->tally);
}

/* ---- operations ---- */

/* Before Redis is asked for anything, so that it answers while Redis loads. */
static bool start_operating(struct daemon *daemon)
{
    const struct server_settings *settings = daemon->settings;
    daemon->refusals = refusals_new(daemon->folder->reg->unit_count);
    daemon->clock = clock_watch_new((int64_t)daemon->folder->election.rules.as_of_tolerance_s * 1000,
                                    daemon->folder->reg->unit_count);
    daemon->health = health_new(&(struct health_options){&daemon->folder->election, settings->publish_ms});
    struct error error;
    if (operate_thread_start(listening_give(&daemon->operate, 0), daemon->peers, &settings->hosts,
                             daemon->health, &daemon->operating, &error) != TURNOUT_OK) {
        return say(&error, "cannot-start-operating");
    }
    listening_log(&daemon->operate);
    data_watch_start(&daemon->data_watch, daemon->base, &daemon->data, daemon->health);
    return true;
}

/* ---- life ---- */

static void on_stop_signal(void *context, const char *name)
{
    struct daemon *daemon = context;
    log_info("stopping", log_text("why", name));
    daemon->is_stopping = true;
    int failed = event_base_loopbreak(daemon->base);
    assert(failed == 0);
}

static void on_hangup(void *context)
{
    struct daemon *daemon = context;
    log_info("reading-again", log_text("why", "SIGHUP"));
    if (daemon->publisher != NULL) {
        file_watch_read_now(daemon->keys_watch);
        file_watch_read_now(daemon->tokens_watch);
        registers_read_now(daemon->registers);
    }
}

static void start_loop(struct daemon *daemon)
{
    daemon->base = event_base_new();
    assert(daemon->base != NULL);
    signals_start(&daemon->signals, daemon->base, on_stop_signal, on_hangup, daemon);
}

/* Not before the election was read: of its faults every one is said, however alike they are. */
static bool start_log(void)
{
    struct error error;
    return log_start(&error) == TURNOUT_OK ? true : say(&error, "cannot-start");
}

/* In this order: what can be wrong with the settings first, what others may hold next, Redis last, because only
 * Redis takes time. */
static int start(struct daemon *daemon)
{
    const struct server_settings *settings = daemon->settings;
    if (!read_election(daemon) || !read_keys(daemon)) {
        return EXIT_BAD_SETTINGS;
    }
    if (!start_log()) {
        return EXIT_FAILED;
    }
    exposure_log(settings);
    enum data_folder_state data = data_folder_open(&daemon->data, settings, &daemon->folder->election);
    if (data != DATA_FOLDER_OPEN) {
        return data == DATA_FOLDER_REFUSED ? EXIT_BAD_SETTINGS : EXIT_FAILED;
    }
    registers_recall(daemon->registers, settings->data, daemon->data.has_known ? &daemon->data.known : NULL);
    keys_watch_recall(daemon->keys_watch, daemon->registers, settings->data);
    if (!read_tokens(daemon) || !open_listeners(daemon)) {
        return EXIT_FAILED;
    }
    start_loop(daemon);
    daemon->peers = peers_new(&(struct peers_options){settings->connections_per_address,
                                                      settings->refusals_per_minute, settings->proxies});
    if (!start_operating(daemon)) {
        return EXIT_FAILED;
    }
    int status = find_redis(daemon);
    if (status != EXIT_DONE || daemon->is_stopping) {
        return status;
    }
    /* Before Redis is prepared, which can take long: units and readers are told so. */
    if (!start_tally(daemon) || !start_workers(daemon)) {
        return EXIT_FAILED;
    }
    status = prepare_redis(daemon);
    if (status != EXIT_DONE || daemon->is_stopping) {
        return status;
    }
    file_watch_start(daemon->keys_watch, daemon->base, daemon->health, HEALTH_KEYS, on_keys, daemon);
    file_watch_start(daemon->tokens_watch, daemon->base, daemon->health, HEALTH_TOKENS, on_tokens, daemon);
    start_publisher(daemon);
    registers_start(daemon->registers, daemon->base,
                    &(struct registers_parts){.workers = daemon->workers,
                                              .worker_count = settings->workers,
                                              .tally = daemon->tally,
                                              .publisher = daemon->publisher,
                                              .keys_watch = daemon->keys_watch,
                                              .health = daemon->health});
    operate_thread_show(daemon->operating, &(struct operate_sources){.workers = daemon->workers,
                                                                     .worker_count = daemon->workers_started,
                                                                     .tally = daemon->tally,
                                                                     .publisher = daemon->publisher,
                                                                     .publisher_store = daemon->store});
    return EXIT_DONE;
}

static void run_while_reading(struct daemon *daemon, int64_t deadline_ms)
{
    while (publisher_is_reading(daemon->publisher) && clock_monotonic_ms() < deadline_ms) {
        int failed = event_base_loop(daemon->base, EVLOOP_ONCE);
        assert(failed >= 0);
    }
}

static void on_read_enough(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    (void)context; /* it only ends the waiting */
}

/* What was acknowledged up to the end is to be known at the next start. */
static void read_last_time(struct daemon *daemon)
{
    if (daemon->publisher == NULL || !store_is_up(daemon->store)) {
        return;
    }
    int64_t deadline_ms = clock_monotonic_ms() + LAST_READING_MS;
    struct timeval patience = {.tv_sec = LAST_READING_MS / 1000, .tv_usec = LAST_READING_MS % 1000 * 1000};
    struct event *enough = evtimer_new(daemon->base, on_read_enough, NULL);
    assert(enough != NULL);
    int failed = evtimer_add(enough, &patience);
    assert(failed == 0);
    run_while_reading(daemon, deadline_ms); /* one that was under way may have come too early */
    publisher_read_now(daemon->publisher);
    run_while_reading(daemon, deadline_ms);
    event_free(enough);
    losses_keep(daemon->losses, true);
}

/* Copes with a daemon that came up only in part. */
static void stop(struct daemon *daemon)
{
    operate_thread_stop(daemon->operating);
    registers_stop(daemon->registers);
    stop_workers(daemon);
    read_last_time(daemon);
    peers_free(daemon->peers);
    store_free(daemon->store);
    publisher_free(daemon->publisher);
    ground_free(daemon->ground);
    clock_watch_free(daemon->clock);
    refusals_release(daemon->refusals);
    losses_free(daemon->losses);
    publication_release(daemon->publication);
    redis_keeper_stop(&daemon->redis);
    file_watch_stop(daemon->keys_watch);
    file_watch_stop(daemon->tokens_watch);
    file_watch_free(daemon->tokens_watch);
    data_watch_stop(&daemon->data_watch);
    health_free(daemon->health);
    if (daemon->base != NULL) {
        signals_stop(&daemon->signals);
        event_base_free(daemon->base);
    }
    listening_close(&daemon->public_http);
    listening_close(&daemon->intake_http);
    listening_close(&daemon->intake_stream);
    listening_close(&daemon->operate);
    forget_election(daemon);
}

int daemon_run(const struct server_settings *settings)
{
    struct daemon *daemon = memory_new(sizeof *daemon);
    daemon->settings = settings;
    daemon->data.lock_fd = -1;

    int status = start(daemon);
    if (status == EXIT_DONE && !daemon->is_stopping) {
        int failed = event_base_dispatch(daemon->base);
        assert(failed == 0);
    }
    stop(daemon);
    log_info("stopped", log_number("status", status));
    log_stop();
    data_folder_close(&daemon->data);
    free(daemon);
    return status;
}
