/* The daemon. The main thread owns what there is one of: the managed Redis, the watch over it, the watches over
 * keys.csv, tokens.csv, the election's files and the data folder, the signals. The other threads own everything
 * else. */
#include "daemon.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include <event2/event.h>
#include <sodium.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/net/peers.h>
#include <turnout/service/clock_watch.h>
#include <turnout/service/refusals.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/prepare.h>

#include "data_folder.h"
#include "data_watch.h"
#include "exposure.h"
#include "keys_watch.h"
#include "listening.h"
#include "operate_thread.h"
#include "recall.h"
#include "redis_keeper.h"
#include "redis_watch.h"
#include "registers.h"
#include "signals.h"
#include "tally_thread.h"
#include "tokens_watch.h"
#include "workers.h"

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

    struct listenings listenings;

    struct redis_keeper redis;
    struct store_options store_options;
    struct store_prepared prepared;
    struct gate gate;
    struct clock_watch *clock;
    struct refusals *refusals;

    struct event_base *base;
    bool is_stopping;
    struct signals signals;
    struct redis_watch watch;
    struct publication *publication; /* the newest; NULL before the first */

    struct tally_thread *tally;
    struct peers *peers; /* of all listeners together */
    struct workers workers;
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
    struct error error;
    if (keys_watch_new(daemon->registers, &daemon->keys_watch, &error) != TURNOUT_OK) {
        return say(&error, "bad-keys");
    }
    if (signing_keys_count(file_watch_current(daemon->keys_watch)) == 0 &&
        !daemon->settings->intake_is_open) {
        log_warning("no-keys", log_text("folder", daemon->settings->election),
                    log_text("what", "nobody can report: intake is signed, and there is no key in keys.csv"));
    }
    return true;
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
    file_watch_free(daemon.keys_watch);
    registers_free(daemon.registers);
    return is_sound ? EXIT_DONE : EXIT_BAD_SETTINGS;
}

static bool read_tokens(struct daemon *daemon)
{
    struct error error;
    return tokens_watch_new(daemon->settings->data, &daemon->tokens_watch, &error) == TURNOUT_OK ||
           say(&error, "bad-tokens");
}

/* ---- listening ---- */

static bool open_listeners(struct daemon *daemon)
{
    struct error error;
    return listenings_open(&daemon->listenings, daemon->settings, &error) == TURNOUT_OK ||
           say(&error, "cannot-listen");
}

/* ---- Redis ---- */

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
                                            .signing_key = daemon->data.signing_key,
                                            .bulletin_number = daemon->data.bulletin_number,
                                            .files = registers_change(daemon->registers)->after,
                                            .relaxed = daemon->settings->durability_is_relaxed};
    enum turnout_error failed =
        redis_keeper_prepare(&daemon->redis, &daemon->store_options, &preparation, &daemon->prepared, &error);
    if (failed != TURNOUT_OK) {
        return say_no_redis(daemon, failed, &error, "cannot-use-redis");
    }
    atomic_store(&daemon->gate.is_durable, daemon->prepared.is_durable);
    daemon->watch.losses = recall_start(&daemon->data, daemon->folder, &daemon->prepared);
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
    workers_put_publication(&daemon->workers, publication);
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
    struct publisher_options publisher = {.election = &daemon->folder->election,
                                          .previous = daemon->folder->previous,
                                          .reg = daemon->folder->reg,
                                          .period_ms = daemon->settings->publish_ms,
                                          .losses = daemon->watch.losses,
                                          .data = daemon->data.path,
                                          .is_durable = &daemon->gate.is_durable,
                                          .clock = daemon->clock,
                                          .health = daemon->health,
                                          .signing_key = daemon->prepared.signing_key,
                                          .signing_pair =
                                              recall_signing_pair(&daemon->data, &daemon->prepared),
                                          .on_digest = on_digest};
    struct inspector_options inspector = {.gate = &daemon->gate,
                                          .clock = daemon->clock,
                                          .health = daemon->health,
                                          .is_relaxed = daemon->settings->durability_is_relaxed};
    redis_watch_start(&daemon->watch, daemon->base, &daemon->store_options, &publisher, &inspector,
                      on_published, daemon);
}

