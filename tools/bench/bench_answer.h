/* Reading answers quickly: the load programs look at every one of them, and share the processor with the server. */
#ifndef TURNOUT_BENCH_ANSWER_H
#define TURNOUT_BENCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/text.h>

/* The length of the whole HTTP answer that the bytes begin with, its status and its body; 0 while it is not all
 * there. */
size_t answer_http_find(struct slice bytes, int *ret_status, struct slice *ret_body);

/* Whether an answer of turnoutd, a line of JSON, says that the report is accepted. *ret_line is the number of the line
 * that it answers, 0 when it names none. */
bool answer_is_accepted(struct slice json, uint64_t *ret_line);

/* Whether a stream's line is the welcome that a token is answered with. */
bool answer_is_welcome(struct slice json);

#endif
