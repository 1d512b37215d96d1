/* What tests say to a server of the small election (tests/support/small-election), and what they read back. */
#ifndef TURNOUT_TESTS_SMALL_ELECTION_H
#define TURNOUT_TESTS_SMALL_ELECTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>

#include "http.h"

enum { SMALL_REGISTERED = 6150, SMALL_UNITS = 10, SMALL_COMMUNES = 4, SMALL_PROVINCES = 2, SMALL_AREAS = 7 };

/* A report as a test thinks of it; what is left out is filled in with something good. */
struct small_report {
    const char *election; /* NULL: small */
    const char *unit;     /* NULL: 0101-001, whose roll is 1,000 */
    int seq;
    const char *as_of; /* NULL: 09:00 of the day */
    int voted;
    const char *more; /* more members, `,"kind":"final"`, or NULL */
    bool counts;      /* or else it is a test report, which a rehearsal takes */
};

/* Appends it as JSON, without a line end. */
void small_report_write(struct buffer *out, const struct small_report *report);

/* Posts it by itself. The caller ends with http_answer_done(). */
void small_report_post(uint16_t intake_http_port, const struct small_report *report,
                       struct http_answer *ret_answer);

/* The same; fails the test unless it is answered with this status, and frees the answer. */
void small_report_expect(uint16_t intake_http_port, const struct small_report *report, int status);

/* Sends it as a line of the stream. */
void small_report_send(struct http_link *stream, const struct small_report *report);

/* Parses a JSON document of which nothing may be wrong; the caller gives it back with json_decref(). */
json_t *json_of(const char *text);

/* Gets a document, which must be answered with this status; the caller gives it back with json_decref(). */
json_t *json_get(uint16_t port, const char *target, int status);

/* A member that must be there and be of this kind. Borrowed from `object`. */
const char *json_text_of(const json_t *object, const char *key);
int64_t json_integer_of(const json_t *object, const char *key);
const json_t *json_array_of(const json_t *object, const char *key);
const json_t *json_object_of(const json_t *object, const char *key);

/* Gets /v1/turnout on a connection that stays open, and that must be good for it. */
void small_get_turnout(struct http_link *link);

/* Waits until /v1/turnout shows this figure of the nation: that is when readers can see what was acknowledged. */
void small_wait_nation(uint16_t public_port, const char *figure, int64_t value);
void small_wait_voted(uint16_t public_port, int64_t voted);

/* Waits until it tells when the nation's first report was. A milestone is told a publication later than the figures
 * that reach it, so what is shown moves once more. */
void small_wait_first_report(uint16_t public_port);

#endif
