/* The command `turnout` against a real turnoutd: what it says, how it ends, and that a server which is away costs
 * no report. */
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "command.h"
#include "committee.h"
#include "metric.h"
#include "one_server.h"
#include "process.h"
#include "small_election.h"
#include "suite.h"

enum { URL_BYTES = 64 };

static const char turnout[] = TURNOUT_BIN_DIR "/turnout";

static char public_url[URL_BYTES];
static char spool_path[WORKSPACE_PATH_BYTES];
static char election_path[WORKSPACE_PATH_BYTES];

static void setup(void)
{
    start_server();
    (void)snprintf(public_url, sizeof public_url, "http://127.0.0.1:%u/", turnoutd.public_port);
    workspace_path(&workspace, "spool", spool_path);
    workspace_path(&workspace, "election", election_path);
}

#define TO_INTAKE                                                                                            \
    "report", "--server", turnoutd.intake_url, "--spool", spool_path, "--test", "--election", "small"
#define TO_NOBODY                                                                                            \
    "report", "--server", "http://127.0.0.1:1", "--spool", spool_path, "--election", "small", "--test"
#define FLUSH "report", "--server", turnoutd.intake_url, "--spool", spool_path, "--flush"
#define AT    "--as-of", "2026-03-15T09:00:00+07:00"

FIXTURE(setup, stop_server);

/* The one that turnoutd names when it starts: fault/start. */
TEST(a_register_is_checked_and_has_a_fingerprint)
{
    command_check(&workspace, 0, "registered, 0 keys, fingerprint 5XD2-Z7RC\n", NULL, "register", "check",
                  election_path, NULL);
}

TEST(a_report_is_answered_in_words)
{
    command_check(&workspace, 0,
                  "accepted: unit 0101-001, report 1, 312 voted as of 2026-03-15T09:00:00+07:00: a test "
                  "report, which does not count. "
                  "Receipt ",
                  NULL, TO_INTAKE, "--unit", "0101-001", "--seq", "1", "--voted", "312", AT, NULL);
    command_check(&workspace, 0, "duplicate: unit 0101-001, report 1", NULL, TO_INTAKE, "--unit", "0101-001",
                  "--seq", "1", "--voted", "312", AT, NULL);
    command_check(&workspace, 0, "sent again as report 2\naccepted: unit 0101-001, report 2, 313 voted", NULL,
                  TO_INTAKE, "--unit", "0101-001", "--seq", "1", "--voted", "313", AT, NULL);
    command_check(&workspace, 3, "voted-exceeds-registered", NULL, TO_INTAKE, "--unit", "0101-001", "--seq",
                  "3", "--voted", "1001", AT, NULL);
    command_check(&workspace, 3, "unknown-unit", NULL, TO_INTAKE, "--unit", "nobody", "--seq", "2", "--voted",
                  "1", AT, NULL);
    command_check(&workspace, 0, "accepted: unit 0101-001, report 5, 300 voted", NULL, TO_INTAKE, "--unit",
                  "0101-001", "--seq", "5", "--voted", "300", AT, "--kind", "correction", "--reason",
                  "miscount", "--note", "\u0111\u1ebfm l\u1ea1i", NULL);
    command_check(&workspace, 3, "superseded: unit 0101-001, report 4", NULL, TO_INTAKE, "--unit", "0101-001",
                  "--seq", "4", "--voted", "312", AT, NULL);
    small_wait_voted(turnoutd.public_port, 300);
    ck_assert_int_eq(access(spool_path, F_OK), -1);
}

/* Answers one request with these bytes, in a process of its own. Returns its port. */
static uint16_t answer_once(const char *bytes)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(listening, 0);
    ck_assert_int_eq(bind(listening, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(listening, 1), 0);
    ck_assert_int_eq(getsockname(listening, (struct sockaddr *)&address, &length), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        char request[8192];
        int fd = accept(listening, NULL, NULL);
        bool is_answered = fd >= 0 && read(fd, request, sizeof request) > 0 &&
                           write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes);
        _exit(is_answered ? 0 : 1);
    }
    (void)close(listening);
    return ntohs(address.sin_port);
}

