/* Turning away addresses with too many failures (net/peers.h), on the intake listeners. */
#ifndef TURNOUT_NET_TOO_MANY_H
#define TURNOUT_NET_TOO_MANY_H

#include <stdbool.h>

#include <turnout/election/report.h>
#include <turnout/net/http_server.h>
#include <turnout/net/peers.h>

extern const char too_many_why[]; /* for a report that is turned away */

/* Notes a report's result for the sender's address. A new report is good. A refused one or a repetition is a failure:
 * nobody needs a key to repeat a report that they have seen. */
void too_many_note_result(struct visit *visit, const struct report_result *result);

/* True when the request is turned away. Then it has been answered and the connection ends, so that the next try is the
 * first one of a new connection. `asks_much`: more than one report. */
bool too_many_refuse(struct http_exchange *exchange, bool asks_much);

#endif
