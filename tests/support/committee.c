/* Reads the secret, makes tokens, shows them. */
#include "committee.h"

#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/secret.h>
#include <turnout/store/tokens.h>
#include <turnout/wire/register_digest.h>

#include "json_schema.h"
#include "small_election.h"

void committee_register(const struct workspace *workspace)
{
    char data[WORKSPACE_PATH_BYTES];
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(workspace, "data", data);
    workspace_path(workspace, "data/" TOKENS_FILE, path);
    if (access(data, F_OK) != 0) {
        workspace_make_folder(workspace, "data");
    }
    if (access(path, F_OK) != 0) {
        workspace_write(workspace, "data/" TOKENS_FILE,
                        "id,label,role,area,made,expires,revoked\n" COMMITTEE_TOKEN_ID
                        ",\"Phòng \"\"thử\"\", 1\",admin,T,2026-03-15T00:00:00Z,2036-03-15T00:00:00Z,\n");
        ck_assert_int_eq(chmod(path, 0600), 0);
    }
}

void token_of(const struct workspace *workspace, enum token_role role, const char *area, int64_t expires,
              char ret_token[TOKEN_BYTES_MAX + 1])
{
    char data[WORKSPACE_PATH_BYTES];
    unsigned char secret[TOKEN_SECRET_BYTES];
    struct error error;
    ck_assert_int_ge(sodium_init(), 0);
    workspace_path(workspace, "data", data);
    enum turnout_error failed = secret_read(data, SECRET_OF_TOKENS, secret, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
    struct token token = {.role = role, .expires = clock_wall_ms() / 1000 + expires};
    ck_assert(slice_copy(slice_of(area), token.area, sizeof token.area));
    memcpy(token.id, COMMITTEE_TOKEN_ID, sizeof token.id);
    token_make(&token, "small", secret, ret_token);
}

void token_file(const struct workspace *workspace, enum token_role role, const char *area,
                char ret_path[WORKSPACE_PATH_BYTES])
{
    char token[TOKEN_BYTES_MAX + 1];
    token_of(workspace, role, area, 3600, token);
    workspace_path(workspace, "token", ret_path);
    workspace_write(workspace, "token", token);
    workspace_append(workspace, "token", "\n");
    ck_assert_int_eq(chmod(ret_path, 0600), 0);
}

void token_header(const struct workspace *workspace, enum token_role role, const char *area,
                  char ret_header[TOKEN_HEADER_BYTES])
{
    char token[TOKEN_BYTES_MAX + 1];
    token_of(workspace, role, area, 3600, token);
    int length = snprintf(ret_header, TOKEN_HEADER_BYTES, "Authorization: Bearer %s\r\n", token);
    ck_assert(length > 0 && length < TOKEN_HEADER_BYTES);
}

void committee_ask(uint16_t intake_http_port, const char *target, const char *headers, const char *body,
                   struct http_answer *ret_answer)
{
    if (body == NULL) {
        http_request(intake_http_port, "GET", target, headers, ret_answer);
        return;
    }
    struct buffer request = {0};
    buffer_printf(&request,
                  "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n%s"
                  "Content-Length: %zu\r\n\r\n%s",
                  target, headers, strlen(body), body);
    struct http_link link;
    http_open(&link, intake_http_port);
    http_send(&link, request.bytes, request.length);
    http_read_answer(&link, true, ret_answer);
    http_close(&link);
    buffer_done(&request);
}

void committee_expect(uint16_t intake_http_port, const char *target, const char *headers, const char *body,
                      int status)
{
    struct http_answer answer;
    committee_ask(intake_http_port, target, headers, body, &answer);
    ck_assert_msg(answer.status == status, "%s %s: %d, not %d: %s", target, body == NULL ? "" : body,
                  answer.status, status, answer.body);
    http_answer_done(&answer);
}

json_t *committee_get(uint16_t intake_http_port, const char *target, const char *headers, const char *schema)
{
    struct http_answer answer;
    char fault[JSON_SCHEMA_FAULT_BYTES];
    committee_ask(intake_http_port, target, headers, NULL, &answer);
    ck_assert_msg(answer.status == 200, "%s: %d %s", target, answer.status, answer.body);
    json_t *document = json_of(answer.body);
    ck_assert_msg(json_schema_check(schema, document, fault), "%s: %s\n%s", target, fault, answer.body);
    http_answer_done(&answer);
    return document;
}

static void set_phase(const struct workspace *workspace, uint16_t intake_http_port, const char *body)
{
    char header[TOKEN_HEADER_BYTES];
    token_header(workspace, ROLE_ADMIN, "T", header);
    committee_expect(intake_http_port, "/v1/phase", header, body, 200);
}

void committee_write_opening(const struct workspace *workspace, char ret_body[OPENING_BYTES])
{
    char path[WORKSPACE_PATH_BYTES];
    char fingerprint[RECEIPT_BYTES];
    struct election_folder folder;
    struct error error;
    workspace_path(workspace, "election", path);
    enum turnout_error failed = election_folder_read(path, NULL, NULL, &folder, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
    register_fingerprint(folder.reg->digest, fingerprint);
    election_folder_done(&folder);
    (void)snprintf(ret_body, OPENING_BYTES, "{\"phase\":\"open\",\"fingerprint\":\"%s\"}", fingerprint);
}

void committee_open_election(const struct workspace *workspace, uint16_t intake_http_port)
{
    char body[OPENING_BYTES];
    committee_write_opening(workspace, body);
    set_phase(workspace, intake_http_port, body);
}

void committee_close_election(const struct workspace *workspace, uint16_t intake_http_port)
{
    set_phase(workspace, intake_http_port, "{\"phase\":\"closed\",\"early\":true}");
}
