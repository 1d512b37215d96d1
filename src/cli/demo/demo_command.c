/* `turnout demo`: replays an election day against a turnoutd of its own, and compares what is served with the figures
 * published on that day. */
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/rfc3339.h>
#include <turnout/store/election_folder.h>

#include "commands.h"
#include "demo/checkpoints.h"
#include "demo/demo_bulletins.h"
#include "demo/demo_folder.h"
#include "demo/demo_plan.h"
#include "demo/demo_replay.h"
#include "demo/demo_served.h"
#include "demo/demo_server.h"
#include "keys/keys_table.h"
#include "keys/unit_keys.h"

enum { RATE_MOST = 100000, CLOCK_BYTES = sizeof "20:00" };

struct demo_options {
    uint32_t rate;
    bool exits;
    const char *data;                           /* NULL: temporary */
    const char *election;                       /* NULL: the one installed with the program */
    const char *addresses[DEMO_LISTENER_COUNT]; /* NULL: the default, or any free port */
};

/* Everything that lives while the demo runs; freed in reverse order. */
struct demo {
    const struct demo_options *options;
    int interrupt_fd;
    struct demo_folder folder;
    struct election_folder election;
    struct checkpoints checkpoints;
    struct demo_plan *plan;
    struct unit_keys *keys;
    struct demo_server_options server_options;
    struct demo_server *server;
    struct demo_bulletins *bulletins;
    struct demo_served *served;
    struct demo_replay *replay;
    size_t checkpoints_held;
};

static void say(const char *what, const struct error *error)
{
    (void)fprintf(stderr, "turnout demo: %s%s%s%s%s\n", what, what[0] != '\0' ? ": " : "", error->field,
                  error->field[0] != '\0' ? ": " : "", error->text);
}

/* ---- before the polls open ---- */

/* Makes signals such as Ctrl-C readable from a descriptor, so that everything is stopped in order. */
static int catch_interrupts(void)
{
    sigset_t interrupts;
    int failed = sigemptyset(&interrupts) | sigaddset(&interrupts, SIGINT) | sigaddset(&interrupts, SIGTERM) |
                 sigaddset(&interrupts, SIGHUP);
    assert(failed == 0);
    failed = sigprocmask(SIG_BLOCK, &interrupts, NULL);
    assert(failed == 0);
    int fd = signalfd(-1, &interrupts, SFD_CLOEXEC | SFD_NONBLOCK);
    assert(fd >= 0);
    return fd;
}

static enum turnout_error read_checkpoints(struct demo *demo, struct error *error)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/checkpoints.csv", demo->folder.election);
    enum turnout_error code = checkpoints_read(path.bytes, demo->election.reg, &demo->checkpoints, error);
    buffer_done(&path);
    return code;
}

/* Makes a key for every unit; writes the public ones into the folder that the server will read. */
static enum turnout_error make_keys(struct demo *demo, struct error *error)
{
    struct keys_table table;
    demo->keys = unit_keys_draw(demo->election.reg);
    keys_table_init(&table, demo->folder.election);
    unit_keys_write(demo->keys, &table);
    enum turnout_error code = keys_table_save(&table, error);
    keys_table_close(&table);
    return code;
}

/* Makes the plan. Returns an exit status. */
static int make_plan(struct demo *demo)
{
    struct error error = {0};
    if (demo_folder_open(demo->options->data, demo->options->election, &demo->folder, &error) != TURNOUT_OK) {
        say("", &error);
        return EXIT_USAGE;
    }
    if (election_folder_read(demo->folder.election, print_fault, NULL, &demo->election, &error) !=
        TURNOUT_OK) {
        say(demo->folder.election, &error);
        return EXIT_USAGE;
    }
    if (read_checkpoints(demo, &error) != TURNOUT_OK ||
        demo_plan_new(&demo->election.election, demo->election.reg, &demo->checkpoints, &demo->plan,
                      &error) != TURNOUT_OK) {
        say("", &error);
        return EXIT_USAGE;
    }
    return EXIT_DONE;
}

