/* `turnout register diff` and `turnout register apply`: show what the election's files, as the server has read them,
 * would change of the register in force, and take it up, confirmed by its fingerprint. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/signature.h>

#include "client/committee_client.h"

enum { HTTP_OK = 200, HTTP_CONFLICT = 409 };

struct register_options {
    struct committee_client_options client; /* first */
    const char *reason;
};

/* What the server has answered, where it did. */
struct shown {
    json_t *document;
    char in_force[COMMAND_ANSWER_BYTES]; /* the fingerprints */
    char files[COMMAND_ANSWER_BYTES];
    json_int_t changes;
    json_int_t refused;
};

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

/* Returns the exit status of a refusal; 0: the server has not answered. */
static int complain(int http_status, const json_t *document)
{
    if (http_status != 0) {
        committee_client_complain(http_status, document);
    }
    return http_status == HTTP_CONFLICT ? EXIT_REJECTED : EXIT_FAILED;
}

/* ---- showing ---- */

static void print_row(const json_t *row)
{
    struct buffer text = {0};
    const char *refused = json_string_value(json_object_get(row, "refused"));
    buffer_printf(&text, "  %s", text_in(row, "text"));
    if (refused != NULL) {
        buffer_printf(&text, ": %s", refused);
    }
    text_make_showable(text.bytes);
    (void)printf("%s\n", text.bytes);
    buffer_done(&text);
}

static void print_rows(const struct shown *shown, bool is_refused)
{
    const json_t *rows = json_object_get(shown->document, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (json_is_string(json_object_get(row, "refused")) == is_refused) {
            print_row(row);
        }
    }
}

static void print_shown(const struct shown *shown)
{
    (void)printf("in force:  %s\nthe files: %s\n", shown->in_force, shown->files);
    if (shown->changes == 0) {
        (void)printf("the files match the register in force\n");
        return;
    }
    if (shown->changes > shown->refused) {
        (void)printf("what would change:\n");
        print_rows(shown, false);
    }
    if (shown->refused > 0) {
        (void)printf("what cannot be taken up, and what to do first:\n");
        print_rows(shown, true);
    }
    json_int_t listed = (json_int_t)json_array_size(json_object_get(shown->document, "rows"));
    if (shown->changes > listed) {
        (void)printf("and %" JSON_INTEGER_FORMAT " more\n", shown->changes - listed);
    }
}

/* False where it is too long for a fingerprint. */
static bool read_fingerprint(const json_t *document, const char *key,
                             char ret_fingerprint[COMMAND_ANSWER_BYTES])
{
    bool fits = slice_copy(slice_of(text_in(document, key)), ret_fingerprint, COMMAND_ANSWER_BYTES);
    if (fits) {
        text_make_showable(ret_fingerprint);
    }
    return fits;
}

static bool read_shown(struct shown *shown)
{
    const json_t *changes = json_object_get(shown->document, "changes");
    const json_t *refused = json_object_get(shown->document, "refused");
    shown->changes = json_integer_value(changes);
    shown->refused = json_integer_value(refused);
    return json_is_integer(changes) && json_is_integer(refused) &&
           read_fingerprint(shown->document, "fingerprint", shown->in_force) &&
           read_fingerprint(shown->document, "files", shown->files);
}

/* Returns an exit status. The caller releases the document. */
static int look(struct http_client *client, struct shown *shown)
{
    int http_status = committee_client_ask(client, "/v1/register", NULL, "", &shown->document);
    return http_status == HTTP_OK && read_shown(shown) ? EXIT_DONE : complain(http_status, shown->document);
}

static int diff(struct http_client *client)
{
    struct shown shown = {0};
    int status = look(client, &shown);
    if (status == EXIT_DONE) {
        print_shown(&shown);
        status = shown.refused > 0 ? EXIT_REJECTED : EXIT_DONE;
    }
    json_decref(shown.document);
    return status;
}

/* ---- taking it up ---- */

