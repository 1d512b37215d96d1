/* Requests to the intake listener as a committee, with a token from a file. */
#ifndef TURNOUT_CLI_COMMITTEE_CLIENT_H
#define TURNOUT_CLI_COMMITTEE_CLIENT_H

#include <stdbool.h>

#include "client/http_client.h"
#include "client/this_machine.h"
#include "command.h"

/* Server and token. The first member of a command's options. */
struct committee_client_options {
    const char *server;
    const char *token_file;
    bool insecure;
};

/* Table rows for these options. */
#define COMMITTEE_CLIENT_SETTINGS(whose)                                                                     \
    {.name = "token-file",                                                                                   \
     .kind = SETTING_PATH,                                                                                   \
     SETTING_AT(struct committee_client_options, token_file),                                                \
     .is_required = true,                                                                                    \
     .takes = "FILE",                                                                                        \
     .help = "holds " whose ", as `turnout token make` printed it"},                                         \
        SERVER_URL(struct committee_client_options, server, "http://127.0.0.1:8081", "the HTTP intake"),     \
        INSECURE_OPTION(struct committee_client_options, insecure)

/* `name` is the command's, for messages. The caller frees the client. Returns an exit status. */
int committee_client_open(const char *name, const struct committee_client_options *options,
                          struct http_client **ret_client);

/* Posts the body; NULL: GET. Returns the HTTP status, and the answer, NULL when it is not JSON; the caller releases it.
 * Without an answer the result is 0, and standard error says why, followed by `doubt`. */
int committee_client_ask(struct http_client *client, const char *path, const struct buffer *body,
                         const char *doubt, json_t **ret_answer);

/* Prints on standard error why the server refused, or that the answer is invalid. */
void committee_client_complain(int http_status, const json_t *answer);

#endif
