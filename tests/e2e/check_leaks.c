/* Figures that are held back, in the modes `rounds` and `hold`: no byte that the public is sent tells one. Everything
 * that the index lists is asked for, in every coding, and what asks in special ways beside it; each is the same to the
 * byte before and after reports that nobody may see, ETag and all other headers included. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <turnout/base/clock.h>
#include <turnout/wire/series.h>

#include "committee.h"
#include "decompress.h"
#include "metric.h"
#include "one_server.h"
#include "public_documents.h"
#include "small_election.h"
#include "suite.h"

enum {
    TARGETS_MAX = PUBLIC_DOCUMENTS_MAX + 32,
    /* One that was under way, one that finds a new mode, one that reads what the mode allows; and with the fourth,
     * what the third published is with the workers. */
    SETTLED_READINGS = 4,
};

static char targets[TARGETS_MAX][PUBLIC_TARGET_BYTES];
static size_t target_count;

/* Figures so long that no hash has them in it by chance. Shown: 1,000,003 of 0101-001. */
static const char units[] = "code,commune,name,registered\n"
                            "0101-001,0101,Khu vực 1,5000000\n0101-002,0101,Khu vực 2,5000000\n"
                            "0102-001,0102,Khu vực 1,5000000\n"
                            "0201-001,0201,Khu vực 1,5000000\n0201-002,0201,Khu vực 2,5000000\n";

/* What nobody may see: counts that were reported, and what follows from them anywhere. */
static const char *const secrets[] = {
    "4837261", /* 0201-001, before its correction */
    "4835113", /* after it */
    "5835116", /* the nation: 1000003 more */
    "3164887", /* 0201: of 8000000 voters that is what remains */
    "3218749", /* 0101-002, which was voided */
    "2999957", /* the roll of 0201-002 */
};

static void setup(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/units.csv", units);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static void report(const char *unit, int seq, int voted, const char *more, int status)
{
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.unit = unit, .seq = seq, .voted = voted, .more = more},
                        status);
}

static void ask(enum token_role role, const char *target, const char *body, int status)
{
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, role, "T", header);
    committee_expect(turnoutd.intake_http_port, target, header, body, status);
}

/* ---- everything that the public is sent ---- */

static void add_target(const char *target)
{
    ck_assert_uint_lt(target_count, TARGETS_MAX);
    (void)snprintf(targets[target_count++], PUBLIC_TARGET_BYTES, "%s", target);
}

/* Revisions that a reader cannot know yet, too: whether they are right must not show. */
static void list_targets(void)
{
    static const char *const special[] = {"/v1/turnout?since=0",
                                          "/v1/turnout?since=1",
                                          "/v1/turnout?since=2",
                                          "/v1/turnout?since=5",
                                          "/v1/turnout?since=9",
                                          "/v1/snapshot.csv?bom=1&sep=%3B",
                                          "/v1/snapshot.json?fields=voted&level=province",
                                          "/v1/snapshot.csv?fields=held,units_final,revision",
                                          "/v1/rounds.csv?sep=%09",
                                          "/v1/corrections?limit=1",
                                          "/v1/corrections?after=1.1",
                                          "/v1/areas/none",
                                          "/v1/areas/0201-001",
                                          "/v1/bulletins/2/bulletin.txt",
                                          "/v1/bulletins/2/areas/T.csv",
                                          "/v1/units/0201-001",
                                          "/v1/held",
                                          "/metrics",
                                          "/readyz",
                                          "/nowhere"};
    static struct public_document documents[PUBLIC_DOCUMENTS_MAX];
    size_t count = public_documents(turnoutd.public_port, documents);
    target_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(documents[i].media_type, "text/event-stream") != 0) { /* these are listened to */
            add_target(documents[i].target);
        }
    }
    for (int i = 0; i < COUNT(special); i++) {
        add_target(special[i]);
    }
}

static void append_head(struct buffer *out, const char *head)
{
    const char *date = strstr(head, "\r\nDate: ");
    ck_assert_ptr_nonnull(date);
    buffer_append(out, head, (size_t)(date - head));
    buffer_append_text(out, strstr(date + 2, "\r\n"));
}

/* Bodies as they are sent, and what is in them. */
static void capture(struct buffer *out)
{
    static const char *const asked[] = {"", "Accept-Encoding: gzip\r\n", "Accept-Encoding: br\r\n",
                                        "If-None-Match: *\r\n"};
    buffer_clear(out);
    for (size_t i = 0; i < target_count; i++) {
        for (int a = 0; a < COUNT(asked); a++) {
            struct http_answer answer;
            size_t length = 0;
            http_request(turnoutd.public_port, "GET", targets[i], asked[a], &answer);
            buffer_printf(out, "\n%s %s", targets[i], asked[a]);
            append_head(out, answer.head);
            buffer_append(out, answer.body, answer.body_bytes);
            char *content = answer.status == 304 ? calloc(1, 1) : decompress(&answer, &length);
            buffer_append(out, content, length);
            free(content);
            http_answer_done(&answer);
        }
    }
}

/* The server has read figures at least so often since. */
static void wait_readings(uint64_t count)
{
    metric_wait_rise(&turnoutd, "turnout_readings_total", count);
}

