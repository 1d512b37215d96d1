/* A client of the HTTP intake that shows a token. */
#ifndef TURNOUT_CLI_TOKEN_CLIENT_H
#define TURNOUT_CLI_TOKEN_CLIENT_H

#include <stdbool.h>

#include "client/http_client.h"
#include "client/this_machine.h"
#include "command.h"

struct token_client_options {
    const char *server;
    const char *token_file;
    bool insecure;
};

/* The rows of these options; `in` is where they are in `type`, with its point: `client.`, or nothing. */
#define TOKEN_CLIENT_SETTINGS(type, in)                                                                      \
    {.name = "token-file",                                                                                   \
     .kind = SETTING_PATH,                                                                                   \
     SETTING_AT(type, in token_file),                                                                        \
     .is_required = true,                                                                                    \
     .takes = "FILE",                                                                                        \
     .help = "holds an admin's token, as `turnout token make` printed it"},                                  \
        {.name = "server",                                                                                   \
         .kind = SETTING_TEXT,                                                                               \
         SETTING_AT(type, in server),                                                                        \
         .standard = "http://127.0.0.1:8081",                                                                \
         .takes = "URL",                                                                                     \
         .help = "the HTTP intake"},                                                                         \
        INSECURE_OPTION(type, in insecure)

/* An exit status: EXIT_DONE, or EXIT_USAGE after saying why not. The caller frees the client. */
int token_client_new(const char *name, const struct token_client_options *options,
                     struct http_client **ret_client);

#endif
