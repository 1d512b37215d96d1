/* The request parser. Every request here is also given in all of its heads, each in memory
 * of its own: a head of a good one is always partial, and once a byte proves one bad it stays bad. */
#include <turnout/wire/http_request.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "suite.h"

#define HOST "Host: a\r\n"
#define GET  "GET / HTTP/1.1\r\n" HOST
#define POST "POST /v1/reports HTTP/1.1\r\n" HOST

static enum http_parse parse_copy(const char *bytes, size_t length, int *ret_status)
{
    char *copy = malloc(length + (length == 0));
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, length);
    struct http_request request;
    struct error error = {.text = ""};
    enum http_parse found = http_request_parse(copy, length, &request, ret_status, &error);
    ck_assert_int_eq(found == HTTP_REQUEST_BAD, error.text[0] != '\0');
    free(copy);
    return found;
}

/* What the whole is, with its status where it is bad; 0 otherwise. */
static int check_heads(const char *bytes, size_t length, enum http_parse expected)
{
    int status = 0;
    ck_assert_msg(parse_copy(bytes, length, &status) == expected, "%s", bytes);
    for (size_t head = 0; head < length; head++) {
        int head_status = 0;
        enum http_parse found = parse_copy(bytes, head, &head_status);
        ck_assert_msg(found == HTTP_REQUEST_PARTIAL || (expected == HTTP_REQUEST_BAD &&
                                                        found == HTTP_REQUEST_BAD && head_status == status),
                      "%zu bytes of %s", head, bytes);
    }
    return status;
}

static const struct {
    const char *text;
    enum http_method method;
    const char *path, *query;
    bool keep_alive, expects_continue;
    uint64_t body_bytes;
    uint32_t header_count;
} good[] = {
    {GET "\r\n", HTTP_GET, "/", "", true, false, 0, 1},
    {"HEAD /v1/turnout HTTP/1.1\r\nhOsT:a:8080\r\n\r\n", HTTP_HEAD, "/v1/turnout", "", true, false, 0, 1},
    {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", HTTP_OPTIONS, "*", "", true, false, 0, 1},
    {"OPTIONS /x HTTP/1.1\r\n" HOST "\r\n", HTTP_OPTIONS, "/x", "", true, false, 0, 1},
    {"GET /a?b=c?d HTTP/1.1\r\n" HOST "\r\n", HTTP_GET, "/a", "b=c?d", true, false, 0, 1},
    {"GET http://a HTTP/1.1\r\n" HOST "\r\n", HTTP_GET, "/", "", true, false, 0, 1},
    {"GET Https://A/b?c HTTP/1.1\r\n" HOST "\r\n", HTTP_GET, "/b", "c", true, false, 0, 1},
    {"GET http://a?b HTTP/1.1\r\n" HOST "\r\n", HTTP_GET, "/", "b", true, false, 0, 1},
    {"GET //a/%2e%2E/? HTTP/1.1\r\n" HOST "\r\n", HTTP_GET, "//a/%2e%2E/", "", true, false, 0, 1},
    {"GET /!\"$&'()*+,;<=>@[\\]^`{|}~ HTTP/1.1\r\n" HOST "\r\n", HTTP_GET, "/!\"$&'()*+,;<=>@[\\]^`{|}~", "",
     true, false, 0, 1},
    {POST "Content-Length: 12\r\n\r\n", HTTP_POST, "/v1/reports", "", true, false, 12, 2},
    {POST "content-length:\t0012 \t\r\n\r\n", HTTP_POST, "/v1/reports", "", true, false, 12, 2},
    {POST "Content-Length: 9007199254740992\r\n\r\n", HTTP_POST, "/v1/reports", "", true, false,
     UINT64_C(9007199254740992), 2},
    {POST "\r\n", HTTP_POST, "/v1/reports", "", true, false, 0, 1},
    {POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n", HTTP_POST, "/v1/reports", "", true, true, 1,
     3},
    {GET "Content-Length: 0\r\n\r\n", HTTP_GET, "/", "", true, false, 0, 2},
    {GET "Connection: close\r\n\r\n", HTTP_GET, "/", "", false, false, 0, 2},
    {GET "Connection: Upgrade , CLOSE\r\n\r\n", HTTP_GET, "/", "", false, false, 0, 2},
    {GET "Connection: keep-alive\r\nConnection: close\r\n\r\n", HTTP_GET, "/", "", false, false, 0, 3},
    {GET "Connection: closed, xclose\r\n\r\n", HTTP_GET, "/", "", true, false, 0, 2},
    {GET "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", HTTP_GET, "/", "", true, false, 0, 3},
    {"GET / HTTP/1.0\r\n\r\n", HTTP_GET, "/", "", false, false, 0, 0},
    {"GET / HTTP/1.0\r\n" HOST "Connection: keep-alive\r\n\r\n", HTTP_GET, "/", "", false, false, 0, 2},
    {"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", HTTP_POST, "/", "", false, false,
     1, 2},
    {GET "X: Vi\xe1\xbb\x87t \x80\xff\t~!\r\nY:\r\n!#$%&'*+-.^_`|~09azAZ: z\r\n\r\n", HTTP_GET, "/", "", true,
     false, 0, 4},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP_GET, "/", "", true, false, 0, 1},
    {"GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", HTTP_GET, "/", "", true, false, 0, 1},
};

