/* `turnout accept-loss`: a person accepts that what Redis has lost stays lost, by typing the election's id. */
#include "commands.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/clock.h>
#include <turnout/store/last_known.h>
#include <turnout/store/loss.h>
#include <turnout/store/secret.h>

#include "client/server_redis.h"

enum { PATIENCE_MS = 60000 };

struct accept_loss_options {
    const char *election;
    struct server_redis_options server;
    const char *yes;
};

/* ---- asking ---- */

static void describe(const struct last_known *known, const struct loss_survey *found)
{
    char words[LAST_KNOWN_WORDS_BYTES];
    last_known_describe(known, words);
    (void)printf("%s\n  turnoutd has seen: %s\n", known->election, words);
    if (!found->is_there) {
        (void)printf("  Redis holds:       nothing; turnoutd starts over, in rehearsal\n");
    } else {
        (void)printf("  Redis holds:       %s, revision %" PRId64 ", %" PRId64 " voted\n",
                     election_phase_name(found->phase), found->revision, found->voted);
    }
    if (found->is_interrupted) {
        (void)printf("  An acceptance was interrupted; this one finishes it.\n");
    }
}

static bool is_confirmed(const struct accept_loss_options *options)
{
    return options->yes != NULL || /* already compared with the id */
           command_confirm(
               "What is missing will not be counted unless it is sent again. Type the election's id to go on",
               options->election);
}

/* ---- accepting ---- */

/* The user's name, for the ledger. */
static void name_user(char ret_who[LOG_WHO_BYTES])
{
    const struct passwd *user = getpwuid(getuid());
    if (user != NULL) {
        (void)snprintf(ret_who, LOG_WHO_BYTES, "user:%s", user->pw_name);
    } else {
        (void)snprintf(ret_who, LOG_WHO_BYTES, "user:%ju", (uintmax_t)getuid());
    }
}

/* Makes a new secret when it is lost, too. */
static bool ensure_secret(const char *data, struct error *error)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    bool is_new;
    if (secret_ensure(data, SECRET_OF_TOKENS, secret, &is_new, error) != TURNOUT_OK) {
        return false;
    }
    sodium_memzero(secret, sizeof secret);
    if (is_new) {
        (void)printf("the secret was missing: a new one was made, and tokens made with the old one are no "
                     "longer valid\n");
    }
    return true;
}

static int accept_loss(const struct accept_loss_options *options, const struct store_address *address,
                       const struct last_known *known)
{
    struct error error;
    struct loss_survey found;
    char who[LOG_WHO_BYTES];
    char generation[GENERATION_BYTES];
    if (loss_look(address, known, PATIENCE_MS, &found, &error) != TURNOUT_OK) {
        return command_fail(&error);
    }
    describe(known, &found);
    if (!is_confirmed(options)) {
        (void)fprintf(stderr, "that is not %s: nothing was changed\n", options->election);
        return EXIT_FAILED;
    }
    name_user(who);
    if (loss_accept(address, known, &found, who, clock_wall_ms(), generation, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\nit may be done in part: run the command again\n", error.text);
        return EXIT_FAILED;
    }
    if (!ensure_secret(options->server.data, &error)) {
        return command_fail(&error);
    }
    (void)printf("accepted: new generation %s; units that kept their reports send them again\n", generation);
    return finish_output(EXIT_DONE);
}

static bool read_known(const struct accept_loss_options *options, struct last_known *ret_known,
                       struct error *error)
{
    const char *data = options->server.data;
    enum turnout_error failed = last_known_read(data, ret_known, error);
    if (failed == TURNOUT_NOT_FOUND) {
        (void)error_fail(
            error, failed, "data",
            "--data %s: no turnoutd has remembered anything there, so nothing is known to be missing", data);
    } else if (failed == TURNOUT_OK && strcmp(ret_known->election, options->election) != 0) {
        failed = error_fail(error, TURNOUT_CONFLICT, "election-id", "--data %s is of the election %s, not %s",
                            data, ret_known->election, options->election);
        last_known_done(ret_known);
    }
    return failed == TURNOUT_OK;
}

static int run(const struct command_line *line)
{
    const struct accept_loss_options *options = line->options;
    const struct server_redis_options *where = &options->server;
    struct last_known known;
    struct server_redis server;
    struct error error;
    int status = server_redis_check(line->name, where);
    if (status != EXIT_DONE) {
        return status;
    }
    if (options->yes != NULL && strcmp(options->yes, options->election) != 0) {
        return usage_error(line->name, "--yes %s: must be the id again, %s", options->yes, options->election);
    }
    if (!read_known(options, &known, &error)) {
        return command_fail(&error);
    }
    status = server_redis_open(line->name, where, REDIS_OF_A_STOPPED_SERVER, SERVER_REDIS_USER, &server);
    if (status == EXIT_DONE) {
        status = accept_loss(options, &server.address, &known);
        server_redis_close(&server);
    }
    last_known_done(&known);
    return status;
}

/* ---- the command line ---- */

#define AT(member) SETTING_AT(struct accept_loss_options, member)

static const struct setting settings[] = {
    {.name = "election-id",
     .kind = SETTING_CODE,
     AT(election),
     .is_required = true,
     .takes = "ID",
     .help = "the id of the election"},
    SERVER_REDIS_SETTINGS(struct accept_loss_options,
                          "turnoutd's data folder, with its record of what it has seen", SERVER_REDIS_USER),
    {.name = "yes", .kind = SETTING_TEXT, AT(yes), .takes = "ID", .help = "the id again: does not ask"},
    COMMAND_HELP,
};

#undef AT

const struct command command_accept_loss = {
    .name = "accept-loss",
    .purpose = "Accepts that what Redis has lost of an election stays lost.",
    .usage = "--election-id ID [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct accept_loss_options),
    .notes = "First restore Redis's files if there is any way, and stop every turnoutd of the election.\n"
             "Standard input: the election's id; anything else changes nothing.\n"
             "It makes a new generation, and writes who did it, and what was known, into the public ledger.\n"
             "After an interruption, run it again to finish.\n"
             "Exit status: 0 accepted, 1 not accepted, 2 wrong usage.",
    .run = run,
};