static void expect_no_escapes(const char *const arguments[], const char *answer)
{
    char url[URL_BYTES];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", answer_once(answer));
    const char *all[24] = {turnout};
    size_t count = 1;
    for (; arguments[count - 1] != NULL; count++) {
        all[count] = strcmp(arguments[count - 1], "URL") == 0 ? url : arguments[count - 1];
    }
    struct process process;
    process_start(&process, &workspace, "hostile", all);
    ck_assert_int_ne(process_wait_exit(&process, PROCESS_DEADLINE_MS), 0);
    const char *paths[] = {process.stdout_path, process.stderr_path};
    for (size_t i = 0; i < COUNT(paths); i++) {
        char *said = workspace_read(paths[i]);
        ck_assert_msg(strpbrk(said, "\x1b\x07") == NULL && strstr(said, "\xc2\x9b") == NULL, "%s", said);
        free(said);
    }
}

TEST(a_hostile_server_does_not_reach_the_terminal)
{
    const char *const report[] = {"report", "--server", "URL",   "--spool", spool_path, "--election", "small",
                                  "--unit", "0101-001", "--seq", "1",       "--voted",  "1",          NULL};
    static const char *const watch[] = {"watch", "--once", "--server", "URL", NULL};
    static const char *const answers[] = {
        "HTTP/1.1 422 x\r\n\r\n"
        "{\"code\":\"malformed\",\"detail\":\"\\u001b]0;x\\u0007\\u009b2J\"}",
        "HTTP/1.1 503 x\r\n\r\n"
        "{\"code\":\"too-many\",\"detail\":\"\\u001b]0;x\\u0007\\u009b2J\"}",
        "HTTP/1.1 \x1b[2J 200 x\r\n\r\n",
        "\x1b[2J\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT(answers); i++) {
        expect_no_escapes(report, answers[i]);
        expect_no_escapes(watch, answers[i]);
    }
}

TEST(nor_does_one_that_committees_ask)
{
#define HOSTILE "\"\\u001b]0;x\\u0007\\u009b2J\""
    char token_path[WORKSPACE_PATH_BYTES];
    token_file(&workspace, ROLE_ADMIN, "T", token_path);
    const char *const commands[][12] = {
        {"register", "diff", "--server", "URL", "--token-file", token_path},
        {"register", "apply", "--server", "URL", "--token-file", token_path, "--reason", "so"},
        {"phase", "close", "--server", "URL", "--token-file", token_path},
        {"unit", "void", "--server", "URL", "--token-file", token_path, "--unit", "0101-001", "--reason",
         "so"},
    };
    static const char *const answers[] = {
        "HTTP/1.1 409 x\r\n\r\n{\"code\":" HOSTILE ",\"detail\":" HOSTILE "}",
        "HTTP/1.1 200 x\r\n\r\n{\"fingerprint\":" HOSTILE ",\"files\":" HOSTILE
        ",\"changes\":2,\"refused\":1,\"rows\":[{\"text\":" HOSTILE "},{\"text\":" HOSTILE
        ",\"refused\":" HOSTILE "}]}",
    };
    for (size_t i = 0; i < COUNT(commands); i++) {
        expect_no_escapes(commands[i], answers[0]);
    }
    expect_no_escapes(commands[0], answers[1]);
    expect_no_escapes(commands[1], answers[1]);
}

