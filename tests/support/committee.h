/* A committee of the small election: tokens for a turnoutd that has been started in the workspace, made with the secret
 * it has made, and asking with them. */
#ifndef TURNOUT_TESTS_COMMITTEE_H
#define TURNOUT_TESTS_COMMITTEE_H

#include <jansson.h>
#include <stdint.h>

#include <turnout/wire/token.h>

#include "http.h"
#include "workspace.h"

enum { TOKEN_HEADER_BYTES = 256 };

/* All tokens here have the one id that the server knows from its first start on, so that none has to wait until a
 * change of tokens.csv is heard of. What logs call it: a label that every writer has to escape. */
#define COMMITTEE_TOKEN_ID    "TEST0001"
#define COMMITTEE_TOKEN_LABEL "Phòng \"thử\", 1"
#define COMMITTEE_WHO         COMMITTEE_TOKEN_LABEL " (" COMMITTEE_TOKEN_ID ")"

/* Writes it into tokens.csv of the workspace's folder `data`, unless there is one. */
void committee_register(const struct workspace *workspace);

/* A token of the server whose data is in the workspace's folder `data`; `expires` in seconds from now, may be past. */
void token_of(const struct workspace *workspace, enum token_role role, const char *area, int64_t expires,
              char ret_token[TOKEN_BYTES_MAX + 1]);

/* Puts a token that is good for an hour into the workspace's file `token`, for its owner alone, with a newline as the
 * command ends it, and gives the file's path. */
void token_file(const struct workspace *workspace, enum token_role role, const char *area,
                char ret_path[WORKSPACE_PATH_BYTES]);

/* `Authorization: Bearer <token>` and its CRLF, with a token that is good for an hour. */
void token_header(const struct workspace *workspace, enum token_role role, const char *area,
                  char ret_header[TOKEN_HEADER_BYTES]);

/* Asks with these header lines, each with its CRLF. A `body` of NULL is a GET. The caller ends with
 * http_answer_done(). */
void committee_ask(uint16_t intake_http_port, const char *target, const char *headers, const char *body,
                   struct http_answer *ret_answer);

/* The same; fails the test unless it is answered with this status, and frees the answer. */
void committee_expect(uint16_t intake_http_port, const char *target, const char *headers, const char *body,
                      int status);

/* Gets a document, which must be answered with 200 and be what the schema says; the caller gives it back with
 * json_decref(). */
json_t *committee_get(uint16_t intake_http_port, const char *target, const char *headers, const char *schema);

/* What opens the election in the workspace's folder `election`: `{"phase":"open","fingerprint":…}`. */
enum { OPENING_BYTES = 64 };
void committee_write_opening(const struct workspace *workspace, char ret_body[OPENING_BYTES]);

/* Opens the election, or closes it, early or not, by an admin's token. */
void committee_open_election(const struct workspace *workspace, uint16_t intake_http_port);
void committee_close_election(const struct workspace *workspace, uint16_t intake_http_port);

#endif
