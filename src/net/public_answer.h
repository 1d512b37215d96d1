/* Answering readers with a document, which they may keep for two seconds. */
#ifndef TURNOUT_NET_PUBLIC_ANSWER_H
#define TURNOUT_NET_PUBLIC_ANSWER_H

#include <turnout/net/public_reader.h>

/* With the publication_document() of the reader's publication. */
void public_answer_published(struct public_reader *reader, struct http_exchange *exchange,
                             const struct http_request *request, enum publication_document which, size_t at);

/* With a document that the reader's publication has. */
void public_answer(struct public_reader *reader, struct http_exchange *exchange,
                   const struct http_request *request, const struct document *document);

/* With one that was made for this request alone, which it frees. */
void public_answer_own(struct public_reader *reader, struct http_exchange *exchange,
                       const struct http_request *request, struct document *own);

#endif
