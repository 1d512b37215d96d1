/* Answering with a document: in which coding, and 200 or 304. */
#ifndef TURNOUT_NET_DOCUMENT_ANSWER_H
#define TURNOUT_NET_DOCUMENT_ANSWER_H

#include <turnout/net/http_server.h>
#include <turnout/service/counters.h>
#include <turnout/service/document.h>
#include <turnout/service/publication.h>

#define CACHE_LIVE              "public, max-age=2, stale-while-revalidate=30"
#define CACHE_IMMUTABLE         "public, max-age=31536000, immutable"
#define CACHE_PRIVATE_IMMUTABLE "private, max-age=31536000, immutable"

struct document_answer {
    const struct document *document; /* lent until `release` is called with `lender` */
    void (*release)(const void *body, size_t body_bytes, void *lender);
    void *lender;
    const char *last_modified; /* an HTTP date */
    const char *cache_control;
    struct counters *counters; /* NULL: it is not counted */
};

void document_answer(struct http_exchange *exchange, const struct http_request *request,
                     const struct document_answer *answer);

/* A `release` for a lender that is a publication: gives back a reference to it. */
void release_lent_publication(const void *body, size_t body_bytes, void *lender);

#endif
