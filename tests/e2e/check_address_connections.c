/* How many connections an address may have with a real turnoutd, and which of them give way (DESIGN section 9). */
#include <check.h>
#include <string.h>

#include "committee.h"
#include "http.h"
#include "limited.h"
#include "metric.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static void set_up(void)
{
    limited_start(&turnoutd, &workspace);
}

FIXTURE(set_up, stop_server);

/* One more than an address may have is served, and the one that has been quiet longest gives way. */
static void expect_the_quietest_to_go(uint16_t port)
{
    struct http_link links[CONNECTIONS];
    struct http_link over;
    for (int i = 0; i < CONNECTIONS; i++) {
        http_open_from(&links[i], crowd, port);
        ck_assert_int_eq(ask_anything(&links[i]), 404);
    }
    ck_assert_int_eq(ask_anything(&links[0]), 404); /* it is the second that is quiet now */
    http_open_from(&over, elsewhere, port);
    ck_assert_int_eq(ask_anything(&over), 404);
    http_close(&over);
    ck_assert_int_eq(ask_anything(&links[1]),
                     404); /* who comes from elsewhere ends nobody: it is the third */

    http_open_from(&over, crowd, port);
    ck_assert_int_eq(ask_anything(&over), 404);
    http_expect_closed(&links[2]);
    ck_assert_int_eq(ask_anything(&links[0]), 404);
    ck_assert_int_eq(ask_anything(&links[1]), 404);
    ck_assert_int_eq(ask_anything(&links[3]), 404);
    http_close(&over);
    http_close(&links[0]);
    http_close(&links[1]);
    http_close(&links[3]);
}

TEST(of_an_address_the_quietest_gives_way)
{
    expect_the_quietest_to_go(turnoutd.public_port);
    expect_the_quietest_to_go(turnoutd.intake_http_port);
}

/* A device that opens streams and says nothing keeps out nobody behind its address: not a unit, and no reader. */
TEST(the_silent_keep_nobody_out)
{
    struct http_link silent[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
        http_open_from(&silent[i], crowd, turnoutd.intake_stream_port);
        metric_wait(&turnoutd, "turnout_connections_accepted_total", (uint64_t)i + 1);
    }
    struct http_link reader;
    http_open_from(&reader, crowd, turnoutd.public_port);
    small_get_turnout(&reader);
    http_close(&reader);
    struct http_link unit;
    http_open_from(&unit, crowd, turnoutd.intake_stream_port);
    expect_report(&unit, 1, "unit", "accepted");
    http_expect_closed(&silent[0]);
    http_close(&unit);
    for (int i = 1; i < CONNECTIONS; i++) {
        http_close(&silent[i]);
    }
}

/* Memory is for what has come, not for what was announced, and a large body only for who has shown a token. */
TEST(announced_bodies_keep_nobody_out)
{
    enum { STRANGERS = 120, LARGE = 100 * 1024 };
    struct http_link strangers[STRANGERS];
    for (int i = 0; i < STRANGERS; i++) {
        http_open(&strangers[i], turnoutd.intake_http_port);
        http_send_text(&strangers[i],
                       "POST /v1/reports HTTP/1.1\r\nHost: x\r\n"
                       "Content-Type: application/x-ndjson\r\nContent-Length: 8388608\r\n\r\n");
    }
    char header[TOKEN_HEADER_BYTES];
    struct buffer body = {0};
    struct buffer request = {0};
    write_signed(&body, 1, "unit");
    while (body.length < LARGE) {
        buffer_append_char(&body, '\n');
    }
    token_header(&workspace, ROLE_RELAY, "0101", header);
    buffer_printf(&request,
                  "POST /v1/reports HTTP/1.1\r\nHost: x\r\n%sContent-Type: application/x-ndjson\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  header, body.length, body.bytes);
    struct http_link relay;
    struct http_answer answer;
    http_open_from(&relay, elsewhere, turnoutd.intake_http_port);
    http_send(&relay, request.bytes, request.length);
    http_read_answer(&relay, true, &answer);
    ck_assert_msg(answer.status == 200 && strstr(answer.body, "accepted") != NULL, "%d %s", answer.status,
                  answer.body);
    http_answer_done(&answer);
    buffer_done(&request);
    buffer_done(&body);
    http_close(&relay);
    for (int i = 0; i < STRANGERS; i++) {
        http_close(&strangers[i]);
    }
}

/* Nobody keeps others out by what it has shown: of those who have, the quietest gives way. */
TEST(the_trusted_keep_nobody_out)
{
    struct http_link links[CONNECTIONS];
    struct http_link over;
    for (int i = 0; i < CONNECTIONS; i++) {
        char header[TOKEN_HEADER_BYTES];
        token_header(&workspace, ROLE_DECIDE, "T", header);
        http_open_from(&links[i], crowd, turnoutd.intake_http_port);
        ck_assert_int_eq(ask_held(&links[i], header), 200);
        ck_assert_int_eq(ask_held(&links[i], header), 200); /* its standing shows with what it says next */
    }
    http_open_from(&over, crowd, turnoutd.intake_http_port);
    ck_assert_int_eq(ask_anything(&over), 404);
    ck_assert_uint_eq(metric_of(&turnoutd, "turnout_connections_made_room_total"), 1);
    for (int i = 1; i < CONNECTIONS; i++) {
        ck_assert_int_eq(ask_anything(&links[i]), 404);
        http_close(&links[i]);
    }
    http_close(&links[0]);
    http_close(&over);
}

TEST(a_proxy_has_as_many_as_it_likes)
{
    enum { MANY = 3 * CONNECTIONS };
    struct http_link links[MANY];
    for (int i = 0; i < MANY; i++) {
        http_open(&links[i], turnoutd.public_port);
        small_get_turnout(&links[i]);
    }
    for (int i = 0; i < MANY; i++) {
        http_close(&links[i]);
    }
}

SUITE("address_connections");
