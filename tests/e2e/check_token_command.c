/* Tokens with a name: `turnout token make`, `list` and `revoke`, what turnoutd makes of tokens.csv, and that each token
 * is revoked alone. */
#include <check.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/store/secret.h>
#include <turnout/store/tokens_change.h>

#include "command.h"
#include "committee.h"
#include "http.h"
#include "one_server.h"
#include "process.h"
#include "small_election.h"
#include "suite.h"

enum { LINE_BYTES = 1024, AT_ONCE = 8, TAKEN_UP_MS = 2000, ASK_AGAIN_MS = 20 };

#define HEADER "id,label,role,area,made,expires,revoked\n"

static char data[WORKSPACE_PATH_BYTES];
static char election[WORKSPACE_PATH_BYTES];

static void set_up(void)
{
    workspace_init(&workspace);
    workspace_path(&workspace, "data", data);
    workspace_path(&workspace, "election", election);
    turnoutd_start(&turnoutd, &workspace, (const char *const[]){"--intake", "signed", NULL});
}

static void wait_logged(const char *words)
{
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, words, line);
}

/* Runs `turnout token` with the arguments up to a NULL and the workspace's data. */
static struct command_run run_token(const struct workspace *of, ...)
{
    va_list arguments;
    va_start(arguments, of);
    struct command_run run = command_run(of, arguments);
    va_end(arguments);
    return run;
}

#define TOKEN(...) run_token(&workspace, "token", __VA_ARGS__, "--data", data, NULL)

static void make(const char *label, const char *role, char ret_token[TOKEN_BYTES_MAX + 1])
{
    struct command_run run =
        TOKEN("make", "--label", label, "--role", role, "--area", "T", "--days", "1", "--election", election);
    ck_assert_msg(run.status == 0, "%s: %s", label, run.err);
    size_t length = strcspn(run.out, "\n");
    ck_assert_str_eq(run.out + length, "\n"); /* the token alone */
    ck_assert(slice_copy((struct slice){run.out, length}, ret_token, TOKEN_BYTES_MAX + 1));
    command_run_done(&run);
}

static void id_of(const char *token, char ret_id[TOKEN_ID_BYTES])
{
    ck_assert(slice_copy((struct slice){strrchr(token, '.') - TOKEN_ID_DIGITS, TOKEN_ID_DIGITS}, ret_id,
                         TOKEN_ID_BYTES));
}

static int ask(const char *token)
{
    char header[TOKEN_HEADER_BYTES];
    struct http_answer answer;
    (void)snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", token);
    committee_ask(turnoutd.intake_http_port, "/v1/areas/0101/units", header, NULL, &answer);
    int status = answer.status;
    http_answer_done(&answer);
    return status;
}

