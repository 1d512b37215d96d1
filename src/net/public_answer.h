/* Answering readers with a document: which coding, and 200 or 304. */
#ifndef TURNOUT_NET_PUBLIC_ANSWER_H
#define TURNOUT_NET_PUBLIC_ANSWER_H

#include <turnout/net/public_reader.h>

/* With a document of the reader's publication. */
void public_answer(struct public_reader *reader, struct http_exchange *exchange,
                   const struct http_request *request, const struct document *document);

/* With one that was made for this request alone, which it frees. */
void public_answer_own(struct public_reader *reader, struct http_exchange *exchange,
                       const struct http_request *request, struct document *own);

#endif
