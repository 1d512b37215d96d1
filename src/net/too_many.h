/* Turning away who has asked too much in vain (net/peers.h), on the intake listeners. */
#ifndef TURNOUT_NET_TOO_MANY_H
#define TURNOUT_NET_TOO_MANY_H

#include <stdbool.h>

#include <turnout/election/report.h>
#include <turnout/net/http_server.h>
#include <turnout/net/peers.h>

extern const char too_many_why[]; /* for a report that is turned away */

/* What the answer to a report says of who sent it. New reports are good; refused ones and repetitions were in vain,
 * for nobody needs a key to repeat what they have seen. */
void too_many_note_result(struct visit *visit, const struct report_result *result);

/* Whether this request may not be heard; then it has been answered, and the connection ends with that, so that the next
 * try is a first one. `asks_much`: more than one report. */
bool too_many_refuse(struct http_exchange *exchange, bool asks_much);

#endif