/* Waits until the token is answered so. Returns how long that took. */
static int64_t wait_answered(const char *token, int status)
{
    int64_t began_ms = clock_monotonic_ms();
    while (ask(token) != status) {
        ck_assert_int_lt(clock_monotonic_ms(), began_ms + PROCESS_DEADLINE_MS);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
    return clock_monotonic_ms() - began_ms;
}

static struct tokens *read_file(void)
{
    struct tokens *tokens;
    struct error error;
    enum turnout_error failed = tokens_read(data, NULL, NULL, &tokens, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
    return tokens;
}

FIXTURE(set_up, stop_server);

TEST(tokens_of_one_second_differ_and_one_is_revoked_alone)
{
    static const char *const labels[] = {"Văn phòng 1", "Văn phòng 2", "Văn phòng 3"};
    char tokens[3][TOKEN_BYTES_MAX + 1];
    char id[TOKEN_ID_BYTES];
    for (size_t i = 0; i < 3; i++) {
        make(labels[i], "view", tokens[i]);
        for (size_t before = 0; before < i; before++) {
            ck_assert_str_ne(tokens[before], tokens[i]);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        (void)wait_answered(tokens[i], 200);
    }
    id_of(tokens[1], id);
    struct command_run run = TOKEN("revoke", id);
    ck_assert_msg(run.status == 0 && strstr(run.out, "revoked at") != NULL, "%s%s", run.out, run.err);
    command_run_done(&run);
    int64_t took_ms = wait_answered(tokens[1], 401);
    ck_assert_msg(took_ms <= TAKEN_UP_MS, "%lld ms", (long long)took_ms);
    ck_assert_int_eq(ask(tokens[0]), 200);
    ck_assert_int_eq(ask(tokens[2]), 200);

    run = TOKEN("revoke", labels[2]);
    ck_assert_msg(run.status == 0, "%s", run.err);
    command_run_done(&run);
    (void)wait_answered(tokens[2], 401);
    ck_assert_int_eq(ask(tokens[0]), 200);

    run = TOKEN("revoke", id);
    ck_assert_msg(run.status == 0 && strstr(run.out, "was revoked before") != NULL, "%s%s", run.out, run.err);
    command_run_done(&run);
    run = TOKEN("list");
    ck_assert_ptr_nonnull(strstr(run.out, "revoked  Văn phòng 2\n"));
    ck_assert_ptr_nonnull(strstr(run.out, "good     Văn phòng 1\n"));
    command_run_done(&run);
    make("Văn phòng 2", "view", tokens[1]); /* the label is free again */
}

/* Made with the server's own secret, but of no row: as good as forged. */
TEST(an_id_that_the_file_does_not_know_is_refused)
{
    unsigned char secret[TOKEN_SECRET_BYTES];
    char text[TOKEN_BYTES_MAX + 1];
    struct error error;
    ck_assert_int_eq(secret_read(data, SECRET_OF_TOKENS, secret, &error), TURNOUT_OK);
    struct token token = {.role = ROLE_ADMIN, .area = "T", .expires = clock_wall_ms() / 1000 + 60};
    token_id_draw(token.id);
    token_make(&token, "small", secret, text);
    ck_assert_int_eq(ask(text), 401);
    memcpy(token.id, COMMITTEE_TOKEN_ID, sizeof token.id);
    token_make(&token, "small", secret, text);
    ck_assert_int_eq(ask(text), 200);
}

TEST(a_file_that_was_lost_locks_out)
{
    char token[TOKEN_BYTES_MAX + 1];
    char path[WORKSPACE_PATH_BYTES];
    make("press", "view", token);
    (void)wait_answered(token, 200);
    workspace_path(&workspace, "data/" TOKENS_FILE, path);
    ck_assert_int_eq(unlink(path), 0);
    wait_logged("tokens-gone");
    ck_assert_int_eq(ask(token), 200); /* what is known so far stays, */
    turnoutd_stop(&turnoutd);
    workspace_write(&workspace, "data/" TOKENS_FILE, HEADER);
    ck_assert_int_eq(chmod(path, 0600), 0);
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert_int_eq(ask(token), 401); /* until it is read anew */
}

/* ---- the relay ---- */

static void expect_line(struct http_link *link, const char *words)
{
    char line[LINE_BYTES];
    http_read_line(link, line, sizeof line);
    ck_assert_msg(strstr(line, words) != NULL, "no %s in: %s", words, line);
}

TEST(a_stream_is_vouched_for_until_its_token_is_revoked)
{
    char relay[TOKEN_BYTES_MAX + 1];
    char viewer[TOKEN_BYTES_MAX + 1];
    make("relay", "relay", relay);
    make("viewer", "view", viewer);
    (void)wait_answered(viewer, 200); /* then the other is known, too */
    struct http_link link;
    struct buffer line = {0};
    buffer_printf(&line, "{\"token\":\"%s\"}\n", relay);
    http_open(&link, turnoutd.intake_stream_port);
    http_send(&link, line.bytes, line.length);
    buffer_done(&line);
    expect_line(&link, "\"welcome\"");
    small_report_send(&link, &(struct small_report){.seq = 1, .voted = 10});
    expect_line(&link, "\"accepted\"");
    struct command_run run = TOKEN("revoke", "relay");
    ck_assert_msg(run.status == 0, "%s", run.err);
    command_run_done(&run);
    run = TOKEN("revoke", "viewer");
    command_run_done(&run);
    (void)wait_answered(viewer, 401);
    small_report_send(&link, &(struct small_report){.seq = 2, .voted = 20});
    expect_line(&link, "\"unknown-key\"");
    http_close(&link);
}

/* ---- labels ---- */

TEST(labels_that_are_none_are_refused)
{
    char long_label[TOKEN_LABEL_BYTES_MAX + 2];
    memset(long_label, 'x', sizeof long_label - 1);
    long_label[sizeof long_label - 1] = '\0';
    const char *const labels[] = {"",
                                  " ",
                                  " a",
                                  "a ",
                                  "a\nb",
                                  "a\rb",
                                  "a\tb",
                                  "\x1b[2J",
                                  "a\x7f",
                                  "a\xc2\x85",
                                  "\xff",
                                  "a\xe2\x80\xae"
                                  "b",
                                  "a\xe2\x80\xa8"
                                  "b",
                                  "\xe2\x81\xa6",
                                  long_label};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        struct command_run run = TOKEN("make", "--label", labels[i], "--role", "view", "--area", "T",
                                       "--days", "1", "--election", election);
        ck_assert_msg(run.status == 2 && run.out[0] == '\0', "%zu: %d %s", i, run.status, run.out);
        ck_assert_msg(strstr(run.err, "--label") != NULL, "%s", run.err);
        ck_assert_ptr_null(strchr(run.err, '\x1b'));
        command_run_done(&run);
    }
    struct command_run run =
        TOKEN("make", "--role", "view", "--area", "T", "--days", "1", "--election", election);
    ck_assert_int_eq(run.status, 2);
    ck_assert_ptr_nonnull(strstr(run.err, "--label is missing"));
    command_run_done(&run);
    struct tokens *tokens = read_file();
    ck_assert_uint_eq(tokens_count(tokens), 1);
    tokens_release(tokens);
}

TEST(a_label_comes_back_as_it_was_given)
{
    static const char *const labels[] = {"\"",
                                         "a,b",
                                         "\"\"\"",
                                         "'; rm -rf *",
                                         "{\"who\":1}",
                                         "\\\\n",
                                         "Ủy ban xã \"Nhơn Lý\"",
                                         COMMITTEE_TOKEN_LABEL " (XXXXXXXX)"};
    char token[TOKEN_BYTES_MAX + 1];
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        make(labels[i], "view", token);
        struct tokens *tokens = read_file();
        ck_assert_uint_eq(tokens_count(tokens), i + 2);
        ck_assert_str_eq(tokens_at(tokens, i + 1)->label, labels[i]);
        tokens_release(tokens);
    }
    (void)wait_answered(token, 200); /* turnoutd reads all of them */
}

TEST(a_label_names_one_token)
{
    char token[TOKEN_BYTES_MAX + 1];
    char id[TOKEN_ID_BYTES];
    make("press", "view", token);
    id_of(token, id);
    const char *const taken[] = {"press", id, COMMITTEE_TOKEN_LABEL};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        struct command_run run = TOKEN("make", "--label", taken[i], "--role", "view", "--area", "T", "--days",
                                       "1", "--election", election);
        ck_assert_int_eq(run.status, 2);
        ck_assert_str_eq(run.out, "");
        command_run_done(&run);
    }
    struct command_run run = TOKEN("revoke", "nobody");
    ck_assert_int_eq(run.status, 2);
    ck_assert_ptr_nonnull(strstr(run.err, "no token nobody"));
    command_run_done(&run);
}

