/* `turnout reset`: deletes an election from Redis, after its id was typed. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <turnout/store/in_force.h>
#include <turnout/store/last_known.h>
#include <turnout/store/reset.h>

#include "client/server_redis.h"

enum { PATIENCE_MS = 60000 };

struct reset_options {
    const char *election;
    struct server_redis_options server; /* its data folder is not needed when somebody else runs Redis */
    const char *force;
};

/* ---- asking ---- */

static void describe(const struct reset_survey *survey, const char *election)
{
    if (survey->is_interrupted) {
        (void)printf("%s: a reset was interrupted; %" PRIu64 " keys are left.\n", election, survey->keys);
    } else {
        (void)printf("%s is in phase %s: %" PRId64 " reports applied, held or decided on, %" PRIu64
                     " keys.\n",
                     election, election_phase_name(survey->phase), survey->revision, survey->keys);
    }
}

static int clear(const struct store_address *address, const struct reset_options *options)
{
    struct error error;
    struct reset_survey survey;
    uint64_t deleted;
    const char *election = options->election;
    if (reset_look(address, election, PATIENCE_MS, &survey, &error) != TURNOUT_OK) {
        return command_fail(&error);
    }
    describe(&survey, election);
    bool was_opened = !survey.is_interrupted && survey.phase != PHASE_REHEARSAL;
    if (was_opened && options->force == NULL) {
        (void)fprintf(stderr, "the election is not in rehearsal: nothing was cleared; see --force\n");
        return EXIT_FAILED;
    }
    if (!command_confirm("Everything that was counted will be deleted. Type the election's id to go on",
                         election)) {
        (void)fprintf(stderr, "that is not %s: nothing was cleared\n", election);
        return EXIT_FAILED;
    }
    if (options->server.redis == NULL && (last_known_remove(options->server.data, &error) != TURNOUT_OK ||
                                          in_force_remove(options->server.data, &error) != TURNOUT_OK)) {
        return command_fail(&error);
    }
    if (reset_clear(address, election, PATIENCE_MS, &deleted, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\nit may be cleared only in part: run the command again\n", error.text);
        return EXIT_FAILED;
    }
    (void)printf("cleared: %" PRIu64 " keys; when turnoutd starts, it starts over in rehearsal\n", deleted);
    if (options->server.redis != NULL) {
        (void)printf("a turnoutd that has served the election remembers it: remove " LAST_KNOWN_FILE
                     " and " IN_FORCE_FOLDER " from its data folder\n");
    }
    return finish_output(EXIT_DONE);
}

/* ---- the command line ---- */

#define AT(member) SETTING_AT(struct reset_options, member)

static const struct setting settings[] = {
    {.name = "election",
     .kind = SETTING_CODE,
     AT(election),
     .is_required = true,
     .takes = "ID",
     .help = "the id of the election to clear"},
    SERVER_REDIS_SETTINGS(struct reset_options, "turnoutd's data folder, when it manages Redis itself",
                          RESET_REDIS_USER),
    {.name = "force",
     .kind = SETTING_TEXT,
     AT(force),
     .takes = "ID",
     .help = "the id again: clears also an election that was opened"},
    COMMAND_HELP,
};

#undef AT

static int check_options(const struct command_line *line)
{
    const struct reset_options *options = line->options;
    if (options->force != NULL && strcmp(options->force, options->election) != 0) {
        return usage_error(line->name, "--force %s: must be the id again, %s", options->force,
                           options->election);
    }
    return server_redis_check_either(line->name, line->values, &options->server);
}

static int run(const struct command_line *line)
{
    const struct reset_options *options = line->options;
    int status = check_options(line);
    if (status != EXIT_DONE) {
        return status;
    }
    struct server_redis_options where = options->server;
    struct server_redis server;
    where.data = where.redis == NULL ? where.data : NULL;
    status = server_redis_open(line->name, &where, REDIS_OF_A_STOPPED_SERVER, RESET_REDIS_USER, &server);
    if (status == EXIT_DONE) {
        status = clear(&server.address, options);
        server_redis_close(&server);
    }
    return status;
}

const struct command command_reset = {
    .name = "reset",
    .purpose = "Deletes an election from Redis after a rehearsal.",
    .usage = "--election ID [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct reset_options),
    .notes = "First stop every turnoutd of the election.\n"
             "Standard input: the election's id; anything else clears nothing.\n"
             "Exit status: 0 cleared, 1 not cleared, 2 wrong usage.",
    .run = run,
};