/* The server refuses reports from the future. */
static int check_wall_clock(const struct demo *demo)
{
    const struct election *election = &demo->election.election;
    int64_t last = demo_plan_as_of(demo->plan, demo_plan_report_count(demo->plan) - 1);
    if (clock_wall_ms() / 1000 > last) {
        return EXIT_DONE;
    }
    char now[RFC3339_BYTES];
    rfc3339_format(clock_wall_ms() / 1000, election->offset_s, now);
    (void)fprintf(
        stderr,
        "turnout demo: this machine's clock says %s, but the day to replay is %s: every report would "
        "be from the future. Set the clock first\n",
        now, election->date);
    return EXIT_USAGE;
}

/* ---- the server ---- */

static enum turnout_error start_server(struct demo *demo, struct error *error)
{
    struct demo_server_options *options = &demo->server_options;
    *options = (struct demo_server_options){.election = demo->folder.election,
                                            .data = demo->folder.data,
                                            .log_path = demo->folder.log,
                                            .interrupt_fd = demo->interrupt_fd};
    memcpy(options->addresses, demo->options->addresses, sizeof options->addresses);
    enum turnout_error code = demo_find_server(&options->binary, error);
    return code == TURNOUT_OK ? demo_server_start(options, &demo->server, error) : code;
}

/* In a folder with reports our reports would be duplicates, and the final figures would show from the start. */
static enum turnout_error check_nothing_counted(struct demo *demo, struct error *error)
{
    enum demo_event event;
    enum turnout_error code = demo_served_await(demo->served, 0, &event, error);
    if (code == TURNOUT_OK && demo_served_revision(demo->served) != 0) {
        return error_fail(error, TURNOUT_CONFLICT, "data",
                          "%s already has %lld reports; name an empty folder", demo->folder.data,
                          (long long)demo_served_revision(demo->served));
    }
    return code;
}

static int open_polls(struct demo *demo)
{
    struct error error = {0};
    const struct area *nation = &demo->election.reg->areas[REGISTER_NATION];
    enum turnout_error code = make_keys(demo, &error);
    code = code == TURNOUT_OK ? demo_bulletins_new(demo->folder.data, demo->election.election.id,
                                                   nation->code, &demo->bulletins, &error)
                              : code;
    code = code == TURNOUT_OK ? start_server(demo, &error) : code;
    code = code == TURNOUT_OK ? demo_bulletins_connect(demo->bulletins, demo->server, &error) : code;
    code = code == TURNOUT_OK ? demo_served_new(demo->server, &demo->served, &error) : code;
    code = code == TURNOUT_OK ? check_nothing_counted(demo, &error) : code;
    if (code != TURNOUT_OK) {
        say("", &error);
        return code == TURNOUT_CONFLICT ? EXIT_USAGE : EXIT_FAILED;
    }
    demo->replay = demo_replay_new(demo->plan, demo->keys, demo->election.election.opens, demo->options->rate,
                                   demo->server);
    return EXIT_DONE;
}

static void print_where_to_look(const struct demo *demo)
{
    const struct election *election = &demo->election.election;
    const struct host_port *stream = demo_server_address(demo->server, DEMO_INTAKE_STREAM);
    char public_url[DEMO_URL_BYTES];
    char intake_url[DEMO_URL_BYTES];
    char operate_url[DEMO_URL_BYTES];
    demo_server_url(demo->server, DEMO_PUBLIC, public_url);
    demo_server_url(demo->server, DEMO_INTAKE_HTTP, intake_url);
    demo_server_url(demo->server, DEMO_OPERATE, operate_url);
    (void)printf("%s\n%s, %u times as fast as in reality, with %llu signed reports from %u units.\n\n",
                 election->name_en[0] != '\0' ? election->name_en : election->name, election->date,
                 demo->options->rate, (unsigned long long)demo_plan_report_count(demo->plan),
                 demo->election.reg->unit_count);
    (void)printf("  nation, provinces  %s/v1/turnout\n", public_url);
    (void)printf("  down to communes   %s/v1/snapshot.csv\n", public_url);
    (void)printf("  for good           %s/v1/bulletins, one for each round\n", public_url);
    (void)printf("  in a terminal      turnout watch --server %s\n", public_url);
    (void)printf("  reports come to    %s/v1/reports, and %s port %u, one a line\n", intake_url, stream->host,
                 (unsigned)stream->port);
    (void)printf("  the server itself  %s/metrics, %s\n\n", operate_url, demo->folder.log);
}

