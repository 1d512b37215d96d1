/* The HTTP client against a child process that says what it is told to, one answer a connection. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/http_client.h"
#include "suite.h"

struct server {
    pid_t pid;
    int requests; /* what the server heard, readable here */
    char url[64];
};

/* Reads until the empty line, and the body when there is one; a request here fits into one buffer. */
static size_t hear(int fd, char *request, size_t capacity)
{
    size_t length = 0;
    for (;;) {
        ssize_t got = read(fd, request + length, capacity - 1 - length);
        if (got <= 0) {
            return length;
        }
        length += (size_t)got;
        request[length] = '\0';
        const char *body = strstr(request, "\r\n\r\n");
        if (body != NULL && (strncmp(request, "POST", 4) != 0 || strlen(body) > 4)) {
            return length;
        }
    }
}

static void serve(int listener, int heard, const char *answer)
{
    for (;;) {
        char request[4096];
        int fd = accept(listener, NULL, NULL);
        size_t length = fd < 0 ? 0 : hear(fd, request, sizeof request);
        if (length == 0 || write(heard, request, length) < 0) {
            _exit(1);
        }
        if (answer == NULL) {
            (void)pause(); /* says nothing, until it is ended */
        }
        (void)!write(fd, answer, strlen(answer));
        (void)close(fd);
    }
}

static struct server start(const char *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct server server = {0};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int heard[2];
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    ck_assert_int_eq(pipe(heard), 0);
    (void)snprintf(server.url, sizeof server.url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    server.pid = fork();
    ck_assert_int_ge(server.pid, 0);
    if (server.pid == 0) {
        serve(listener, heard[1], answer);
    }
    ck_assert_int_eq(close(listener), 0);
    ck_assert_int_eq(close(heard[1]), 0);
    server.requests = heard[0];
    return server;
}

static void stop(struct server *server)
{
    ck_assert_int_eq(kill(server->pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(server->pid, NULL, 0), server->pid);
    (void)close(server->requests);
}

static void check_heard(const struct server *server, const char *part)
{
    char request[4096];
    ssize_t length = read(server->requests, request, sizeof request - 1);
    ck_assert_int_gt(length, 0);
    request[length] = '\0';
    ck_assert_msg(strstr(request, part) != NULL, "no %s in\n%s", part, request);
}

static struct http_client *client_of(const char *url, int64_t timeout_ms)
{
    struct http_client *client = NULL;
    struct error error = {0};
    ck_assert_msg(http_client_new(url, false, timeout_ms, &client, &error) == TURNOUT_OK, "%s", error.text);
    return client;
}

TEST(a_get_brings_status_headers_and_body)
{
    struct server server =
        start("HTTP/1.1 200 OK\r\nContent-Length: 5\r\netag: \"abc\"\r\nConnection: close\r\n"
              "Retry-After: 7\r\n\r\nhello");
    struct http_client *client = client_of(server.url, 5000);
    struct http_response response = {0};
    struct error error = {0};
    ck_assert_msg(http_client_get(client, "/v1/turnout", NULL, &response, &error) == TURNOUT_OK, "%s",
                  error.text);
    ck_assert_int_eq(response.status, 200);
    ck_assert_str_eq(response.etag, "\"abc\"");
    ck_assert_int_eq(response.retry_after_s, 7);
    ck_assert_uint_eq(response.body.length, 5);
    ck_assert_str_eq(response.body.bytes, "hello");
    check_heard(&server, "GET /v1/turnout HTTP/1.1\r\n");
    ck_assert_int_eq(http_client_get(client, "/v1/turnout", "\"abc\"", &response, &error), TURNOUT_OK);
    ck_assert_uint_eq(response.body.length, 5);
    check_heard(&server, "\r\nIf-None-Match: \"abc\"\r\n");
    http_response_done(&response);
    http_client_free(client);
    stop(&server);
}

TEST(a_post_sends_its_body)
{
    struct server server = start("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                                 "Retry-After: soon\r\nConnection: close\r\n\r\n");
    struct http_client *client = client_of(server.url, 5000);
    struct http_response response = {.etag = "\"old\"", .retry_after_s = 9};
    struct error error = {0};
    ck_assert_msg(http_client_post(client, "/v1/reports", "application/json", "{\"seq\":1}rest", 9, &response,
                                   &error) == TURNOUT_OK,
                  "%s", error.text);
    ck_assert_int_eq(response.status, 503);
    ck_assert_str_eq(response.etag, "");
    ck_assert_int_eq(response.retry_after_s, 0);
    ck_assert_uint_eq(response.body.length, 0);
    char request[4096];
    ssize_t length = read(server.requests, request, sizeof request - 1);
    ck_assert_int_gt(length, 0);
    request[length] = '\0';
    ck_assert_ptr_nonnull(strstr(request, "POST /v1/reports HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(request, "\r\nContent-Type: application/json\r\n"));
    ck_assert_ptr_nonnull(strstr(request, "\r\nContent-Length: 9\r\n"));
    ck_assert_ptr_null(strstr(request, "Expect"));
    ck_assert_str_eq(strstr(request, "\r\n\r\n") + 4, "{\"seq\":1}");
    http_response_done(&response);
    http_client_free(client);
    stop(&server);
}

/* Whoever moves the report elsewhere is not the server that was named. */
TEST(redirects_are_not_followed)
{
    struct server server =
        start("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n"
              "Connection: close\r\n\r\n");
    struct http_client *client = client_of(server.url, 5000);
    struct http_response response = {0};
    ck_assert_int_eq(http_client_get(client, "/", NULL, &response, NULL), TURNOUT_OK);
    ck_assert_int_eq(response.status, 302);
    http_response_done(&response);
    http_client_free(client);
    stop(&server);
}

static const char *const half_answers[] = {
    NULL,                                                /* silence */
    "",                                                  /* closes at once */
    "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", /* closes in the midst */
    "SSH-2.0-OpenSSH_9.2\r\n",                           /* speaks something else */
};

LOOP_TEST(half_an_answer_is_none, COUNT(half_answers))
{
    struct server server = start(half_answers[_i]);
    struct http_client *client = client_of(server.url, 300);
    struct http_response response = {0};
    struct error error = {0};
    ck_assert_int_eq(http_client_get(client, "/", NULL, &response, &error), TURNOUT_UNAVAILABLE);
    ck_assert_str_ne(error.text, "");
    ck_assert_int_eq(response.status, 0);
    http_response_done(&response);
    http_client_free(client);
    stop(&server);
}

TEST(a_server_that_is_away_is_unavailable)
{
    struct server server = start("");
    stop(&server); /* its port is free now */
    struct http_client *client = client_of(server.url, 1000);
    struct http_response response = {0};
    struct error error = {0};
    ck_assert_int_eq(http_client_post(client, "/v1/reports", "application/json", "{}", 2, &response, &error),
                     TURNOUT_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "http://127.0.0.1:"));
    http_response_done(&response);
    http_client_free(client);
}

static const char *const bad_urls[] = {
    "",        "127.0.0.1:8081", "ftp://127.0.0.1/", "file:///etc/passwd",
    "http://", "http://a b/",    "http://h/?q=1",    "http://h/#f",
};

LOOP_TEST(what_is_no_server_is_refused, COUNT(bad_urls))
{
    struct http_client *client = NULL;
    struct error error = {0};
    ck_assert_msg(http_client_new(bad_urls[_i], true, 1000, &client, &error) == TURNOUT_BAD_INPUT, "`%s`",
                  bad_urls[_i]);
    ck_assert_str_eq(error.field, "server");
    ck_assert_ptr_null(client);
}

SUITE("http_client");
