/* HTTP requests as hostile and as odd as they come, each with the one outcome that is allowed (DESIGN section 9), on
 * both listeners of a real turnoutd. Each file of tests/conformance/http is a case:
 *
 *   # why it is one
 *   both: 200 400, closes, 1 executed         or `public: ...` and `intake: ...`; no answer at all is `nothing`,
 *                                             an answer to HEAD `HEAD:200`, the end `closes` or `stays`
 *   ends                                      the client says that no more will come
 *   split                                     sent also in two parts, cut at every place there is
 *                                             (an empty line)
 *   GET / HTTP/1.1                            the bytes, in the notation of vectors.h; a line ends with CR LF, or
 *   ...<+>                                    without an end where it ends so
 *
 * However the bytes arrive (at once, one by one, in two parts, with a good request right behind them), the outcome
 * must be the same, and turnoutd must have executed as many requests as the case says: none out of a body. */
#include <check.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "vectors.h"
#include "workspace.h"

enum { ANSWERS_MAX = 8, ONE_BY_ONE_BYTES_MAX = 1024, CASES_LEAST = 70 };

static const char folder[] = "http";
static const char file_end[] = ".http";

enum listener { PUBLIC, INTAKE, LISTENERS };

static const char *const listener_names[LISTENERS] = {"public", "intake"};

struct outcome {
    bool is_given; /* else the case is not for this listener */
    struct {
        int status;
        bool is_to_head;
    } answers[ANSWERS_MAX];
    size_t answer_count;
    bool closes;
    uint64_t executed;
};

struct vector {
    struct outcome outcomes[LISTENERS];
    bool ends;
    bool is_split;
    struct buffer bytes;
};

static struct vector_names names;
static struct workspace workspace;
static struct turnoutd turnoutd;

/* ---- reading a case ---- */

static uint64_t number_of(struct slice text, uint64_t most)
{
    uint64_t number;
    ck_assert_msg(text_parse_unsigned(text, most, &number), "not a number: %.*s", (int)text.length,
                  text.bytes);
    return number;
}

static void read_answers(struct slice text, struct outcome *outcome)
{
    struct slice rest = slice_equals(text, "nothing") ? (struct slice){NULL, 0} : text;
    while (rest.bytes != NULL) {
        static const char mark[] = "HEAD:";
        struct slice word = text_split(&rest, ' ');
        bool is_to_head = word.length > strlen(mark) && memcmp(word.bytes, mark, strlen(mark)) == 0;
        size_t passed = is_to_head ? strlen(mark) : 0;
        ck_assert_uint_lt(outcome->answer_count, ANSWERS_MAX);
        outcome->answers[outcome->answer_count].is_to_head = is_to_head;
        outcome->answers[outcome->answer_count++].status =
            (int)number_of((struct slice){word.bytes + passed, word.length - passed}, 599);
    }
}

/* `200 400, closes, 1 executed` */
static void read_outcome(struct slice text, struct outcome *outcome)
{
    struct slice rest = text;
    outcome->is_given = true;
    read_answers(slice_trim(text_split(&rest, ',')), outcome);
    struct slice end = slice_trim(text_split(&rest, ','));
    outcome->closes = slice_equals(end, "closes");
    ck_assert_msg(outcome->closes || slice_equals(end, "stays"), "neither closes nor stays: %.*s",
                  (int)end.length, end.bytes);
    struct slice executed = slice_trim(rest);
    outcome->executed = number_of(text_split(&executed, ' '), ANSWERS_MAX);
    ck_assert(slice_equals(executed, "executed"));
}

static void read_line(struct slice line, struct vector *vector)
{
    struct slice rest = line;
    struct slice key = text_split(&rest, ':');
    bool is_known = line.bytes[0] == '#';
    if (slice_equals(line, "ends")) {
        vector->ends = is_known = true;
    } else if (slice_equals(line, "split")) {
        vector->is_split = is_known = true;
    }
    for (size_t i = 0; i < LISTENERS; i++) {
        if (slice_equals(key, listener_names[i]) || slice_equals(key, "both")) {
            read_outcome(rest, &vector->outcomes[i]);
            is_known = true;
        }
    }
    ck_assert_msg(is_known, "not a line of a case: %.*s", (int)line.length, line.bytes);
}

static void read_bytes(struct slice text, struct buffer *bytes)
{
    static const char goes_on[] = "<+>";
    struct slice rest = text;
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        size_t mark = strlen(goes_on);
        bool has_end = line.length < mark || memcmp(line.bytes + line.length - mark, goes_on, mark) != 0;
        if (!has_end) {
            line.length -= mark;
        }
        vector_decode(line, bytes);
        buffer_append_text(bytes, has_end ? "\r\n" : "");
    }
}

static void vector_init(struct vector *vector, const char *name)
{
    *vector = (struct vector){0};
    char *text = vector_read(folder, name, file_end);
    struct slice rest = slice_of(text);
    struct slice line = text_split(&rest, '\n');
    while (line.length > 0) {
        read_line(line, vector);
        line = text_split(&rest, '\n');
    }
    read_bytes(rest, &vector->bytes);
    free(text);
}