LOOP_TEST(good_requests_are_taken_apart, COUNT(good))
{
    size_t length = strlen(good[_i].text);
    char bytes[1024];
    ck_assert_int_gt(snprintf(bytes, sizeof bytes, "%sGET / HTTP/1.1\r\n", good[_i].text),
                     0); /* and the next */
    struct http_request request;
    struct error error;
    int status = 0;
    ck_assert_int_eq(http_request_parse(bytes, strlen(bytes), &request, &status, &error),
                     HTTP_REQUEST_COMPLETE);
    ck_assert_uint_eq(request.head_bytes, length);
    ck_assert_int_eq(request.method, good[_i].method);
    ck_assert(slice_equals(request.path, good[_i].path));
    ck_assert(slice_equals(request.query, good[_i].query));
    ck_assert_int_eq(request.keep_alive, good[_i].keep_alive);
    ck_assert_int_eq(request.expects_continue, good[_i].expects_continue);
    ck_assert_uint_eq(request.body_bytes, good[_i].body_bytes);
    ck_assert_uint_eq(request.header_count, good[_i].header_count);
    ck_assert_int_eq(check_heads(good[_i].text, length, HTTP_REQUEST_COMPLETE), 0);
}

static const struct {
    int status;
    const char *text;
} bad[] = {
    /* the request line */
    {400, "\r\n" GET "\r\n"},
    {400, "\n"},
    {400, " GET / HTTP/1.1\r\n"},
    {400, "\x16\x03\x01\x02"}, /* somebody speaks TLS */
    {400, "GET\t/ HTTP/1.1\r\n"},
    {400, "GET/ HTTP/1.1\r\n"},
    {400, "GET  / HTTP/1.1\r\n"},
    {400, "GET /  HTTP/1.1\r\n"},
    {400, "GET /\tHTTP/1.1\r\n"},
    {400, "GET / HTTP/1.1 \r\n"},
    {400, "GET /\r\n"}, /* HTTP/0.9 */
    {400, "GET / HTTP/1.1\n"},
    {400, "GET / HTTP/1.1\r\r\n"},
    {501, "BREW / HTTP/1.1\r\n"},
    {501, "get / HTTP/1.1\r\n"},
    {501, "GETS / HTTP/1.1\r\n"},
    {501, "PUT / HTTP/1.1\r\n"},
    {501, "CONNECT a:80 HTTP/1.1\r\n"},
    {501, "PRI * HTTP/2.0\r\n"},
    {501, "OPTIONSX"},
    {501, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    /* the target */
    {400, "GET http://b/ HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET http://a:80/ HTTP/1.1\r\n" HOST "\r\n"},
    {400, "GET http://a@a/ HTTP/1.1\r\n"},
    {400, "GET http:// HTTP/1.1\r\nHost:\r\n\r\n"},
    {400, "GET http://a/ HTTP/1.0\r\n\r\n"},
    {400, "GET http:/a HTTP/1.1\r\n"},
    {400, "GET ftp://a/ HTTP/1.1\r\n"},
    {400, "GET http HTTP/1.1\r\n"},
    {400, "GET a:80 HTTP/1.1\r\n"},
    {400, "GET * HTTP/1.1\r\n"},
    {400, "GET ?a HTTP/1.1\r\n"},
    {400, "OPTIONS *a HTTP/1.1\r\n"},
    {400, "GET /a#b HTTP/1.1\r\n"},
    {400, "GET /a\x7f HTTP/1.1\r\n"},
    {400, "GET /vi\xe1\xbb\x87t HTTP/1.1\r\n"},
    /* the version */
    {400, "GET / http/1.1\r\n"},
    {400, "GET / HTTP/1.10\r\n"},
    {400, "GET / HTTP/11\r\n"},
    {400, "GET / HTTP/a.1\r\n"},
    {400, "GET / HTTPS/1.1\r\n"},
    {505, "GET / HTTP/2.0\r\n"},
    {505, "GET / HTTP/0.9\r\n"},
    {505, "GET / HTTP/1.2\r\n"},
    /* headers */
    {400, GET "\n"},
    {400, GET "A: b\n\r\n"},
    {400, GET "A: b\r\r\n"},
    {400, GET "A: b\rc\r\n"},
    {400, GET "A : b\r\n"},
    {400, GET "A\t: b\r\n"},
    {400, GET ": b\r\n"},
    {400, GET "A\r\n"},
    {400, GET "A b: c\r\n"},
    {400, GET "A(: b\r\n"},
    {400, GET "\xc3\xa9: b\r\n"},
    {400, GET "A: b\r\n c\r\n"}, /* folded */
    {400, GET "A: b\r\n\tc\r\n"},
    {400, "GET / HTTP/1.1\r\n Host: a\r\n"},
    {400, GET "A: b\x01\r\n"},
    {400, GET "A: b\x7f\r\n"},
    {400, GET "\rA: b\r\n"},
    /* Host */
    {400, "GET / HTTP/1.1\r\n\r\n"},
    {400, "GET / HTTP/1.1\r\nA: b\r\n\r\n"},
    {400, GET HOST "\r\n"},
    {400, GET "hOST: b\r\n"},
    {400, "GET / HTTP/1.0\r\n" HOST HOST "\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a b\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a/b\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: u@a\r\n"},
    {400, "GET / HTTP/1.1\r\nHost: a\\b\r\n"},
    /* who asks */
    {400, GET "Authorization: a\r\nAUTHORIZATION: a\r\n"},
    /* the length of the body */
    {400, POST "Transfer-Encoding: chunked\r\n"},
    {400, POST "transfer-encoding:identity\r\n"},
    {400, POST "Transfer-Encoding:\r\n"},
    {400, POST "Content-Length: 5\r\nContent-Length: 5\r\n"},
    {400, POST "Content-Length: 5\r\nCONTENT-LENGTH: 6\r\n"},
    {400, POST "Content-Length:\r\n"},
    {400, POST "Content-Length: +5\r\n"},
    {400, POST "Content-Length: -5\r\n"},
    {400, POST "Content-Length: 5 5\r\n"},
    {400, POST "Content-Length: 5,5\r\n"},
    {400, POST "Content-Length: 5, 5\r\n"},
    {400, POST "Content-Length: 0x5\r\n"},
    {400, POST "Content-Length: 5a\r\n"},
    {400, POST "Content-Length: 5.0\r\n"},
    {400, POST "Content-Length: \"5\"\r\n"},
    {400, POST "Content-Length: 0000000000000000005\r\n"},
    {413, POST "Content-Length: 9007199254740993\r\n"},
    {413, POST "Content-Length: 999999999999999999\r\n"},
    {400, POST "Content-Length: 9999999999999999999\r\n"},
    {400, GET "Content-Length: 5\r\n"},
    {400, "HEAD / HTTP/1.1\r\nContent-Length: 1\r\n"},
    {400, "OPTIONS / HTTP/1.1\r\nContent-Length: 1\r\n"},
    /* expectations */
    {417, POST "Expect: 200-ok\r\n"},
    {417, POST "Expect:\r\n"},
    {417, POST "Expect: 100-continue, x\r\n"},
};

TEST(empty_lines_are_counted)
{
    static const struct {
        const char *text;
        size_t lines;
    } cases[] = {{"", 0},       {"\r", 0},      {"\r\n", 1}, {"\r\n\r", 1}, {"\r\n\r\n" GET, 2},
                 {"\n\r\n", 0}, {GET "\r\n", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        ck_assert_uint_eq(http_request_empty_lines(cases[i].text, strlen(cases[i].text)), cases[i].lines);
    }
}

LOOP_TEST(bad_requests_are_refused_as_soon_as_it_shows, COUNT(bad))
{
    size_t length = strlen(bad[_i].text);
    ck_assert_int_eq(check_heads(bad[_i].text, length, HTTP_REQUEST_BAD), bad[_i].status);
}

TEST(nul_is_refused_everywhere)
{
    static const char request[] = "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    for (size_t i = 0; i < sizeof request - 1; i++) {
        char bytes[sizeof request];
        memcpy(bytes, request, sizeof bytes);
        bytes[i] = '\0';
        int status = 0;
        ck_assert_int_eq(parse_copy(bytes, i + 1, &status), HTTP_REQUEST_BAD);
        ck_assert_int_eq(status, 400);
        ck_assert_int_eq(parse_copy(bytes, sizeof bytes - 1, &status), HTTP_REQUEST_BAD);
    }
}

/* A good request with `count` headers besides Host, in a buffer of `capacity` bytes. */
static size_t with_headers(char *bytes, size_t capacity, unsigned count)
{
    size_t length = (size_t)snprintf(bytes, capacity, "%s", GET);
    for (unsigned i = 0; i < count; i++) {
        length += (size_t)snprintf(bytes + length, capacity - length, "X-%u: y\r\n", i);
    }
    length += (size_t)snprintf(bytes + length, capacity - length, "\r\n");
    ck_assert_uint_lt(length, capacity);
    return length;
}

TEST(headers_are_counted)
{
    char bytes[1024];
    int status = 0;
    size_t length = with_headers(bytes, sizeof bytes, REQUEST_HEADERS_MAX - 1);
    ck_assert_int_eq(parse_copy(bytes, length, &status), HTTP_REQUEST_COMPLETE);
    length = with_headers(bytes, sizeof bytes, REQUEST_HEADERS_MAX);
    ck_assert_int_eq(parse_copy(bytes, length, &status), HTTP_REQUEST_BAD);
    ck_assert_int_eq(status, 400);
}

/* A good request with a head of exactly `length` bytes. */
static void with_head_of(char *bytes, size_t length)
{
    static const char start[] = GET "Filler: ";
    memset(bytes, 'x', length);
    memcpy(bytes, start, sizeof start - 1);
    memcpy(bytes + length - 4, "\r\n\r\n", 4);
}

TEST(heads_are_bounded)
{
    char bytes[REQUEST_HEAD_BYTES_MAX + 100];
    memset(bytes, 'y', sizeof bytes); /* a body behind it does not count */
    int status = 0;
    with_head_of(bytes, REQUEST_HEAD_BYTES_MAX);
    ck_assert_int_eq(parse_copy(bytes, REQUEST_HEAD_BYTES_MAX, &status), HTTP_REQUEST_COMPLETE);
    ck_assert_int_eq(parse_copy(bytes, sizeof bytes, &status), HTTP_REQUEST_COMPLETE);
    ck_assert_int_eq(parse_copy(bytes, REQUEST_HEAD_BYTES_MAX - 1, &status), HTTP_REQUEST_PARTIAL);

    with_head_of(bytes, REQUEST_HEAD_BYTES_MAX + 1);
    ck_assert_int_eq(parse_copy(bytes, REQUEST_HEAD_BYTES_MAX + 1, &status), HTTP_REQUEST_BAD);
    ck_assert_int_eq(status, 400);
    status = 0;
    ck_assert_int_eq(parse_copy(bytes, REQUEST_HEAD_BYTES_MAX, &status), HTTP_REQUEST_BAD);
    ck_assert_int_eq(status, 400);
}

TEST(targets_are_bounded)
{
    static const char tail[] = " HTTP/1.1\r\n" HOST "\r\n";
    for (size_t over = 0; over <= 1; over++) {
        char bytes[REQUEST_TARGET_BYTES_MAX + 100] = "GET /";
        size_t target = REQUEST_TARGET_BYTES_MAX + over;
        memset(bytes + 5, 'x', target - 1);
        memcpy(bytes + 4 + target, tail, sizeof tail);
        int status = 0;
        enum http_parse found = parse_copy(bytes, strlen(bytes), &status);
        ck_assert_int_eq(found, over == 0 ? HTTP_REQUEST_COMPLETE : HTTP_REQUEST_BAD);
        ck_assert_int_eq(status, over == 0 ? 0 : 414);
    }
}

/* Too long and no path: refused for what shows first, however many of its bytes are there. */
TEST(a_target_is_refused_for_what_shows_first)
{
    char bytes[REQUEST_TARGET_BYTES_MAX + 100] = "GET ";
    memset(bytes + 4, 'x', sizeof bytes - 5);
    ck_assert_int_eq(check_heads(bytes, strlen(bytes), HTTP_REQUEST_BAD), 400);
}

/* One byte of a good request exchanged for every other: nothing crashes, and what is complete ends where the
 * empty line is. */
TEST(single_bytes_gone_wrong)
{
    static const char request[] = "POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nA: b\r\n\r\n";
    for (size_t at = 0; at < sizeof request - 1; at++) {
        for (int byte = 0; byte < 256; byte++) {
            char bytes[sizeof request];
            memcpy(bytes, request, sizeof bytes);
            bytes[at] = (char)byte;
            struct http_request parsed;
            int status = 0;
            enum http_parse found = http_request_parse(bytes, sizeof bytes - 1, &parsed, &status, NULL);
            ck_assert(found != HTTP_REQUEST_COMPLETE || parsed.head_bytes == sizeof bytes - 1);
            ck_assert_int_eq(found == HTTP_REQUEST_BAD, status != 0);
        }
    }
}

SUITE("http_request");
