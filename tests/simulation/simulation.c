/* Runs simulations: seed by seed, each a whole election day of servers, units, committees and accidents.
 *
 *   test_simulation [--seed N] [--seeds N] [--reports N] [--seconds N] [--trace] [--twice]
 *                   [--redis SOCKET]
 *
 * Ends with status 1, and says what broke and under which seed, as soon as a promise is broken. */
#include <assert.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <turnout/base/text.h>

#include "answers.h"
#include "model_data.h"
#include "model_redis.h"
#include "officials.h"
#include "oracle.h"
#include "redis_twin.h"
#include "scene.h"
#include "senders.h"
#include "servers.h"
#include "simulated_link.h"
#include "world.h"

enum { REPORTS_STANDARD = 2000, CALM_DEADLINES = 6, STEPS_MAX = 20 * 1000 * 1000 };

struct settings {
    uint64_t seed;
    uint64_t seeds;
    uint64_t seconds; /* to begin new seeds in; 0: no limit */
    uint64_t reports; /* a seed */
    bool is_traced;
    const char *redis; /* a real one to compare the model with; NULL: none */
    bool is_twice;     /* each seed is run twice, and must come out the same */
};

struct figures {
    uint64_t seeds, reports, acknowledged, taken_up, gone_back, decided, crashes, power_losses, server_ends,
        steps, digest;
    uint64_t by_status[STATUS_COUNT];
    int64_t longest_us;
    uint32_t most_waiting;
};

/* ---- one seed ---- */

static void on_went_back(void)
{
    oracle_read_again();
    answers_check_all_stand();
    officials_check_stands();
}

static void run_for(int64_t duration_us)
{
    int64_t until_us = world_now_us() + duration_us;
    while (world_now_us() < until_us && world_step()) {
    }
}

static void run_until_sent(void)
{
    while (!senders_are_done() && world_step()) {
        if (world_steps() > STEPS_MAX) {
            world_fail("the units come to no end");
        }
    }
}

/* Nothing goes wrong any more: everything is answered, and what was never acknowledged can be sent again. */
static void recover(void)
{
    int64_t calm_us = CALM_DEADLINES * scene.deadline_ms * 1000 + 2 * WORLD_SECOND_US;
    scene_calm();
    world_trace("calm");
    officials_open();
    model_show_cuts();
    run_for(calm_us);
    if (servers_waiting() > 0) {
        world_fail("%u messages are not answered, though all is well", servers_waiting());
    }
    uint64_t unavailable = servers_figures()->by_status[STATUS_UNAVAILABLE];
    senders_send_rest();
    run_for(calm_us);
    if (servers_figures()->by_status[STATUS_UNAVAILABLE] != unavailable) {
        world_fail("a report is unavailable, though all is well");
    }
    oracle_read_again();
    answers_check_all_stand();
    officials_check_stands();
}

static void add_figures(struct figures *figures)
{
    const struct server_figures *servers = servers_figures();
    figures->seeds++;
    figures->reports += senders_sent();
    figures->acknowledged += answers_acknowledged();
    figures->decided += servers->decided;
    figures->taken_up += officials_taken_up();
    figures->gone_back += officials_gone_back();
    figures->crashes += model_crashes();
    figures->power_losses += model_power_losses();
    figures->server_ends += servers->ends;
    figures->steps += world_steps();
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        figures->by_status[i] += servers->by_status[i];
    }
    figures->longest_us =
        servers->longest_us > figures->longest_us ? servers->longest_us : figures->longest_us;
    figures->most_waiting =
        servers->most_waiting > figures->most_waiting ? servers->most_waiting : figures->most_waiting;
    figures->digest = (figures->digest ^ world_digest()) * UINT64_C(0x100000001b3);
}

