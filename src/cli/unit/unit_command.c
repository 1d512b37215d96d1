/* `turnout unit void`, `turnout unit excuse`: a committee's decisions about a unit. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/json_writer.h>

#include "client/committee_client.h"
#include "commands.h"

struct unit_options {
    struct committee_client_options client;
    const char *unit;
    const char *reason;
    const char *status;
    const char *into;
    struct setting_moment until;
    const char *note;
};

/* A member of the request; left out when its text is NULL. */
struct member {
    const char *name;
    const char *text;
};

static void write_body(const struct member *members, size_t count, struct buffer *body)
{
    struct json_writer json = json_writer_of(body);
    json_open_object(&json, NULL);
    for (size_t i = 0; i < count; i++) {
        if (members[i].text != NULL) {
            json_put_text(&json, members[i].name, members[i].text);
        }
    }
    json_close_object(&json);
}

/* Returns an exit status. */
static int tell(const struct unit_options *options, int http_status, const json_t *answer)
{
    bool is_done = http_status == 200 && json_is_object(answer);
    if (!is_done && http_status != 0) {
        committee_client_complain(http_status, answer);
    } else if (is_done && options->reason == NULL) {
        (void)printf("unit %s: %s\n", options->unit, options->status);
    } else if (is_done) {
        (void)printf("unit %s: %s\n", options->unit,
                     json_is_true(json_object_get(answer, "changed"))
                         ? "none of its reports counts any more"
                         : "it had no counted reports: nothing was changed");
    }
    return finish_output(is_done ? EXIT_DONE : EXIT_FAILED);
}

static int post(const struct command_line *line, const char *action, const struct member *members,
                size_t count)
{
    const struct unit_options *options = line->options;
    struct http_client *client = NULL;
    int status = committee_client_open(line->name, &options->client, &client);
    if (status != EXIT_DONE) {
        return status;
    }
    struct buffer path = {0};
    struct buffer body = {0};
    json_t *answer;
    buffer_printf(&path, "/v1/units/%s/%s", options->unit, action);
    write_body(members, count, &body);
    int http_status = committee_client_ask(
        client, path.bytes, &body, "; it is unknown whether it was done: run the command again", &answer);
    status = tell(options, http_status, answer);
    buffer_done(&path);
    buffer_done(&body);
    json_decref(answer);
    http_client_free(client);
    return status;
}

static int run_void(const struct command_line *line)
{
    const struct unit_options *options = line->options;
    const struct member members[] = {{"reason", options->reason}};
    return post(line, "void", members, 1);
}

static int run_excuse(const struct command_line *line)
{
    const struct unit_options *options = line->options;
    const struct member members[] = {{"status", options->status},
                                     {"into", options->into},
                                     {"until", options->until.text},
                                     {"note", options->note}};
    return post(line, "excuse", members, sizeof members / sizeof members[0]);
}

/* ---- the command line ---- */

#define AT(member) SETTING_AT(struct unit_options, member)
#define UNIT                                                                                                 \
    {                                                                                                        \
        .name = "unit", .kind = SETTING_CODE, AT(unit), .is_required = true, .takes = "CODE",                \
        .help = "the polling unit's code"                                                                    \
    }

static const struct setting void_settings[] = {
    UNIT,
    {.name = "reason",
     .kind = SETTING_TEXT,
     AT(reason),
     .is_required = true,
     .takes = "TEXT",
     .help = "the reason, which is public"},
    COMMITTEE_CLIENT_SETTINGS("a token that may decide"),
    COMMAND_HELP,
};

static const struct setting excuse_settings[] = {
    UNIT,
    {.name = "status",
     .kind = SETTING_TEXT,
     AT(status),
     .is_required = true,
     .takes = "STATUS",
     .help = "no-signal, not-opening, merged, expected, or none to end it"},
    {.name = "into",
     .kind = SETTING_CODE,
     AT(into),
     .takes = "CODE",
     .help = "for merged: the unit that counts its voters"},
    {.name = "until",
     .kind = SETTING_MOMENT,
     AT(until),
     .takes = "TIME",
     .help = "for expected: when it will report, 2026-03-15T15:00:00+07:00"},
    {.name = "note", .kind = SETTING_TEXT, AT(note), .takes = "TEXT", .help = "for committees"},
    COMMITTEE_CLIENT_SETTINGS("a token that may decide"),
    COMMAND_HELP,
};

#undef AT

#define EXIT_NOTES "Exit status: 0 it is done, 1 it was not done, 2 wrong usage."

const struct command command_unit_void = {
    .name = "unit void",
    .purpose = "Takes all of a unit's reports out of the count.",
    .usage = "--unit CODE --reason TEXT --token-file FILE [OPTIONS]",
    .settings = {void_settings, sizeof void_settings / sizeof void_settings[0]},
    .options_bytes = sizeof(struct unit_options),
    .notes = EXIT_NOTES,
    .run = run_void,
};

const struct command command_unit_excuse = {
    .name = "unit excuse",
    .purpose = "Records why a unit does not report.",
    .usage = "--unit CODE --status STATUS --token-file FILE [OPTIONS]",
    .settings = {excuse_settings, sizeof excuse_settings / sizeof excuse_settings[0]},
    .options_bytes = sizeof(struct unit_options),
    .notes = EXIT_NOTES,
    .run = run_excuse,
};