/* ---- the day ---- */

static void format_clock(const struct demo *demo, int64_t moment, char ret_clock[CLOCK_BYTES])
{
    char text[RFC3339_BYTES];
    rfc3339_format(moment, demo->election.election.offset_s, text);
    memcpy(ret_clock, text + strlen("2026-03-15T"), CLOCK_BYTES - 1);
    ret_clock[CLOCK_BYTES - 1] = '\0';
}

/* The next time after `moment` of a round or a checkpoint; 0 when there is none. */
static int64_t next_moment(const struct demo *demo, int64_t moment)
{
    const struct election *election = &demo->election.election;
    int64_t next = 0;
    for (uint32_t i = 0; i < election->round_count; i++) {
        int64_t at = election->rounds[i];
        next = at > moment && (next == 0 || at < next) ? at : next;
    }
    for (size_t i = 0; i < demo->checkpoints.count; i++) {
        int64_t at = demo->checkpoints.rows[i].as_of;
        next = at > moment && (next == 0 || at < next) ? at : next;
    }
    return next;
}

/* At the time of a round, prints it and freezes its bulletin; checks the checkpoints of this time. */
static enum turnout_error look(struct demo *demo, int64_t moment, struct error *error)
{
    const struct election *election = &demo->election.election;
    char clock[CLOCK_BYTES];
    format_clock(demo, moment, clock);
    for (uint32_t i = 0; i < election->round_count; i++) {
        if (election->rounds[i] == moment) {
            demo_served_print_round(demo->served, clock);
        }
    }
    for (size_t i = 0; i < demo->checkpoints.count; i++) {
        const struct checkpoint *checkpoint = &demo->checkpoints.rows[i];
        if (checkpoint->as_of == moment) {
            const struct area *area = &demo->election.reg->areas[checkpoint->area];
            demo->checkpoints_held += demo_served_check(demo->served, checkpoint, area, clock);
        }
    }
    return demo_bulletins_freeze(demo->bulletins, clock, error);
}

static int tell_end(const struct demo *demo, enum demo_event end)
{
    static const char *const words[] = {[DEMO_TIME_IS_UP] = "",
                                        [DEMO_INTERRUPTED] = "interrupted",
                                        [DEMO_SERVER_ENDED] = "the server has ended",
                                        [DEMO_STALLED] = "the server does not answer"};
    char last_words[DEMO_WORDS_BYTES] = "";
    if (end != DEMO_INTERRUPTED) {
        demo_server_last_words(demo->server, last_words);
    }
    (void)fprintf(stderr, "turnout demo: %s%s%s\n", words[end],
                  last_words[0] != '\0' ? "; it said last: " : "", last_words);
    return EXIT_FAILED;
}

/* Replays the day. Returns EXIT_DONE when it was complete. */
static int replay_day(struct demo *demo)
{
    int64_t moment = demo->election.election.opens;
    while ((moment = next_moment(demo, moment)) != 0) {
        struct error error = {0};
        enum demo_event event = demo_replay_run(demo->replay, moment);
        if (event != DEMO_TIME_IS_UP) {
            return tell_end(demo, event);
        }
        enum turnout_error code =
            demo_served_await(demo->served, demo_replay_counts(demo->replay)->applied, &event, &error);
        if (event != DEMO_TIME_IS_UP) {
            return tell_end(demo, event);
        }
        code = code == TURNOUT_OK ? look(demo, moment, &error) : code;
        if (code != TURNOUT_OK) {
            say("", &error);
            return EXIT_FAILED;
        }
    }
    return EXIT_DONE;
}

