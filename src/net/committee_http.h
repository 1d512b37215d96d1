/* What committees ask of the intake listener (DESIGN section 8, proto/committee.md): the handlers, whose routes stand
 * in the table of intake_http.c. Their context is the worker's struct intake_desk. */
#ifndef TURNOUT_NET_COMMITTEE_HTTP_H
#define TURNOUT_NET_COMMITTEE_HTTP_H

#include <turnout/net/http_server.h>

http_handler_fn committee_get_desk;
http_handler_fn committee_get_unit;
http_handler_fn committee_get_units;
http_handler_fn committee_get_silent;
http_handler_fn committee_get_board;
http_handler_fn committee_get_ledger;
http_handler_fn committee_get_held;
http_handler_fn committee_post_held;
http_handler_fn committee_post_void;
http_handler_fn committee_post_excuse;
http_handler_fn committee_get_owing;
http_handler_fn committee_get_flagged;
http_handler_fn committee_get_refused;
http_handler_fn committee_post_phase;
http_handler_fn committee_post_publication;
http_handler_fn committee_post_bulletin;
http_handler_fn committee_get_bulletin_area;
http_handler_fn committee_get_register;
http_handler_fn committee_post_register;

#endif
