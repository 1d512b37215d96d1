/* What committees are told of a unit that is not heard. */
#ifndef TURNOUT_NET_EXCUSE_HTTP_H
#define TURNOUT_NET_EXCUSE_HTTP_H

#include "committee_desk.h"

/* Writes `status`, the excuse that stands or `otherwise` where none does (may be NULL), and what belongs to it. */
void excuse_put(struct json_writer *json, const struct election *election, const struct excuse *excuse,
                enum excuse_status stands, const char *otherwise);

#endif
