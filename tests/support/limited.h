/* A turnoutd of the small election with tight limits for each address and each key, and peers that ask it. They come
 * from 127.0.0.2 and beyond; 127.0.0.1, where the test itself looks from, is a proxy. */
#ifndef TURNOUT_TESTS_LIMITED_H
#define TURNOUT_TESTS_LIMITED_H

#include "http.h"
#include "turnoutd.h"
#include "workspace.h"

/* What it allows: connections of an address, refusals of an address, and new reports of a unit in a minute. */
enum { CONNECTIONS = 4, FAILURES_MAX = 6, A_MINUTE = 3 };

static const char crowd[] = "127.0.0.2"; /* many behind one address */
static const char elsewhere[] = "127.0.0.3";

/* Whether what is reported counts, or else is a test. */
extern bool limited_counts;

/* Has the keys "unit" of 0101-001, "neighbour" of 0101-002 and "commune" of 0101. */
void limited_start(struct turnoutd *turnoutd, struct workspace *workspace);

/* A signed report of 0101-001; `signer` is "unit" for a good signature. */
void write_signed(struct buffer *out, int32_t seq, const char *signer);

/* Sends a line; the code of its answer must be this, or its status where there is no code. */
void expect_on_stream(struct http_link *link, const char *line, const char *wanted);
void expect_report(struct http_link *link, int32_t seq, const char *signer, const char *wanted);

/* Both return the status of the answer. */
int ask_held(struct http_link *link, const char *headers);
int ask_anything(struct http_link *link); /* for what is nowhere: neither a success nor a failure */

#endif