/* ---- counting ---- */

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
    return tally_thread_start(&options, &daemon->tally, &error) == TURNOUT_OK ||
           say(&error, "cannot-start-tally");
}

static bool start_workers(struct daemon *daemon)
{
    const struct server_settings *settings = daemon->settings;
    const struct worker_intake_options intake = {
        .store = daemon->store_options,
        .credentials = {file_watch_current(daemon->keys_watch), file_watch_current(daemon->tokens_watch)},
        .reg = daemon->folder->reg,
        .awaited = registers_awaited(daemon->registers),
        .takes_unsigned = settings->intake_is_open,
        .clock = daemon->clock,
        .refusals = daemon->refusals,
        .tally = daemon->tally,
        .secret = daemon->data.secret};
    const struct workers_options options = {.intake = &intake,
                                            .connections_per_address = settings->connections_per_address,
                                            .peers = daemon->peers,
                                            .hosts = &settings->hosts,
                                            .listenings = &daemon->listenings,
                                            .each = settings->workers};
    struct error error;
    if (workers_start(&daemon->workers, &options, &error) != TURNOUT_OK) {
        return say(&error, "cannot-start-worker");
    }
    listening_log(&daemon->listenings.public_http);
    listening_log(&daemon->listenings.intake_http);
    listening_log(&daemon->listenings.intake_stream);
    return true;
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
    if (operate_thread_start(listening_give(&daemon->listenings.operate, 0), daemon->peers, &settings->hosts,
                             daemon->health, &daemon->operating, &error) != TURNOUT_OK) {
        return say(&error, "cannot-start-operating");
    }
    listening_log(&daemon->listenings.operate);
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
    if (daemon->watch.publisher != NULL) {
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
    return log_start(&error) == TURNOUT_OK || say(&error, "cannot-start");
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
    enum data_folder_state data = data_folder_open(&daemon->data, settings, &daemon->folder->election);
    if (data != DATA_FOLDER_OPEN) {
        return data == DATA_FOLDER_REFUSED ? EXIT_BAD_SETTINGS : EXIT_FAILED;
    }
    exposure_log(settings);
    registers_recall(daemon->registers, settings->data, daemon->data.has_known ? &daemon->data.known : NULL);
    keys_watch_recall(daemon->keys_watch, daemon->registers);
    if (!read_tokens(daemon) || !open_listeners(daemon)) {
        return EXIT_FAILED;
    }
    start_loop(daemon);
    daemon->peers = peers_new(&(struct peers_options){settings->refusals_per_minute, settings->proxies});
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
    file_watch_start(daemon->keys_watch, daemon->base, daemon->health, HEALTH_KEYS, workers_put_keys,
                     &daemon->workers);
    file_watch_start(daemon->tokens_watch, daemon->base, daemon->health, HEALTH_TOKENS, workers_put_tokens,
                     &daemon->workers);
    start_publisher(daemon);
    registers_start(daemon->registers, daemon->base,
                    &(struct registers_parts){.workers = daemon->workers.all,
                                              .worker_count = daemon->workers.reporting,
                                              .tally = daemon->tally,
                                              .publisher = daemon->watch.publisher,
                                              .keys_watch = daemon->keys_watch,
                                              .health = daemon->health});
    operate_thread_show(daemon->operating, &(struct operate_sources){.workers = daemon->workers.all,
                                                                     .worker_count = daemon->workers.count,
                                                                     .tally = daemon->tally,
                                                                     .publisher = daemon->watch.publisher,
                                                                     .publisher_store = daemon->watch.store});
    return EXIT_DONE;
}

/* Copes with a daemon that came up only in part. */
static void stop(struct daemon *daemon)
{
    operate_thread_stop(daemon->operating);
    registers_stop(daemon->registers);
    workers_drain(&daemon->workers);
    tally_thread_stop(daemon->tally);
    workers_free(&daemon->workers);
    tally_thread_free(daemon->tally);
    redis_watch_read_last(&daemon->watch);
    peers_free(daemon->peers);
    redis_watch_stop(&daemon->watch);
    clock_watch_free(daemon->clock);
    refusals_release(daemon->refusals);
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
    listenings_close(&daemon->listenings);
    file_watch_free(daemon->keys_watch);
    registers_free(daemon->registers);
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