static bool is_confirmed(const struct shown *shown)
{
    char answer[COMMAND_ANSWER_BYTES];
    command_ask("Type the fingerprint of the files, as everybody has compared it", answer);
    return receipt_is_typed(slice_of(answer), shown->files);
}

static int post(struct http_client *client, const struct shown *shown, const char *reason)
{
    struct buffer body = {0};
    struct json_writer json = json_writer_of(&body);
    json_t *answer;
    json_open_object(&json, NULL);
    json_put_text(&json, "fingerprint", shown->files);
    json_put_text(&json, "reason", reason);
    json_close_object(&json);
    int http_status = committee_client_ask(client, "/v1/register", &body,
                                           "; it may be done in part: run the command again", &answer);
    int status = http_status == HTTP_OK ? EXIT_DONE : complain(http_status, answer);
    if (status == EXIT_DONE && shown->changes > 0) {
        (void)printf("taken up: %" JSON_INTEGER_FORMAT " changes, fingerprint %s\n", shown->changes,
                     shown->files);
    } else if (status == EXIT_DONE && json_is_true(json_object_get(answer, "changed"))) {
        (void)printf("an unfinished change was given up\n");
    }
    buffer_done(&body);
    json_decref(answer);
    return status;
}

static int apply(struct http_client *client, const char *reason)
{
    struct shown shown = {0};
    int status = look(client, &shown);
    if (status == EXIT_DONE) {
        print_shown(&shown);
        if (shown.refused > 0) {
            status = EXIT_REJECTED;
        } else if (shown.changes > 0 && !is_confirmed(&shown)) {
            (void)fprintf(stderr, "that is not their fingerprint: nothing was changed\n");
            status = EXIT_FAILED;
        } else {
            status = post(client, &shown, reason);
        }
    }
    json_decref(shown.document);
    return status;
}

/* Without a reason it is a diff. */
static int run(const struct command_line *line)
{
    const struct register_options *options = line->options;
    struct http_client *client = NULL;
    int status = committee_client_open(line->name, &options->client, &client);
    if (status == EXIT_DONE) {
        status = finish_output(options->reason == NULL ? diff(client) : apply(client, options->reason));
        http_client_free(client);
    }
    return status;
}

/* ---- the command line ---- */

static const struct setting diff_settings[] = {COMMITTEE_CLIENT_SETTINGS("an admin's token"), COMMAND_HELP};

static const struct setting apply_settings[] = {
    {.name = "reason",
     .kind = SETTING_TEXT,
     SETTING_AT(struct register_options, reason),
     .is_required = true,
     .takes = "TEXT",
     .help = "the reason; it goes into the public ledger"},
    COMMITTEE_CLIENT_SETTINGS("an admin's token"),
    COMMAND_HELP,
};

const struct command command_register_diff = {
    .name = "register diff",
    .purpose =
        "Shows, row by row, what the election's files, as a running server has read them, would change of\n"
        "the register in force; and what cannot be taken up, with what to do first.",
    .usage = "--token-file FILE [OPTIONS]",
    .settings = {diff_settings, sizeof diff_settings / sizeof diff_settings[0]},
    .options_bytes = sizeof(struct register_options),
    .notes =
        "Exit status: 0 all rows can be taken up, 1 the server did not say, 2 wrong usage, 3 a row cannot\n"
        "be taken up.",
    .run = run,
};

const struct command command_register_apply = {
    .name = "register apply",
    .purpose =
        "Takes up the register of the election's files, while units report: shows what changes, and asks\n"
        "for its fingerprint. After an interruption, run it again to finish; run it with the files of the\n"
        "register in force to give up.",
    .usage = "--token-file FILE --reason TEXT [OPTIONS]",
    .settings = {apply_settings, sizeof apply_settings / sizeof apply_settings[0]},
    .options_bytes = sizeof(struct register_options),
    .notes =
        "Standard input: the fingerprint of the files.\n"
        "Exit status: 0 it is in force, 1 it is not known to be, 2 wrong usage, 3 it cannot be taken up.",
    .run = run,
};
