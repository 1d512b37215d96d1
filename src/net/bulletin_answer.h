/* What is of a bulletin, for the listener of readers and that of committees. */
#ifndef TURNOUT_NET_BULLETIN_ANSWER_H
#define TURNOUT_NET_BULLETIN_ANSWER_H

#include <turnout/net/http_server.h>
#include <turnout/service/counters.h>
#include <turnout/service/publication.h>

/* The bulletin of this number, as text; NULL after answering that there is none. */
const struct bulletin *bulletin_of_path(struct publication *publication, struct http_exchange *exchange,
                                        struct slice number);

/* The same of a parameter; `what` says what it is to be, for who sends none or another. */
const struct bulletin *bulletin_of_query(struct publication *publication, struct http_exchange *exchange,
                                         struct slice query, const char *name, const char *what);

/* Answers with a document of a bulletin; NULL: that there is none of this name. The document never changes, so a reader
 * may keep it. `counters` are those of the readers' listener; NULL where not everybody may read the document. */
void bulletin_answer(struct publication *publication, const struct bulletin *bulletin,
                     const struct document *document, struct http_exchange *exchange,
                     const struct http_request *request, struct counters *counters);

#endif
