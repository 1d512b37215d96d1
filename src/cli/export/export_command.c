/* `turnout export`: writes everything that others need to recompute an election from Redis into a folder. */
#include <stdio.h>

#include "client/read_election.h"
#include "client/server_redis.h"
#include "commands.h"
#include "export/export_files.h"

struct export_options {
    const char *election; /* a folder */
    struct server_redis_options server;
};

static int export_to(const struct command_line *line, const struct election_folder *folder)
{
    const struct export_options *options = line->options;
    struct server_redis server;
    struct error error;
    int status = server_redis_open_to_read(line->name, &options->server, &server);
    if (status != EXIT_DONE) {
        return status;
    }
    struct export_counts counts;
    const struct export_of of = {.address = server.address,
                                 .folder = folder,
                                 .election_path = options->election,
                                 .patience_ms = server.patience_ms};
    if (export_write(&of, line->words[0], &counts, &error) != TURNOUT_OK) {
        status = command_fail(&error);
    } else {
        (void)printf("%s: %lld lines of the log, %lld bulletins of %s\n", line->words[0],
                     (long long)counts.lines, (long long)counts.bulletins, folder->election.id);
        if (folder->election.hides_unit_figures) {
            (void)fprintf(stderr, "it has the figures of single units, which this election keeps for its "
                                  "committees\n");
        }
        status = finish_output(EXIT_DONE);
    }
    server_redis_close(&server);
    return status;
}

static int run(const struct command_line *line)
{
    const struct export_options *options = line->options;
    struct election_folder folder;
    int status = server_redis_check_either(line->name, line->values, &options->server);
    if (status == EXIT_DONE) {
        status = read_election(options->election, &folder, NULL);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    status = export_to(line, &folder);
    election_folder_done(&folder);
    return status;
}

/* ---- the command line ---- */

static const struct setting settings[] = {
    ELECTION_FOLDER(struct export_options, election),
    SERVER_REDIS_SETTINGS(struct export_options, "turnoutd's data folder, when it manages Redis itself",
                          READER_REDIS_USER),
    COMMAND_HELP,
};

const struct command command_export = {
    .name = "export",
    .purpose =
        "Writes the register, the public keys, every line of the log and every bulletin into a folder.",
    .usage = "DIR --election DIR [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct export_options),
    .word = "folder",
    .words_most = 1,
    .notes =
        "DIR must not exist. `turnout verify DIR` checks it, wherever it is copied to; proto/export.md says\n"
        "what is in it. It has reports as they were sent, with their notes, but no secrets and no telephone\n"
        "numbers.\n"
        "Runs while turnoutd counts, and without it; then no turnoutd can start until it is done.\n"
        "Exit status: 0 written; 1 not written completely: Redis cannot be read, or its data does not "
        "match;\n"
        "2 wrong usage, or a fault in the election's folder.",
    .run = run,
};