/* Returns the first secret that is there; NULL: none is. */
static const char *find_secret(const struct buffer *bytes)
{
    for (int i = 0; i < COUNT(secrets); i++) {
        if (memmem(bytes->bytes, bytes->length, secrets[i], strlen(secrets[i])) != NULL) {
            return secrets[i];
        }
    }
    return NULL;
}

static void expect_no_secret(const struct buffer *bytes, const char *where)
{
    const char *found = find_secret(bytes);
    ck_assert_msg(found == NULL, "%s tells %s", where, found);
}

/* Where they differ is said by what stands there. */
static void expect_same(const struct buffer *before, const struct buffer *after)
{
    size_t at = 0;
    while (at < before->length && at < after->length && before->bytes[at] == after->bytes[at]) {
        at++;
    }
    size_t from = at < 300 ? 0 : at - 300;
    ck_assert_msg(at == before->length && at == after->length, "before: %.400s\n\nafter: %.400s",
                  before->bytes + from, after->bytes + from);
}

/* ---- streams ---- */

static const struct {
    const char *query, *headers;
} listeners[] = {
    {"", ""},
    {"?area=0201", ""},
    {"", "Last-Event-ID: 1\r\n"},
    {"", "Last-Event-ID: 5\r\n"},
    {"?area=02", "Last-Event-ID: 0\r\n"},
};

static void listen_to(struct http_link *link, int i)
{
    struct buffer request = {0};
    buffer_printf(&request, "GET /v1/events%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", listeners[i].query,
                  listeners[i].headers);
    http_open(link, turnoutd.public_port);
    http_send(link, request.bytes, request.length);
    buffer_done(&request);
}

/* Closes the link; all that it was sent is in ret_heard. */
static void stop_listening(struct http_link *link, struct buffer *ret_heard)
{
    char bytes[4096];
    ssize_t length;
    buffer_append(ret_heard, link->received.bytes, link->received.length);
    while ((length = recv(link->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        buffer_append(ret_heard, bytes, (size_t)length);
    }
    http_close(link);
}

/* ---- what happens in secret ---- */

static void happen(void)
{
    report("0201-001", 1, 4837261, NULL, 201);
    report("0201-001", 2, 4835113, ",\"kind\":\"correction\",\"reason\":\"miscount\"", 201);
    report("0101-002", 1, 3218749, NULL, 201);
    ask(ROLE_DECIDE, "/v1/units/0101-002/void", "{\"reason\":\"another's\"}", 200);
    report("0201-002", 1, 0, ",\"registered\":2999957", 202); /* held: the roll has moved too far */
    ask(ROLE_DECIDE, "/v1/units/0102-001/excuse", "{\"status\":\"no-signal\",\"note\":\"4837261\"}", 200);
}

static const struct {
    const char *mode;
    bool has_bulletin;
} modes[] = {{"hold", true}, {"hold", false}, {"rounds", true}, {"rounds", false}};

static int64_t minute_now(void)
{
    return clock_wall_ms() / 1000 / SERIES_MINUTE_S;
}

/* False when a minute ended meanwhile: then the figures that are shown have got a point more in their series, which
 * tells nothing but is not the same to the byte. */
static bool compare(int i)
{
    int64_t minute = minute_now();
    char body[32];
    struct buffer before = {0};
    struct buffer after = {0};
    struct http_link links[COUNT(listeners)];
    report("0101-001", 1, 1000003, NULL, 201);
    small_wait_voted(turnoutd.public_port, 1000003);
    if (modes[i].has_bulletin) {
        ask(ROLE_ADMIN, "/v1/bulletins", "{\"label\":\"11:30\"}", 201);
    }
    (void)snprintf(body, sizeof body, "{\"mode\":\"%s\"}", modes[i].mode);
    ask(ROLE_ADMIN, "/v1/publication", body, 200);
    wait_readings(SETTLED_READINGS);
    list_targets();
    capture(&before);
    for (int l = 0; l < COUNT(listeners); l++) {
        listen_to(&links[l], l);
    }

    happen();
    wait_readings(SETTLED_READINGS);
    capture(&after);
    bool is_one_minute = minute_now() == minute;
    if (is_one_minute) {
        expect_same(&before, &after);
    }
    expect_no_secret(&after, "what is served");
    for (int l = 0; l < COUNT(listeners); l++) {
        struct buffer heard = {0};
        stop_listening(&links[l], &heard);
        ck_assert_ptr_nonnull(strstr(heard.bytes, "text/event-stream"));
        expect_no_secret(&heard, "a stream");
        buffer_done(&heard);
    }
    buffer_done(&before);
    buffer_done(&after);
    return is_one_minute;
}

TIMEOUT(120);
FIXTURE(setup, stop_server);

LOOP_TEST(nothing_that_is_held_back_is_told, COUNT(modes))
{
    while (!compare(_i)) {
        stop_server();
        setup();
    }

    /* Nor by a server that was started meanwhile. */
    struct buffer after = {0};
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    wait_readings(SETTLED_READINGS);
    capture(&after);
    expect_no_secret(&after, "a server that was started again");

    /* And all of it is found as soon as it may be told: nothing of this has looked in the wrong place. */
    ask(ROLE_ADMIN, "/v1/publication", "{\"mode\":\"live\"}", 200);
    small_wait_voted(turnoutd.public_port, 5835116);
    wait_readings(SETTLED_READINGS);
    capture(&after);
    ck_assert_ptr_nonnull(find_secret(&after));
    buffer_done(&after);
}

SUITE("leaks");
