/* Answers readers with a document. What is lent is the publication, or a document of the request's own. */
#include "public_answer.h"

#include "document_answer.h"

/* `answer` says what is lent. */
static void answer_reader(struct public_reader *reader, struct http_exchange *exchange,
                          const struct http_request *request, struct document_answer answer)
{
    answer.last_modified = publication_last_modified(reader->publication);
    answer.cache_control = CACHE_LIVE;
    answer.counters = reader->counters;
    document_answer(exchange, request, &answer);
}

void public_answer(struct public_reader *reader, struct http_exchange *exchange,
                   const struct http_request *request, const struct document *document)
{
    publication_acquire(reader->publication);
    answer_reader(reader, exchange, request,
                  (struct document_answer){.document = document,
                                           .release = release_lent_publication,
                                           .lender = reader->publication});
}

void public_answer_published(struct public_reader *reader, struct http_exchange *exchange,
                             const struct http_request *request, enum publication_document which, size_t at)
{
    public_answer(reader, exchange, request, publication_document(reader->publication, which, at));
}

static void free_document(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    document_free(lender);
}

void public_answer_own(struct public_reader *reader, struct http_exchange *exchange,
                       const struct http_request *request, struct document *own)
{
    enum http_coding coding;
    if (http_request_choose_coding(request, &coding)) {
        /* A connection is charged with the bytes that it sends, and with no others. */
        document_shed(own, coding);
    }
    answer_reader(reader, exchange, request,
                  (struct document_answer){.document = own, .release = free_document, .lender = own});
}
