/* What the committee's endpoints share: admitting, reading what is asked, answering. No answer is ever cached. */
#ifndef TURNOUT_NET_COMMITTEE_DESK_H
#define TURNOUT_NET_COMMITTEE_DESK_H

#include <turnout/base/buffer.h>
#include <turnout/net/http_server.h>
#include <turnout/net/intake_desk.h>
#include <turnout/service/committee.h>
#include <turnout/service/principal.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/text_members.h>

/* "unauthorized", "wrong-role", "out-of-scope" */
const char *desk_admission_code(enum admission admission);

void desk_refuse_admission(struct http_exchange *exchange, enum admission admission, const struct error *why);

/* False after refusing, as everything here that admits or reads. */
bool desk_admit(const struct intake_desk *desk, struct http_exchange *exchange,
                const struct http_request *request, enum token_role wanted, struct principal *ret_principal);

/* Admits an admin of the nation only: for the phase, the publication and the register. */
bool desk_admit_admin(const struct intake_desk *desk, struct http_exchange *exchange,
                      const struct http_request *request, struct principal *ret_principal);

/* The unit of a path, for somebody of this role whose area contains it; REGISTER_NONE after refusing. */
uint32_t desk_admit_unit(const struct intake_desk *desk, struct http_exchange *exchange,
                         const struct http_request *request, enum token_role wanted, struct slice code,
                         struct principal *ret_principal);

/* `?round=`: one of the election's, from 1; 0 where the request says none. */
bool desk_read_round(const struct intake_desk *desk, struct http_exchange *exchange,
                     const struct http_request *request, uint32_t *ret_round);
void desk_refuse_round(struct http_exchange *exchange);

/* 400, for a member of a body. */
void desk_refuse_member(struct http_exchange *exchange, const char *name, const char *detail);

/* A JSON object of texts. */
bool desk_read_body(struct http_exchange *exchange, const struct http_request *request, struct slice body,
                    const struct text_member *members, size_t count);

/* Whether there is something that readers are shown: not yet, while the server starts. */
bool desk_is_showing(const struct intake_desk *desk, struct http_exchange *exchange);

/* For what the store could not do. */
void desk_refuse_for_store(struct http_exchange *exchange, enum turnout_error error, const char *why);

/* An empty text, and a moment of 0, are null. Moments are Unix seconds. */
void desk_put_text(struct json_writer *json, const char *key, const char *text);
void desk_put_moment(struct json_writer *json, const char *key, const struct election *election,
                     int64_t moment);

/* The members of what stands of a unit. */
void desk_put_state(struct json_writer *json, const struct election *election,
                    const struct unit_state *state);

/* The area of a path, for somebody who may view it; REGISTER_NONE after refusing. */
uint32_t desk_admit_area(const struct intake_desk *desk, struct http_exchange *exchange,
                         const struct http_request *request, struct slice code);

/* `test`: it is a rehearsal; `phase`; `phase_warning`: what is odd about it by the clock, or null. In every document of
 * a
 * committee. */
void desk_put_phase(struct json_writer *json, const struct intake_desk *desk);

/* Begins an answer, a JSON object, in an empty buffer; and ends it, sends it and frees the buffer. */
struct json_writer desk_open_json(struct buffer *body);
void desk_answer_json(struct http_exchange *exchange, int status, struct json_writer *json);

/* The same for a page of a list (page.h), with the phase. `total` is how many rows the whole list has (-1, not known:
 * null), `next` what `after` must be for the next page (NULL: there is none). */
void desk_answer_page(const struct intake_desk *desk, struct http_exchange *exchange,
                      struct json_writer *json, int64_t total, const char *next);

#endif
