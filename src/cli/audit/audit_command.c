/* `turnout audit`: checks that what Redis holds of an election adds up and follows from its log. */
#include <inttypes.h>
#include <stdio.h>

#include <turnout/store/bulletin_walk.h>
#include <turnout/store/log_walk.h>

#include "audit/audit_province.h"
#include "client/progress.h"
#include "client/read_election.h"
#include "client/server_redis.h"
#include "commands.h"

struct audit_options {
    const char *election; /* a folder */
    struct server_redis_options server;
};

/* ---- checking ---- */

struct ledger {
    struct register_past past;
    int64_t losses; /* accepted */
    int64_t bad;    /* invalid lines */
};

static void on_ledger_line(void *context, struct slice text)
{
    struct ledger *ledger = context;
    struct log_line line;
    struct error error;
    if (log_line_read(text, &line, &error) != TURNOUT_OK || line.outcome < LOG_PHASE) {
        ledger->bad++;
        return;
    }
    register_past_add(&ledger->past, &line);
    ledger->losses += line.outcome == LOG_LOSS ? 1 : 0;
}

static int conclude(const struct election_folder *folder, const struct verdict *verdict, int64_t losses)
{
    const struct log_replay_counts *counts = &verdict->counts;
    if (verdict->faults > 0) {
        (void)fprintf(stderr, "%s: NOT sound: %" PRId64 " faults%s\n", folder->election.id, verdict->faults,
                      verdict->faults > VERDICT_FAULTS_MAX ? ", of which the first 20 are named" : "");
        return EXIT_FAILED;
    }
    (void)printf("%s: sound\n  %" PRId64 " lines of the log, replayed from the first; %" PRId64
                 " valid signatures of reports\n",
                 folder->election.id, counts->lines, counts->is_signed);
    (void)printf(
        "could not be checked:\n  whether lines, and their part of all sums, were removed from the end of "
        "a log: compare bulletins (turnout export, turnout verify)\n");
    verdict_print_unproven(verdict);
    verdict_print_count(losses, "losses of reports, which somebody has accepted");
    return finish_output(EXIT_DONE);
}

static int check_provinces(const struct audit_of *of, int64_t losses, struct verdict *verdict)
{
    uint32_t count = of->folder->reg->province_count;
    struct progress progress = progress_begin(count, "provinces");
    struct error error;
    enum turnout_error failed = TURNOUT_OK;
    for (uint32_t i = 1; i <= count && failed == TURNOUT_OK; i++) {
        progress_draw(&progress, i - 1);
        failed = audit_province(of, i, verdict, &error);
    }
    progress_end(&progress);
    if (failed != TURNOUT_OK) {
        return command_fail(&error);
    }
    return conclude(of->folder, verdict, losses);
}

/* `from` has everything except `past`. */
static int check(const struct audit_of *from)
{
    const struct bulletin_walk_of walk_of = {from->address, &from->folder->election, from->folder->reg};
    struct ledger ledger = {.losses = 0};
    struct audit_of of = *from;
    struct verdict verdict = {.faults = 0};
    struct error error;
    int status;
    if (ledger_walk(&walk_of, of.patience_ms, on_ledger_line, &ledger, &error) != TURNOUT_OK) {
        status = command_fail(&error);
    } else {
        if (ledger.bad > 0) {
            verdict_add_fault(&verdict, "the election's ledger has invalid lines");
        }
        of.past = &ledger.past;
        status = check_provinces(&of, ledger.losses, &verdict);
    }
    register_past_done(&ledger.past);
    return status;
}

static int check_server(const struct command_line *line, const struct election_folder *folder,
                        const struct signing_keys *keys)
{
    const struct audit_options *options = line->options;
    struct server_redis server;
    int status = server_redis_open_to_read(line->name, &options->server, &server);
    if (status == EXIT_DONE) {
        const struct audit_of of = {
            .address = server.address, .folder = folder, .keys = keys, .patience_ms = server.patience_ms};
        status = check(&of);
        server_redis_close(&server);
    }
    return status;
}

static int run(const struct command_line *line)
{
    const struct audit_options *options = line->options;
    struct election_folder folder;
    struct signing_keys *keys;
    int status = server_redis_check_either(line->name, line->values, &options->server);
    if (status == EXIT_DONE) {
        status = read_election(options->election, &folder, &keys);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    status = check_server(line, &folder, keys);
    signing_keys_release(keys);
    election_folder_done(&folder);
    return status;
}

/* ---- the command line ---- */

static const struct setting settings[] = {
    ELECTION_FOLDER(struct audit_options, election),
    SERVER_REDIS_SETTINGS(struct audit_options, "turnoutd's data folder, when it manages Redis itself",
                          READER_REDIS_USER),
    COMMAND_HELP,
};

const struct command command_audit = {
    .name = "audit",
    .purpose = "Checks every sum that Redis holds, and replays the log from its first line against it.",
    .usage = "--election DIR [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct audit_options),
    .notes =
        "For each province: units must add up to communes, and communes to the province, at one instant.\n"
        "Then each line of the log is verified and decided again by the election's rules; the result must\n"
        "be what Redis holds of each unit and commune.\n"
        "Runs while turnoutd counts, and without it; then no turnoutd can start until it is done.\n"
        "Standard error: what is wrong; for each commune the first line or figure.\n"
        "Exit status: 0 sound; 1 something is wrong, or cannot be read; 2 wrong usage, or a fault in the\n"
        "election's folder.",
    .run = run,
};
