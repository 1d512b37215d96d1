/* /v1/events: what is told, to whom, after which interruption; and that one who does not listen is let go while others
 * go on. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <turnout/base/clock.h>

#include "http.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

enum { LINE_BYTES = 65536, SOME = 20, OTHERS = 1000 };

static void report(const char *unit, int seq, int voted)
{
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.unit = unit, .seq = seq, .voted = voted}, 201);
}

/* ---- listening ---- */

/* Without the CR that lines of the head have. */
static void read_line(struct http_link *link, char line[LINE_BYTES])
{
    http_read_line(link, line, LINE_BYTES);
    size_t length = strlen(line);
    if (length > 0 && line[length - 1] == '\r') {
        line[length - 1] = '\0';
    }
}

static void expect_line(struct http_link *link, const char *wanted)
{
    static char line[LINE_BYTES];
    read_line(link, line);
    ck_assert_str_eq(line, wanted);
}

/* Opens a stream and reads its head. */
static void listen_to(struct http_link *link, const char *query, const char *headers)
{
    static char line[LINE_BYTES];
    struct buffer request = {0};
    buffer_printf(&request, "GET /v1/events%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", query, headers);
    http_open(link, turnoutd.public_port);
    http_send_text(link, request.bytes);
    buffer_done(&request);
    expect_line(link, "HTTP/1.1 200 OK");
    bool has_type = false;
    do {
        read_line(link, line);
        ck_assert_ptr_null(strstr(line, "Content-Length"));
        has_type = has_type || strcmp(line, "Content-Type: text/event-stream") == 0;
    } while (line[0] != '\0');
    ck_assert(has_type);
    expect_line(link, "retry: 3000");
    expect_line(link, "");
}

/* Reads the next event; comments are passed over. The caller gives it back. */
static json_t *next_event(struct http_link *link, int64_t *ret_id)
{
    static char line[LINE_BYTES];
    do {
        read_line(link, line);
    } while (line[0] == ':' || line[0] == '\0');
    long long id = -1;
    ck_assert_msg(sscanf(line, "id: %lld", &id) == 1, "%s", line);
    expect_line(link, "event: turnout");
    read_line(link, line);
    ck_assert_int_eq(strncmp(line, "data: ", 6), 0);
    json_t *document = json_of(line + 6);
    ck_assert_int_eq(json_integer_of(document, "revision"), id);
    expect_line(link, "");
    *ret_id = id;
    return document;
}

static int64_t voted_of(const json_t *document, const char *key)
{
    return json_integer_of(json_object_of(document, key), "voted");
}

/* Reads on until the nation, or with another key the area, shows so many; returns that event. */
static json_t *wait_for(struct http_link *link, const char *key, int64_t voted, int64_t *ret_id)
{
    for (;;) {
        json_t *document = next_event(link, ret_id);
        if (voted_of(document, key) == voted) {
            return document;
        }
        json_decref(document);
    }
}

/* Waits until the public is shown this revision. */
static void wait_revision(int64_t revision)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (bool is_shown = false; !is_shown;) {
        json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
        is_shown = json_integer_of(document, "revision") == revision;
        json_decref(document);
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
    }
}

FIXTURE(start_server, stop_server);

/* A worker that is busy may miss a publication, and tells the whole picture with the next. Then it is tried again,
 * until this deadline. */
static int64_t deadline_of_tries(void)
{
    return clock_monotonic_ms() + PROCESS_DEADLINE_MS;
}

TEST(what_moves_is_told)
{
    struct http_link link;
    int64_t id;
    listen_to(&link, "", "");
    json_t *event = next_event(&link, &id); /* the whole picture */
    ck_assert_int_eq(id, 0);
    ck_assert_uint_eq(json_array_size(json_array_of(event, "provinces")), 2);
    json_decref(event);
    int64_t deadline_ms = deadline_of_tries();
    bool is_told = false;
    for (int seq = 1; !is_told; seq++) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        report("0201-001", seq, 299 + seq);
        event = wait_for(&link, "nation", 299 + seq, &id);
        ck_assert_int_eq(id, seq);
        const json_t *provinces = json_array_of(event, "provinces");
        const json_t *last = json_array_get(provinces, json_array_size(provinces) - 1);
        ck_assert_str_eq(json_text_of(last, "code"), "02");
        ck_assert_int_eq(json_integer_of(last, "voted"), 299 + seq);
        is_told = json_array_size(provinces) == 1;
        json_decref(event);
    }
    http_close(&link);
}

/* The revision says too little: what is shown moves under it, where a milestone is told one publication later. */
TEST(who_comes_again_is_told_the_whole_picture)
{
    static const char *const ids[] = {"Last-Event-ID: 1\r\n", "Last-Event-ID: 0\r\n", "Last-Event-ID: 99\r\n",
                                      "Last-Event-ID: x\r\n"};
    report("0201-001", 1, 300);
    small_wait_first_report(turnoutd.public_port);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct http_link link;
        int64_t id;
        listen_to(&link, "", ids[i]);
        json_t *event = next_event(&link, &id);
        ck_assert_int_eq(id, 1);
        const json_t *nation = json_object_of(event, "nation");
        ck_assert(!json_is_null(json_object_get(nation, "first_report_at")));
        ck_assert_uint_eq(json_array_size(json_array_of(event, "provinces")), 2);
        json_decref(event);
        http_close(&link);
    }
}

