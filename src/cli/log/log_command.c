/* `turnout log`: prints a unit's log lines from Redis, and checks its commune's hash chain. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/store/log_walk.h>

#include "client/read_election.h"
#include "client/server_redis.h"

enum { HEAD_TEXT_BYTES = 2 * LOG_HEAD_BYTES + 1 };

struct log_options {
    const char *unit;
    const char *election; /* a folder */
    struct server_redis_options server;
};

/* `context` points to the unit's code. A terminal gets showable text only; a file or pipe gets every byte. */
static void print_line(void *context, uint32_t commune, struct slice text, const struct log_line *line)
{
    (void)commune;
    const char *const *unit = context;
    if (strcmp(line->report.unit, *unit) != 0) {
        return;
    }
    if (isatty(STDOUT_FILENO) == 1) {
        struct buffer shown = {0};
        buffer_append(&shown, text.bytes, text.length);
        text_make_showable(shown.bytes);
        (void)puts(shown.bytes);
        buffer_done(&shown);
    } else {
        (void)fwrite(text.bytes, 1, text.length, stdout);
        (void)putchar('\n');
    }
}

static int print_log(const struct log_walk_of *of, int64_t patience_ms, const char *unit)
{
    struct log_walked walked;
    struct error error;
    char head[HEAD_TEXT_BYTES];
    if (log_walk(of, patience_ms, print_line, &unit, &walked, &error) != TURNOUT_OK) {
        (void)fflush(stdout);
        return command_fail(&error);
    }
    int status = finish_output(EXIT_DONE);
    sodium_bin2hex(head, sizeof head, walked.head, sizeof walked.head);
    (void)fprintf(stderr, "chain of commune %s: %" PRId64 " lines, head %s, matches\n",
                  of->reg->areas[of->area].code, walked.lines, head);
    return status;
}

static int read_from(const struct command_line *line, const struct election_folder *folder,
                     const struct unit *unit)
{
    const struct log_options *options = line->options;
    struct server_redis server;
    int status = server_redis_open_to_read(line->name, &options->server, &server);
    if (status == EXIT_DONE) {
        const struct log_walk_of of = {.address = server.address,
                                       .election = &folder->election,
                                       .reg = folder->reg,
                                       .area = unit->commune};
        status = print_log(&of, server.patience_ms, unit->code);
        server_redis_close(&server);
    }
    return status;
}

static int run(const struct command_line *line)
{
    const struct log_options *options = line->options;
    struct election_folder folder;
    int status = server_redis_check_either(line->name, line->values, &options->server);
    if (status == EXIT_DONE) {
        status = read_election(options->election, &folder, NULL);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    uint32_t unit = register_find_unit(folder.reg, slice_of(options->unit));
    if (unit == REGISTER_NONE) {
        (void)fprintf(stderr, "--unit %s: no unit of %s\n", options->unit, folder.election.id);
        status = EXIT_USAGE;
    } else {
        status = read_from(line, &folder, &folder.reg->units[unit]);
    }
    election_folder_done(&folder);
    return status;
}

/* ---- the command line ---- */

#define AT(member) SETTING_AT(struct log_options, member)

static const struct setting settings[] = {
    {.name = "unit",
     .kind = SETTING_CODE,
     AT(unit),
     .is_required = true,
     .takes = "CODE",
     .help = "whose lines are printed"},
    ELECTION_FOLDER(struct log_options, election),
    SERVER_REDIS_SETTINGS(struct log_options, "turnoutd's data folder, when it manages Redis itself",
                          READER_REDIS_USER),
    COMMAND_HELP,
};

#undef AT

const struct command command_log = {
    .name = "log",
    .purpose = "Prints a unit's log lines as they are in Redis, oldest first: JSON, one a line.",
    .usage = "--unit CODE --election DIR [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct log_options),
    .notes =
        "Runs while turnoutd counts, and without it; then no turnoutd can start until it is done.\n"
        "Standard error: the head of the commune's hash chain, and whether Redis has the same one.\n"
        "Exit status: 0 printed, and the chain matches; 1 Redis cannot be read, holds another election, or\n"
        "the chain does not match; 2 wrong usage, no such unit, or a fault in the election's folder.",
    .run = run,
};