/* ---- the file ---- */

TEST(none_that_are_made_at_once_is_lost)
{
    struct process makers[AT_ONCE] = {0};
    for (size_t i = 0; i < AT_ONCE; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "make-%zu", i);
        process_start(&makers[i], &workspace, name,
                      (const char *const[]){TURNOUT_BIN_DIR "/turnout", "token", "make", "--label", name,
                                            "--role", "view", "--area", "T", "--days", "1", "--election",
                                            "small", "--data", data, NULL});
    }
    for (size_t i = 0; i < AT_ONCE; i++) {
        ck_assert_int_eq(process_wait_exit(&makers[i], PROCESS_DEADLINE_MS), 0);
    }
    struct tokens *tokens = read_file();
    ck_assert_uint_eq(tokens_count(tokens), AT_ONCE + 1);
    for (size_t i = 0; i < AT_ONCE; i++) {
        char id[TOKEN_ID_BYTES];
        char *token = workspace_read(makers[i].stdout_path);
        token[strcspn(token, "\n")] = '\0';
        id_of(token, id);
        ck_assert_ptr_nonnull(tokens_find(tokens, id));
        (void)wait_answered(token, 200);
        free(token);
    }
    tokens_release(tokens);
}

/* Written in place by an editor that is stalled in the middle of the file. */
TEST(a_file_that_is_stalled_half_way_changes_nothing)
{
    char token[TOKEN_BYTES_MAX + 1];
    char id[TOKEN_ID_BYTES];
    char half[256];
    make("press", "view", token);
    (void)wait_answered(token, 200);
    id_of(token, id);
    (void)snprintf(half, sizeof half, HEADER "%s,press,view,T,2026-03-15T00:00:00Z,2036-03-15T00:00:00Z,",
                   id);
    workspace_write(&workspace, "data/" TOKENS_FILE, half);
    wait_logged("bad-tokens file=tokens.csv line=2");
    wait_logged("tokens-kept");
    ck_assert_int_eq(ask(token), 200);
    struct command_run run = TOKEN("revoke", id); /* nor does a command go on with it */
    ck_assert_int_eq(run.status, 1);
    ck_assert_ptr_nonnull(strstr(run.err, "tokens.csv:2: the last line is not ended"));
    command_run_done(&run);
    workspace_append(&workspace, "data/" TOKENS_FILE, "2026-03-15T01:00:00Z\n");
    (void)wait_answered(token, 401);
    wait_logged("tokens-renewed tokens=1");
}

TEST(a_file_that_others_can_read_is_refused)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data/" TOKENS_FILE, path);
    turnoutd_stop(&turnoutd);
    ck_assert_int_eq(chmod(path, 0644), 0);
    struct turnoutd refused;
    turnoutd_launch(&refused, &workspace, NULL);
    ck_assert_int_eq(process_wait_exit(&refused.process, PROCESS_DEADLINE_MS), 1);
    char *log = workspace_read(refused.process.stderr_path);
    ck_assert_msg(strstr(log, "bad-tokens") != NULL && strstr(log, "chmod 600") != NULL, "%s", log);
    free(log);
    ck_assert_int_eq(chmod(path, 0600), 0);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

SUITE("token_command");
