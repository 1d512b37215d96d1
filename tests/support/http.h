/* A small client over a blocking socket, for HTTP and for the stream of lines. It sends whatever bytes it is
 * given, so that a test can be as rude as it likes. All functions end the test when the peer does not do what is
 * waited for within PROCESS_DEADLINE_MS. */
#ifndef TURNOUT_TESTS_HTTP_H
#define TURNOUT_TESTS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>

/* A connection to 127.0.0.1. */
struct http_link {
    int fd;
    struct buffer received; /* but not yet read by the test */
};

struct http_answer {
    int status;
    char *head; /* status line and header lines, each with its CRLF */
    char *body; /* NUL-terminated behind its `body_bytes` */
    size_t body_bytes;
};

void http_open(struct http_link *link, uint16_t port);

/* Keeps a port of turnoutd's for it while it is away: nobody else is given it. Returns a descriptor for the caller to
 * close. Nothing listens there because of it. */
int http_keep_port(uint16_t port);

/* The same from another address of this machine, 127.0.0.0/8. */
void http_open_from(struct http_link *link, const char *address, uint16_t port);
void http_close(struct http_link *link);

void http_send(struct http_link *link, const char *bytes, size_t length);
void http_send_text(struct http_link *link, const char *text);
void http_send_end(struct http_link *link); /* says that no more will come; reading goes on */

/* Waits until the peer's process has read all that was sent, so that what is sent next reaches it by itself. */
void http_wait_taken(const struct http_link *link);

/* Reads one answer; its body is as long as its Content-Length says, or empty for HEAD (`has_body` false), 1xx, 204
 * and 304. An answer without Content-Length that should have a body fails the test. The caller ends with
 * http_answer_done(). */
void http_read_answer(struct http_link *link, bool has_body, struct http_answer *ret_answer);

/* The same, or false when the peer closes instead of answering. */
bool http_next_answer(struct http_link *link, bool has_body, struct http_answer *ret_answer);

/* Reads one line and copies it without its end. */
void http_read_line(struct http_link *link, char *ret_line, size_t capacity);

/* Waits until the peer closes; what it sends before that is kept in `received`. */
void http_read_to_end(struct http_link *link);

/* The peer must close without another byte; then this end is closed too. */
void http_expect_closed(struct http_link *link);

void http_answer_done(struct http_answer *answer);

/* Copies the value of the only header of this name (in any case); false when there is none. */
bool http_answer_header(const struct http_answer *answer, const char *name, char *ret_value, size_t capacity);

/* There must be one, and it must have this value. */
void http_check_header(const struct http_answer *answer, const char *name, const char *wanted);

/* One request on a connection of its own, which is closed afterwards. `headers` are whole lines, each with its
 * CRLF, and may be "". */
void http_request(uint16_t port, const char *method, const char *target, const char *headers,
                  struct http_answer *ret_answer);
void http_post(uint16_t port, const char *target, const char *content_type, const char *body,
               size_t body_bytes, struct http_answer *ret_answer);

#endif