TEST(an_area_can_be_listened_to)
{
    struct http_link link;
    int64_t id;
    listen_to(&link, "?area=0101", "");
    json_t *event = next_event(&link, &id);
    ck_assert_str_eq(json_text_of(json_object_of(event, "area"), "code"), "0101");
    json_decref(event);
    int64_t deadline_ms = deadline_of_tries();
    bool is_told = false;
    for (int seq = 1; !is_told; seq++) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        report("0201-001", seq, 300);
        wait_revision(2 * seq - 1);
        report("0101-001", seq, seq);
        event = next_event(&link, &id);
        is_told = id == 2 * seq; /* nothing of the other commune */
        while (voted_of(event, "area") != seq) {
            json_decref(event);
            event = next_event(&link, &id);
        }
        json_decref(event);
    }
    http_close(&link);
    json_decref(json_get(turnoutd.public_port, "/v1/events?area=nowhere", 404));
    json_decref(json_get(turnoutd.public_port, "/v1/events?area=", 404));
}

TEST(the_head_alone_ends)
{
    struct http_link link;
    http_open(&link, turnoutd.public_port);
    http_send_text(&link, "HEAD /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    http_read_to_end(&link);
    ck_assert_ptr_nonnull(strstr(link.received.bytes, "text/event-stream"));
    http_close(&link);
}

/* ---- the same for everybody ---- */

/* Reads on to the event that shows so many. */
static void read_text(struct http_link *link, int voted, struct buffer *out)
{
    static char line[LINE_BYTES];
    char wanted[32];
    (void)snprintf(wanted, sizeof wanted, "\"voted\":%d,", voted);
    do {
        buffer_clear(out);
        for (int lines = 0; lines < 4; lines++) {
            read_line(link, line);
            buffer_printf(out, "%s\n", line);
        }
    } while (strstr(out->bytes, wanted) == NULL);
}

/* By whichever worker. */
TEST(everybody_is_told_the_same_bytes)
{
    struct http_link links[SOME];
    struct buffer first = {0};
    struct buffer other = {0};
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, (const char *const[]){"--workers", "2", NULL});
    for (int i = 0; i < SOME; i++) {
        listen_to(&links[i], "", "");
        json_decref(next_event(&links[i], &(int64_t){0}));
    }
    int64_t deadline_ms = deadline_of_tries();
    bool are_same = false;
    for (int seq = 1; !are_same; seq++) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        report("0101-001", seq, 99 + seq);
        are_same = true;
        for (int i = 0; i < SOME; i++) {
            read_text(&links[i], 99 + seq, i == 0 ? &first : &other);
            are_same = are_same && (i == 0 || strcmp(first.bytes, other.bytes) == 0);
        }
    }
    for (int i = 0; i < SOME; i++) {
        http_close(&links[i]);
    }
    buffer_done(&first);
    buffer_done(&other);
}

/* Starts the server anew, for as many streams from this address as a test likes, each with many events. */
static void start_for_many(void)
{
    static const char *const settings[] = {"--proxies", "127.0.0.1", "--publish-ms", "50", NULL};
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, settings);
}

/* Reads what has come, unseen. */
static void discard(const struct http_link *link)
{
    static char bytes[LINE_BYTES];
    while (recv(link->fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
    }
}

/* Reads on until an event shows so many of the area; what was begun before is passed over. */
static void expect_voted(struct http_link *link, int voted)
{
    static char line[LINE_BYTES];
    char wanted[32];
    (void)snprintf(wanted, sizeof wanted, "\"voted\":%d,", voted);
    do {
        read_line(link, line);
    } while (strstr(line, wanted) == NULL);
}

/* It never reads, and its window is small; a thousand others hear everything meanwhile. */
TEST(who_does_not_listen_is_let_go)
{
    static struct http_link others[OTHERS];
    struct http_link deaf;
    int received = 2048;
    start_for_many();
    for (int i = 0; i < OTHERS; i++) {
        listen_to(&others[i], "?area=01", "");
    }
    http_open(&deaf, turnoutd.public_port);
    ck_assert_int_eq(setsockopt(deaf.fd, SOL_SOCKET, SO_RCVBUF, &received, sizeof received), 0);
    http_send_text(&deaf, "GET /v1/events?area=01 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    int64_t deadline_ms = clock_monotonic_ms() + 3 * PROCESS_DEADLINE_MS;
    struct pollfd watched = {.fd = deaf.fd, .events = POLLRDHUP};
    int voted = 0;
    while (poll(&watched, 1, 0) == 0) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "it is never let go");
        voted++;
        report("0101-001", voted, voted);
        expect_voted(&others[0], voted);
        for (int i = 1; i < OTHERS; i++) {
            discard(&others[i]);
        }
    }
    http_close(&deaf);
    report("0101-001", voted + 1, voted + 1);
    for (int i = 0; i < OTHERS; i++) {
        expect_voted(&others[i], voted + 1);
        http_close(&others[i]);
    }
}

SUITE("events");