/* Prints the summary, the nation's figure last. Returns EXIT_DONE when all was as expected. */
static int sum_up(const struct demo *demo)
{
    const struct demo_counts *counts = demo_replay_counts(demo->replay);
    (void)printf("\n%zu of %zu checkpoints held, %llu reports counted, %llu refused.\n",
                 demo->checkpoints_held, demo->checkpoints.count, (unsigned long long)counts->applied,
                 (unsigned long long)counts->refused);
    if (counts->refused > 0) {
        (void)printf("The first refused: %s\n", counts->first_refusal);
    }
    if (!demo->options->exits) {
        (void)printf("The server stays up until Ctrl-C.\n");
    }
    demo_served_print_nation(demo->served);
    bool all_held = demo->checkpoints_held == demo->checkpoints.count;
    return all_held && counts->refused == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* ---- all of it ---- */

static int run(struct demo *demo)
{
    int status = make_plan(demo);
    status = status == EXIT_DONE ? check_wall_clock(demo) : status;
    status = status == EXIT_DONE ? open_polls(demo) : status;
    if (status != EXIT_DONE) {
        return status;
    }
    print_where_to_look(demo);
    status = replay_day(demo);
    if (status != EXIT_DONE) {
        return status;
    }
    status = sum_up(demo);
    if (!demo->options->exits && demo_server_wait(demo->server, -1) == DEMO_SERVER_ENDED) {
        return tell_end(demo, DEMO_SERVER_ENDED);
    }
    return status;
}

/* Returns `status`, or EXIT_FAILED when something did not end in order. */
static int tear_down(struct demo *demo, int status)
{
    struct error error = {0};
    demo_replay_free(demo->replay);
    demo_served_free(demo->served);
    demo_bulletins_free(demo->bulletins);
    if (demo_server_stop(demo->server, &error) != TURNOUT_OK) {
        say("", &error);
        status = EXIT_FAILED;
    }
    free(demo->server_options.binary);
    unit_keys_free(demo->keys);
    demo_plan_free(demo->plan);
    checkpoints_done(&demo->checkpoints);
    election_folder_done(&demo->election);
    if (demo_folder_close(&demo->folder, &error) != TURNOUT_OK) {
        say("", &error);
        status = EXIT_FAILED;
    }
    (void)close(demo->interrupt_fd);
    return status;
}

static int run_demo(const struct command_line *line)
{
    struct demo demo = {.options = line->options};
    /* Show each line at once, also in a pipe. */
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    demo.interrupt_fd = catch_interrupts();
    int status = run(&demo);
    return finish_output(tear_down(&demo, status));
}

/* ---- the command line ---- */

#define AT(member) SETTING_AT(struct demo_options, member)

/* The demo needs every listener, so an empty address, which turns one off, is refused. */
#define LISTENER(option, listener, what)                                                                     \
    {                                                                                                        \
        .name = (option), .kind = SETTING_PATH, AT(addresses[listener]), .takes = "ADDRESS:PORT",            \
        .help = (what)                                                                                       \
    }

static const struct setting settings[] = {
    {.name = "rate",
     .kind = SETTING_NUMBER,
     AT(rate),
     .standard = "400",
     .takes = "N",
     .least = 1,
     .most = RATE_MOST,
     .help = "how many times as fast as in reality; at 400 a day takes about two minutes"},
    {.name = "exit",
     .kind = SETTING_FLAG,
     AT(exits),
     .help = "stops the server after the last report; without it, it stays up until Ctrl-C"},
    {.name = "data",
     .kind = SETTING_PATH,
     AT(data),
     .takes = "DIR",
     .help = "the server's data folder, which must have no reports; default a temporary one"},
    {.name = "election",
     .kind = SETTING_PATH,
     AT(election),
     .takes = "DIR",
     .help = "another election's folder, with a checkpoints.csv in it"},
    LISTENER("public", DEMO_PUBLIC,
             "for readers; default 127.0.0.1:8080, or a free port; also for the next three"),
    LISTENER("intake-http", DEMO_INTAKE_HTTP, "for reports over HTTP; default 127.0.0.1:8081"),
    LISTENER("intake-stream", DEMO_INTAKE_STREAM, "for reports over a stream; default 127.0.0.1:7070"),
    LISTENER("operate", DEMO_OPERATE, "for health and metrics; default 127.0.0.1:9090"),
    COMMAND_HELP,
};

#undef AT

const struct command command_demo = {
    .name = "demo",
    .purpose =
        "Replays an election day against a server of its own, and compares what the public is served with\n"
        "the figures that were published on the day.",
    .usage = "[OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct demo_options),
    .notes =
        "Exit status: 0 when every checkpoint held and no report was refused, 1 otherwise, 2 wrong usage.",
    .run = run_demo,
};