static void run_seed(uint64_t seed, const struct settings *settings, struct figures *figures)
{
    world_begin(seed, settings->is_traced);
    model_redis_begin();
    scene_begin((uint32_t)settings->reports);
    senders_begin();
    servers_begin();
    answers_begin();
    officials_begin();
    oracle_begin();
    model_observe(on_went_back, oracle_follow);
    servers_start();
    officials_start();
    senders_start();
    run_until_sent();
    recover();
    servers_end();
    officials_end();
    twin_check_all();
    add_figures(figures);
    simulated_links_end();
    oracle_end();
    senders_end();
    model_redis_end();
    scene_end();
    world_end();
}

static void check_reproduced(uint64_t seed, const struct settings *settings)
{
    struct figures again = {0};
    uint64_t digest = world_digest();
    run_seed(seed, settings, &again);
    if (world_digest() != digest) {
        world_fail("the seed did not come out the same when it was run again");
    }
}

/* ---- the command ---- */

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    int failed = clock_gettime(CLOCK_MONOTONIC, &now);
    assert(failed == 0);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void tell(const struct figures *figures, double seconds)
{
    (void)printf("seeds %" PRIu64 ", reports %" PRIu64 ", acknowledged %" PRIu64 ", decisions %" PRIu64
                 ", crashes %" PRIu64 ", power losses among them %" PRIu64 ", server ends %" PRIu64 "\n",
                 figures->seeds, figures->reports, figures->acknowledged, figures->decided, figures->crashes,
                 figures->power_losses, figures->server_ends);
    (void)printf("registers taken up %" PRIu64 ", refused %" PRIu64 "\n", figures->taken_up,
                 figures->gone_back);
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        (void)printf("%s%s %" PRIu64, i == 0 ? "answers: " : ", ", report_status_name((enum report_status)i),
                     figures->by_status[i]);
    }
    (void)printf("; the longest took %.3f s; at most %u messages were with a server\n",
                 (double)figures->longest_us / WORLD_SECOND_US, figures->most_waiting);
    (void)printf("digest %016" PRIx64 "\n", figures->digest);
    (void)printf("steps %" PRIu64 ", %.0f a second, %.1f s\n", figures->steps,
                 (double)figures->steps / seconds, seconds);
}

static bool read_settings(int argc, char **argv, struct settings *settings)
{
    static const struct option options[] = {
        {"seed", required_argument, NULL, 's'},    {"seeds", required_argument, NULL, 'n'},
        {"seconds", required_argument, NULL, 't'}, {"reports", required_argument, NULL, 'r'},
        {"trace", no_argument, NULL, 'v'},         {"twice", no_argument, NULL, '2'},
        {"redis", required_argument, NULL, 'p'},   {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        uint64_t *number = option == 's'   ? &settings->seed
                           : option == 'n' ? &settings->seeds
                           : option == 't' ? &settings->seconds
                                           : &settings->reports;
        if (option == 'v') {
            settings->is_traced = true;
        } else if (option == 'p') {
            settings->redis = optarg;
        } else if (option == '2') {
            settings->is_twice = true;
        } else if (option == '?' || !text_parse_unsigned(slice_of(optarg), UINT32_MAX, number)) {
            return false;
        }
    }
    return optind == argc && settings->reports > 0;
}

int main(int argc, char **argv)
{
    struct settings settings = {.seed = 1, .seeds = 1, .reports = REPORTS_STANDARD};
    if (!read_settings(argc, argv, &settings)) {
        (void)fprintf(stderr, "usage: test_simulation [--seed N] [--seeds N] [--seconds N] [--reports N] "
                              "[--trace] [--twice]\n"
                              "                       [--redis SOCKET]\n");
        return 2;
    }
    struct timespec start;
    int failed = clock_gettime(CLOCK_MONOTONIC, &start);
    assert(failed == 0);
    if (settings.redis != NULL) {
        twin_open(settings.redis);
    }
    struct figures figures = {0};
    for (uint64_t i = 0; i < settings.seeds; i++) {
        if (settings.seconds > 0 && seconds_since(&start) > (double)settings.seconds) {
            break;
        }
        run_seed(settings.seed + i, &settings, &figures);
        if (settings.is_twice) {
            check_reproduced(settings.seed + i, &settings);
        }
    }
    twin_close();
    tell(&figures, seconds_since(&start));
    return 0;
}
