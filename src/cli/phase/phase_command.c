/* `turnout phase open`, `turnout phase close`: an admin opens or closes the election, after confirming which
 * election, which register, and, before its time, that it is early. */
#include <stdio.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/json_writer.h>

#include "client/committee_client.h"
#include "commands.h"

/* What the admin wants. */
struct wanted {
    const char *phase;
    char election[COMMAND_ANSWER_BYTES];
    char fingerprint[COMMAND_ANSWER_BYTES]; /* empty: not needed */
    bool is_early;
};

static void write_body(const struct wanted *wanted, struct buffer *body)
{
    struct json_writer json = json_writer_of(body);
    json_open_object(&json, NULL);
    json_put_text(&json, "phase", wanted->phase);
    json_put_text(&json, "election", wanted->election);
    if (wanted->fingerprint[0] != '\0') {
        json_put_text(&json, "fingerprint", wanted->fingerprint);
    }
    if (wanted->is_early) {
        json_put_boolean(&json, "early", true);
    }
    json_close_object(&json);
}

/* Prints the server's answer; *ret_is_early: it was refused as too early. Returns an exit status. */
static int post(struct http_client *client, const struct wanted *wanted, bool *ret_is_early)
{
    struct buffer body = {0};
    json_t *answer;
    write_body(wanted, &body);
    int http_status = committee_client_ask(
        client, "/v1/phase", &body, "; it is unknown whether it was changed: run the command again", &answer);
    const char *code = json_string_value(json_object_get(answer, "code"));
    *ret_is_early = code != NULL && strcmp(code, "too-early") == 0;
    if (http_status == 200) {
        bool has_changed = json_is_true(json_object_get(answer, "changed"));
        (void)printf("%s %s %s\n", wanted->election, has_changed ? "is now" : "was before", wanted->phase);
    } else if (http_status != 0) {
        committee_client_complain(http_status, answer);
    }
    buffer_done(&body);
    json_decref(answer);
    return http_status == 200 ? EXIT_DONE : EXIT_FAILED;
}

static int change(struct http_client *client, struct wanted *wanted)
{
    bool is_early;
    int status = post(client, wanted, &is_early);
    if (is_early) {
        wanted->is_early = command_confirm("Type `early` to close it all the same", "early");
        status = wanted->is_early ? post(client, wanted, &is_early) : EXIT_FAILED;
    }
    return finish_output(status);
}

static int run(const struct command_line *line, const char *warning, struct wanted *wanted)
{
    struct http_client *client = NULL;
    int status = committee_client_open(line->name, line->options, &client);
    if (status == EXIT_DONE) {
        (void)printf("%s\n", warning);
        command_ask("The election's id", wanted->election);
        if (strcmp(wanted->phase, "open") == 0) {
            command_ask("The fingerprint of its register, as everybody has compared it", wanted->fingerprint);
        }
        status = change(client, wanted);
        http_client_free(client);
    }
    return status;
}

static int run_open(const struct command_line *line)
{
    return run(line,
               "Once it is open, reports count for the election, and there is no way back to the rehearsal.",
               &(struct wanted){.phase = "open"});
}

static int run_close(const struct command_line *line)
{
    return run(line, "Once it is closed, no report is accepted, until the election is opened again.",
               &(struct wanted){.phase = "closed"});
}

/* ---- the command line ---- */

static const struct setting settings[] = {
    COMMITTEE_CLIENT_SETTINGS("an admin's token"),
    COMMAND_HELP,
};

const struct command command_phase_open = {
    .name = "phase open",
    .purpose = "Opens the election: from then on reports count.",
    .usage = "--token-file FILE [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct committee_client_options),
    .notes = "Standard input: the election's id and the register's fingerprint.\n"
             "Exit status: 0 it is open, 1 it was not opened, 2 wrong usage.",
    .run = run_open,
};

const struct command command_phase_close = {
    .name = "phase close",
    .purpose = "Closes the election: from then on no report is accepted.",
    .usage = "--token-file FILE [OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct committee_client_options),
    .notes = "Standard input: the election's id, and `early` before the polls have closed.\n"
             "Exit status: 0 it is closed, 1 it was not closed, 2 wrong usage.",
    .run = run_close,
};