/* ---- sending it ---- */

/* How the bytes arrive. */
struct delivery {
    enum { AT_ONCE, WITH_A_FOLLOWER, ONE_BY_ONE, IN_TWO } way;
    size_t cut; /* IN_TWO: bytes in the first part */
};

static const char follower[] = "GET /v1/turnout HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
static const int follower_status[LISTENERS] = {200, 404};

static bool peer_has_ended(const struct http_link *link)
{
    struct pollfd fd = {.fd = link->fd, .events = POLLRDHUP};
    return poll(&fd, 1, 0) > 0;
}

/* Each part is read before the next one is sent. What a peer that has ended would not read is kept back. */
static void send_parts(struct http_link *link, const struct buffer *bytes, size_t first, size_t step)
{
    size_t end = first;
    for (size_t at = 0; at < bytes->length && !peer_has_ended(link); end += step) {
        end = end < bytes->length ? end : bytes->length;
        http_send(link, bytes->bytes + at, end - at);
        http_wait_taken(link);
        at = end;
    }
}

static void deliver(struct http_link *link, const struct vector *vector, struct delivery delivery)
{
    const struct buffer *bytes = &vector->bytes;
    struct buffer both = {0};
    switch (delivery.way) {
    case AT_ONCE:
        http_send(link, bytes->bytes, bytes->length);
        break;
    case WITH_A_FOLLOWER:
        buffer_append(&both, bytes->bytes, bytes->length);
        buffer_append_text(&both, follower);
        http_send(link, both.bytes, both.length);
        buffer_done(&both);
        break;
    case ONE_BY_ONE:
        send_parts(link, bytes, 1, 1);
        break;
    case IN_TWO:
        send_parts(link, bytes, delivery.cut, bytes->length);
        break;
    }
    if (vector->ends && !peer_has_ended(link)) {
        http_send_end(link);
    }
}

/* ---- what comes back ---- */

/* The next answer's status, 0 for none. `100 Continue` is none of its own and is passed over. */
static int next_status(struct http_link *link, bool is_to_head, bool *ret_says_close)
{
    struct http_answer answer;
    int status;
    do {
        if (!http_next_answer(link, !is_to_head, &answer)) {
            return 0;
        }
        status = answer.status;
        char connection[32];
        *ret_says_close = http_answer_header(&answer, "Connection", connection, sizeof connection) &&
                          strcmp(connection, "close") == 0;
        http_answer_done(&answer);
    } while (status == 100);
    return status;
}

static void check_answers(struct http_link *link, const struct outcome *outcome, bool ends, const char *name)
{
    for (size_t i = 0; i < outcome->answer_count; i++) {
        bool says_close = false;
        bool is_last = i + 1 == outcome->answer_count;
        int status = next_status(link, outcome->answers[i].is_to_head, &says_close);
        ck_assert_msg(status == outcome->answers[i].status, "%s: answer %zu is %d, not %d", name, i + 1,
                      status, outcome->answers[i].status);
        /* A client that has said that no more will come need not be told. */
        bool must_say = is_last && outcome->closes && !ends;
        bool may_say = is_last && outcome->closes;
        ck_assert_msg(says_close ? may_say : !must_say, "%s: answer %zu says %s", name, i + 1,
                      says_close ? "close" : "keep alive");
    }
}

static void check_end(struct http_link *link, const char *name)
{
    http_read_to_end(link);
    ck_assert_msg(link->received.length == 0, "%s: and then came: %s", name, link->received.bytes);
}

static void check_follower(struct http_link *link, enum listener listener, struct delivery delivery,
                           const char *name)
{
    if (delivery.way != WITH_A_FOLLOWER) {
        http_send_text(link, follower);
    }
    bool says_close;
    int status = next_status(link, false, &says_close);
    ck_assert_msg(status == follower_status[listener], "%s: the follower is answered %d", name, status);
}

