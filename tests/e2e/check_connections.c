/* Connections at their edges, against a real turnoutd: peers that ask faster than they read, that end in the middle,
 * and a server that stops under them. */
#include <check.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "http.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static void setup(void)
{
    static const char *const settings[] = {"--workers", "1", NULL};
    workspace_init(&workspace);
    turnoutd_start(&turnoutd, &workspace, settings);
}

static void repeat(struct buffer *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        buffer_append_text(out, text);
    }
}

static uint64_t count_lines(const struct buffer *received)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < received->length; i++) {
        lines += received->bytes[i] == '\n';
    }
    return lines;
}

FIXTURE(setup, stop_server);
TIMEOUT(60);

/* A HEAD answer has no body, but the refusal after it has one. */
TEST(a_refusal_after_head_has_its_body)
{
    struct http_link link;
    struct http_answer answer;
    http_open(&link, turnoutd.public_port);
    http_send_text(&link, "HEAD /v1/turnout HTTP/1.1\r\nHost: h\r\n\r\nBAD\r\n\r\n");
    http_read_answer(&link, false, &answer);
    ck_assert_int_eq(answer.status, 200);
    http_answer_done(&answer);
    http_read_answer(&link, true, &answer);
    ck_assert_int_ge(answer.status, 400);
    ck_assert_uint_gt(answer.body_bytes, 0);
    http_answer_done(&answer);
    http_close(&link);
}

/* More pipelined requests than the server will hold the answers of: all are answered, and the end of the stream
 * does not overtake those that wait. */
TEST(pipelined_requests_before_the_end_are_all_answered)
{
    enum { REQUESTS = 1000 };
    struct buffer requests = {0};
    repeat(&requests, "GET /v1/snapshot.json HTTP/1.1\r\nHost: h\r\n\r\n", REQUESTS - 1);
    buffer_append_text(&requests, "GET /v1/turnout HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    struct http_link link;
    http_open(&link, turnoutd.public_port);
    http_send(&link, requests.bytes, requests.length);
    http_send_end(&link);
    for (size_t i = 0; i < REQUESTS; i++) {
        struct http_answer answer;
        http_read_answer(&link, true, &answer);
        ck_assert_int_eq(answer.status, 200);
        http_answer_done(&answer);
    }
    http_close(&link);
    buffer_done(&requests);
}

/* The same for a stream: junk is answered line by line, also what was left unread while nobody took the answers. */
TEST(every_line_before_the_end_is_answered)
{
    enum { LINES = 40000 };
    struct buffer lines = {0};
    repeat(&lines, "x\n", LINES);
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    http_send(&link, lines.bytes, lines.length);
    http_send_end(&link);
    http_read_to_end(&link);
    ck_assert_uint_eq(count_lines(&link.received), LINES);
    http_close(&link);
    buffer_done(&lines);
}

/* Nobody would read the body of a request that has no route: it is refused before the body comes. */
TEST(a_body_that_nobody_reads_is_not_taken_in)
{
    struct http_link link;
    struct http_answer answer;
    http_open(&link, turnoutd.public_port);
    http_send_text(&link, "POST /v1/turnout HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n"
                          "Expect: 100-continue\r\n\r\n");
    http_read_answer(&link, true, &answer);
    ck_assert_int_eq(answer.status, 405);
    http_answer_done(&answer);
    http_close(&link);
}

/* Its sender may still read the answer, but not keep the server busy with what nobody reads. */
TEST(who_goes_on_sending_after_a_refusal_is_cut_off)
{
    enum { PIECE_BYTES = 65536, PIECES_MAX = 4096 };
    static char piece[PIECE_BYTES];
    struct http_link link;
    int pieces = 0;
    http_open(&link, turnoutd.public_port);
    http_send_text(&link, "POST /v1/turnout HTTP/1.1\r\nHost: h\r\nContent-Length: 1073741824\r\n\r\n");
    while (send(link.fd, piece, sizeof piece, MSG_NOSIGNAL) > 0) {
        pieces++;
        ck_assert_int_lt(pieces, PIECES_MAX);
    }
    http_close(&link);
}

static void send_half_a_post(struct http_link *link)
{
    http_open(link, turnoutd.intake_http_port);
    http_send_text(link, "POST /v1/reports HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                         "Content-Length: 100\r\n\r\n{");
    http_wait_taken(link);
}

/* A request that is not whole when the server stops is refused at once; one that waits for its answer gets it. */
TEST(stopping_ends_unfinished_requests)
{
    struct http_link link;
    struct http_answer answer;
    send_half_a_post(&link);
    process_signal(&turnoutd.process, SIGTERM);
    http_read_answer(&link, true, &answer);
    ck_assert_int_eq(answer.status, 503);
    http_answer_done(&answer);
    http_close(&link);
}

/* Reports still gathering when the server stops with Redis asleep are answered `unavailable`, not forgotten: the
 * sanitizers would find the session. */
TEST(stopping_answers_what_was_never_sent)
{
    struct http_link link;
    pid_t redis = turnoutd_redis_pid(&turnoutd);
    ck_assert_int_eq(kill(redis, SIGSTOP), 0);
    struct buffer reports = {0};
    for (int32_t seq = 1; seq <= 4; seq++) {
        small_report_write(&reports, &(struct small_report){.seq = seq});
        buffer_append_char(&reports, '\n');
    }
    http_open(&link, turnoutd.intake_stream_port);
    http_send(&link, reports.bytes, reports.length);
    http_wait_taken(&link);
    process_signal(&turnoutd.process, SIGTERM);
    http_read_to_end(&link);
    ck_assert_uint_eq(count_lines(&link.received), 4);
    ck_assert_ptr_null(strstr(link.received.bytes, "accepted"));
    ck_assert_int_eq(kill(redis, SIGCONT), 0);
    http_close(&link);
    buffer_done(&reports);
}

SUITE("connections");
