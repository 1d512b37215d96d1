/* `turnout phase open`, `turnout phase close`: an admin opens or closes the election, after confirming which
 * election, which register, and, before its time, that it is early. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

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

/* ---- asking the person ---- */

static void ask(const char *question, char ret_answer[COMMAND_ANSWER_BYTES])
{
    command_ask(question, ret_answer);
    ret_answer[strcspn(ret_answer, "\r")] = '\0';
}

static bool asks_early(void)
{
    char answer[COMMAND_ANSWER_BYTES];
    ask("Type `early` to close it all the same", answer);
    return strcmp(answer, "early") == 0;
}

/* ---- asking the server ---- */

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
static int tell(const struct wanted *wanted, const struct http_response *response, bool *ret_is_early)
{
    json_t *answer = json_loadb(response->body.bytes, response->body.length, JSON_REJECT_DUPLICATES, NULL);
    const char *code = json_string_value(json_object_get(answer, "code"));
    int status = EXIT_FAILED;
    *ret_is_early = code != NULL && strcmp(code, "too-early") == 0;
    if (response->status == 200) {
        bool has_changed = json_is_true(json_object_get(answer, "changed"));
        (void)printf("%s %s %s\n", wanted->election, has_changed ? "is now" : "was before", wanted->phase);
        status = EXIT_DONE;
    } else {
        committee_client_complain(response);
    }
    json_decref(answer);
    return status;
}

static int post(struct http_client *client, const struct wanted *wanted, bool *ret_is_early)
{
    struct http_response response = {0};
    struct buffer body = {0};
    struct error error = {0};
    int status = EXIT_FAILED;
    *ret_is_early = false;
    write_body(wanted, &body);
    if (http_client_post(client, "/v1/phase", "application/json", body.bytes, body.length, &response,
                         &error) == TURNOUT_OK) {
        status = tell(wanted, &response, ret_is_early);
    } else {
        (void)fprintf(stderr, "%s; it is unknown whether it was changed: run the command again\n",
                      error.text);
    }
    buffer_done(&body);
    http_response_done(&response);
    return status;
}

static int change(struct http_client *client, struct wanted *wanted)
{
    bool is_early;
    int status = post(client, wanted, &is_early);
    if (is_early) {
        wanted->is_early = asks_early();
        status = wanted->is_early ? post(client, wanted, &is_early) : EXIT_FAILED;
    }
    return finish_output(status);
}

static int run_open(const struct command_line *line)
{
    struct wanted wanted = {.phase = "open"};
    struct http_client *client = NULL;
    int status = committee_client_open(line->name, line->options, &client);
    if (status != EXIT_DONE) {
        return status;
    }
    (void)printf(
        "Once it is open, reports count for the election, and there is no way back to the rehearsal.\n");
    ask("The election's id", wanted.election);
    ask("The fingerprint of its register, as everybody has compared it", wanted.fingerprint);
    status = change(client, &wanted);
    http_client_free(client);
    return status;
}

static int run_close(const struct command_line *line)
{
    struct wanted wanted = {.phase = "closed"};
    struct http_client *client = NULL;
    int status = committee_client_open(line->name, line->options, &client);
    if (status != EXIT_DONE) {
        return status;
    }
    (void)printf("Once it is closed, no report is accepted, until the election is opened again.\n");
    ask("The election's id", wanted.election);
    status = change(client, &wanted);
    http_client_free(client);
    return status;
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