static void run(const struct vector *vector, enum listener listener, struct delivery delivery,
                const char *name)
{
    const struct outcome *outcome = &vector->outcomes[listener];
    struct http_link link;
    http_open(&link, listener == PUBLIC ? turnoutd.public_port : turnoutd.intake_http_port);
    int on = 1;
    ck_assert_int_eq(setsockopt(link.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
    deliver(&link, vector, delivery);
    check_answers(&link, outcome, vector->ends, name);
    if (!outcome->closes) {
        check_follower(&link, listener, delivery, name);
    }
    check_end(&link, name);
    http_close(&link);
}

/* ---- what was executed ---- */

static uint64_t counter(const struct http_answer *metrics, const char *name)
{
    const char *found = strstr(metrics->body, name);
    ck_assert_msg(found != NULL, "no counter %s", name);
    struct slice rest = slice_of(found + strlen(name));
    return number_of(text_split(&rest, '\n'), UINT64_MAX);
}

static uint64_t executed_so_far(void)
{
    struct http_answer metrics;
    http_request(turnoutd.operate_port, "GET", "/metrics", "", &metrics);
    ck_assert_int_eq(metrics.status, 200);
    uint64_t answered = counter(&metrics, "\nturnout_http_requests_total ");
    uint64_t refused = counter(&metrics, "\nturnout_http_requests_bad_total ");
    http_answer_done(&metrics);
    return answered - refused;
}

static size_t run_all_ways(const struct vector *vector, enum listener listener, const char *name)
{
    size_t runs = 0;
    run(vector, listener, (struct delivery){.way = AT_ONCE}, name);
    runs++;
    if (!vector->ends) {
        run(vector, listener, (struct delivery){.way = WITH_A_FOLLOWER}, name);
        runs++;
    }
    if (vector->bytes.length <= ONE_BY_ONE_BYTES_MAX) {
        run(vector, listener, (struct delivery){.way = ONE_BY_ONE}, name);
        runs++;
    }
    size_t step = vector->is_split ? 1 : vector->bytes.length / 4 + 1;
    for (size_t cut = step; cut < vector->bytes.length; cut += step) {
        run(vector, listener, (struct delivery){.way = IN_TWO, .cut = cut}, name);
        runs++;
    }
    return runs;
}

static const char body[] = "{\"election\":\"small\",\"unit\":\"0101-001\",\"seq\":1,"
                           "\"as_of\":\"2026-03-15T09:00:00+07:00\",\"voted\":10,\"test\":true}";

/* Before the server is started, because the names are counted before any test is run. */
static int list_cases(void)
{
    vectors_list(folder, file_end, &names);
    return (int)names.count;
}

static void start_server(void)
{
    workspace_init(&workspace);
    static const char *const settings[] = {"--hosts", "x turnout.example", NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    /* The report that the cases send, so that it is a duplicate for all of them. */
    struct http_answer answer;
    http_post(turnoutd.intake_http_port, "/v1/reports", "application/json", body, strlen(body), &answer);
    ck_assert_int_eq(answer.status, 201);
    http_answer_done(&answer);
}

static void stop_server(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

SHARED_FIXTURE(start_server, stop_server);

LOOP_TEST(a_case_has_its_one_outcome, list_cases())
{
    const char *name = names.names[_i];
    struct vector vector;
    vector_init(&vector, name);
    for (enum listener listener = PUBLIC; listener < LISTENERS; listener++) {
        const struct outcome *outcome = &vector.outcomes[listener];
        if (!outcome->is_given) {
            continue;
        }
        struct buffer shown = {0};
        buffer_printf(&shown, "%s on %s", name, listener_names[listener]);
        uint64_t before = executed_so_far();
        size_t runs = run_all_ways(&vector, listener, shown.bytes);
        uint64_t executed = executed_so_far() - before;
        uint64_t expected = runs * (outcome->executed + (outcome->closes ? 0 : 1));
        ck_assert_msg(executed == expected, "%s: %zu times, and %llu requests executed, not %llu",
                      shown.bytes, runs, (unsigned long long)executed, (unsigned long long)expected);
        buffer_done(&shown);
    }
    buffer_done(&vector.bytes);
}

TEST(there_are_enough_cases)
{
    ck_assert_uint_ge(names.count, CASES_LEAST);
}

/* ---- what no file can say ---- */

/* A client that waits for the go-ahead gets it once, and nothing is executed before its body is there. */
TEST(a_client_may_wait_for_the_go_ahead)
{
    struct buffer head = {0};
    buffer_printf(&head,
                  "POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  "Expect: 100-continue\r\nContent-Length: %zu\r\n\r\n",
                  strlen(body));
    struct http_link link;
    struct http_answer answer;
    uint64_t before = executed_so_far();
    http_open(&link, turnoutd.intake_http_port);
    http_send(&link, head.bytes, head.length);
    http_read_answer(&link, true, &answer);
    ck_assert_int_eq(answer.status, 100);
    http_answer_done(&answer);
    http_send(&link, body, 1);
    http_wait_taken(&link);
    ck_assert_uint_eq(executed_so_far(), before);
    http_send(&link, body + 1, strlen(body) - 1);
    http_read_answer(&link, true, &answer);
    ck_assert_int_eq(answer.status, 200);
    http_answer_done(&answer);
    ck_assert_uint_eq(executed_so_far(), before + 1);
    http_close(&link);
    buffer_done(&head);
}

/* The last one, for it looks back on all of them: nothing that stood in a body, or behind a refusal, was ever counted.
 * The reports there name other units. */
TEST(nothing_was_counted_out_of_a_body)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 2, .voted = 11}, 201);
    small_wait_voted(turnoutd.public_port, 11);
    json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
    ck_assert_int_eq(json_integer_of(json_object_of(document, "nation"), "units_reported"), 1);
    json_decref(document);
}

SUITE("http");