/* Who is on the way would read and alter it. */
TEST(another_machine_is_spoken_to_by_https)
{
    command_check(&workspace, 2, NULL, "use https, or give --insecure", "report", "--server",
                  "http://192.0.2.1:8081", "--spool", spool_path, "--flush", NULL);
    command_check(&workspace, 2, NULL, "use https, or give --insecure", "watch", "--once", "--server",
                  "http://turnout.invalid", NULL);
    command_check(&workspace, 2, NULL, "use https, or give --insecure", "simulate", "--election",
                  election_path, "--stream", "192.0.2.1:7070", NULL);
    command_check(&workspace, 1, "turnout.invalid", NULL, "watch", "--once", "--insecure", "--server",
                  "http://turnout.invalid", NULL);
}

TEST(what_could_not_be_sent_is_sent_later)
{
    command_check(&workspace, 1, "1 kept in", NULL, TO_NOBODY, "--unit", "0101-001", "--seq", "1", "--voted",
                  "10", NULL);
    /* Without a time of its own the same report again is the one that waits already. */
    command_check(&workspace, 1, "1 kept in", NULL, TO_NOBODY, "--unit", "0101-001", "--seq", "1", "--voted",
                  "10", NULL);
    command_check(&workspace, 2, NULL, "another report with this --seq waits", TO_NOBODY, "--unit",
                  "0101-001", "--seq", "1", "--voted", "11", NULL);
    command_check(&workspace, 1, "2 kept in", NULL, TO_NOBODY, "--unit", "0101-002", "--seq", "1", "--voted",
                  "20", NULL);
    /* A power cut in the midst of writing. */
    workspace_append(&workspace, "spool", "{\"election\":\"small\",\"un");
    command_check(&workspace, 0, "accepted: unit 0101-001, report 1, 10 voted", "were not complete reports",
                  TO_INTAKE, "--unit", "0101-003", "--seq", "1", "--voted", "30", NULL);
    small_wait_voted(turnoutd.public_port, 60);
    command_check(&workspace, 0, "nothing is spooled", NULL, FLUSH, NULL);
}

/* The server's store is lost, a person accepts that, and it starts again with this port. */
static void begin_anew(const uint16_t *port, const char *setting)
{
    char data[WORKSPACE_PATH_BYTES];
    char redis[WORKSPACE_PATH_BYTES];
    char address[URL_BYTES];
    workspace_path(&workspace, "data", data);
    workspace_path(&workspace, "data/redis", redis);
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", *port);
    int kept = http_keep_port(*port);
    turnoutd_stop(&turnoutd);
    struct process remove = {0};
    process_start(&remove, &workspace, "rm", (const char *const[]){"rm", "-r", redis, NULL});
    ck_assert_int_eq(process_wait_exit(&remove, PROCESS_DEADLINE_MS), 0);
    command_check(&workspace, 0, "new generation", NULL, "accept-loss", "--data", data, "--election-id",
                  "small", "--yes", "small", NULL);
    turnoutd_start(&turnoutd, &workspace, (const char *const[]){setting, address, NULL});
    ck_assert_int_eq(close(kept), 0);
}

/* Starts it anew with a key for province 01. */
static void start_with_key(void)
{
    char keys[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "keys", keys);
    turnoutd_stop(&turnoutd);
    command_check(&workspace, 0, "2 keys for provinces", NULL, "keys", "make", "--election", election_path,
                  "--out", keys, "--provinces", NULL);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static void send_count(int status, const char *said, const char *unit, const char *voted)
{
    char key[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "keys/01.1.pem", key);
    command_check(&workspace, status, said, NULL, "report", "--server", turnoutd.intake_url, "--spool",
                  spool_path, "--election", "small", "--unit", unit, "--seq", "1", "--voted", voted, "--key",
                  key, "--key-id", "01.1", NULL);
}

/* A true count that comes before the opening, and one after a closing by mistake. */
TEST(what_the_phase_does_not_take_stays_in_the_spool)
{
    start_with_key();
    send_count(1, "not-open", "0101-001", "10");
    ck_assert_int_eq(access(spool_path, F_OK), 0);
    committee_open_election(&workspace, turnoutd.intake_http_port);
    command_check(&workspace, 0, "accepted: unit 0101-001, report 1, 10 voted", NULL, FLUSH, NULL);
    committee_close_election(&workspace, turnoutd.intake_http_port);
    send_count(1, "it stays in", "0101-002", "20");
    command_check(&workspace, 1, "it stays in", NULL, FLUSH, NULL);
    committee_open_election(&workspace, turnoutd.intake_http_port);
    command_check(&workspace, 0, "accepted: unit 0101-002, report 1, 20 voted", NULL, FLUSH, NULL);
    small_wait_voted(turnoutd.public_port, 30);
    ck_assert_int_eq(access(spool_path, F_OK), -1);
}

/* The units' reports count again, each once. */
TEST(what_was_acknowledged_is_sent_again_under_another_generation)
{
    start_with_key();
    committee_open_election(&workspace, turnoutd.intake_http_port);
    send_count(0, "accepted", "0101-001", "10");
    send_count(0, "accepted", "0101-002", "20");
    small_wait_voted(turnoutd.public_port, 30);
    begin_anew(&turnoutd.intake_http_port, "--intake-http");
    committee_open_election(&workspace, turnoutd.intake_http_port);
    command_check(&workspace, 0, "1 acknowledged ones are sent again", NULL, FLUSH, NULL);
    small_wait_voted(turnoutd.public_port, 30);
    command_check(&workspace, 0, "duplicate: unit 0101-001", NULL, FLUSH, NULL);
}

TEST(waiting_for_the_server_pays)
{
    const char *const arguments[] = {turnout,   TO_INTAKE, "--unit", "0101-001", "--seq", "1",
                                     "--voted", "10",      "--wait", "60",       NULL};
    struct process process = {0};
    char line[PROCESS_LINE_BYTES];
    int kept = http_keep_port(turnoutd.intake_http_port);
    turnoutd_stop(&turnoutd);
    process_start(&process, &workspace, "turnout", arguments);
    while (access(spool_path, F_OK) != 0) {
        ck_assert(process_is_running(&process));
    }
    char port[URL_BYTES];
    (void)snprintf(port, sizeof port, "127.0.0.1:%u", turnoutd.intake_http_port);
    turnoutd_start(&turnoutd, &workspace, (const char *const[]){"--intake-http", port, NULL});
    ck_assert_int_eq(close(kept), 0);
    process_wait_line(&process, process.stdout_path, "accepted: unit 0101-001, report 1", line);
    ck_assert_int_eq(process_wait_exit(&process, PROCESS_DEADLINE_MS), 0);
}

TEST(a_simulation_goes_on_under_another_generation)
{
    const char *const arguments[] = {
        turnout,  "simulate", "--election",       election_path, "--stream", turnoutd.stream_address,
        "--rate", "25",       "--reports-a-unit", "20",          "--json",   NULL}; /* for eight seconds */
    struct process process = {0};
    char line[PROCESS_LINE_BYTES];
    process_start(&process, &workspace, "simulate", arguments);
    for (int64_t voted = 0; voted == 0;) {
        json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
        voted = json_integer_of(json_object_of(document, "nation"), "voted");
        json_decref(document);
    }
    begin_anew(&turnoutd.intake_stream_port, "--intake-stream");
    process_wait_line(&process, process.stdout_path, "\"planned\":", line);
    ck_assert_int_eq(process_wait_exit(&process, PROCESS_DEADLINE_MS), 0);
    ck_assert_ptr_null(strstr(line, "\"renewed\":0,"));
    small_wait_nation(turnoutd.public_port, "units_reported", 10);
}

TEST(watch_shows_the_nation)
{
    command_check(&workspace, 0, "0 of 6,150 voted  [TEST]\n0 of 10 units reported, as of -, published ",
                  NULL, "watch", "--once", "--server", public_url, NULL);
    command_check(&workspace, 0, "accepted", NULL, TO_INTAKE, "--unit", "0201-001", "--seq", "1", "--voted",
                  "615", AT, NULL);
    small_wait_voted(turnoutd.public_port, 615);
    command_check(&workspace, 0, "10.00%  615 of 6,150 voted", NULL, "watch", "--once", "--server",
                  public_url, NULL);
    command_check(&workspace, 1, "server away", NULL, "watch", "--once", "--server", "http://127.0.0.1:1",
                  NULL);
}

TEST(watch_follows_and_ends_on_a_signal)
{
    const char *const watch[] = {turnout, "watch", "--server", public_url, NULL};
    const char *const report[] = {turnout, TO_INTAKE, "--unit", "0201-001", "--seq",
                                  "1",     "--voted", "615",    AT,         NULL};
    struct process watching = {0};
    struct process reporting = {0};
    char line[PROCESS_LINE_BYTES];
    process_start(&watching, &workspace, "watch", watch);
    process_wait_line(&watching, watching.stdout_path, "  0 of 6,150 voted", line);
    metric_wait(&turnoutd, "turnout_documents_unchanged_total", 1); /* nothing to say, and it goes on */
    process_start(&reporting, &workspace, "report", report);
    ck_assert_int_eq(process_wait_exit(&reporting, PROCESS_DEADLINE_MS), 0);
    process_wait_line(&watching, watching.stdout_path, "10.00%  615 of 6,150 voted", line);
    turnoutd_stop(&turnoutd);
    process_wait_line(&watching, watching.stdout_path, "server away: ", line);
    process_signal(&watching, SIGINT);
    ck_assert_int_eq(process_wait_exit(&watching, PROCESS_DEADLINE_MS), 0);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

TEST(a_simulation_is_counted)
{
    command_check(&workspace, 0, "accepted   250", NULL, "simulate", "--election", election_path, "--stream",
                  turnoutd.stream_address, "--reports-a-unit", "25", NULL);
    command_check(&workspace, 1, "\"superseded\":240", NULL, "simulate", "--election", election_path,
                  "--stream", turnoutd.stream_address, "--reports-a-unit", "25", "--json", NULL);
    command_check(&workspace, 1, NULL, "no server at 127.0.0.1 port 1", "simulate", "--election",
                  election_path, "--stream", "127.0.0.1:1", NULL);
    command_check(&workspace, 2, NULL, "--units 11", "simulate", "--election", election_path, "--units", "11",
                  NULL);
}

TEST(a_wrong_command_line_is_told)
{
    command_check(&workspace, 2, "simulate", NULL, NULL);
    command_check(&workspace, 0, "simulate", NULL, "help", NULL);
    command_check(&workspace, 0, "--units N", NULL, "help", "simulate", NULL);
    command_check(&workspace, 0, "--units N", NULL, "simulate", "--help", NULL);
    command_check(&workspace, 0, "turnout ", NULL, "--version", NULL);
    command_check(&workspace, 2, NULL, "there are: demo report watch register keys", "frobnicate", NULL);
    command_check(&workspace, 2, NULL, "there is no command `frobnicate`", "help", "frobnicate", NULL);
    command_check(&workspace, 2, NULL, "turnout report: unrecognized option '--frobnicate'", "report",
                  "--frobnicate", NULL);
    command_check(&workspace, 2, NULL, "--unit is missing", "report", "--election", "small", NULL);
    command_check(&workspace, 2, NULL, "--voted 10000001: must be a whole number from 0 to 10000000",
                  "report", "--voted", "10000001", NULL);
    command_check(&workspace, 2, NULL, "--as-of", "report", "--as-of", "noon", NULL);
    command_check(&workspace, 2, NULL, "--rate 0: must be", "simulate", "--rate", "0", NULL);
    command_check(&workspace, 2, NULL, "--server", "watch", "--server", "127.0.0.1:8080", NULL);
}

SUITE("command");
