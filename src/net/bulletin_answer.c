/* Answers with files of a bulletin, which never change. */
#include "bulletin_answer.h"

#include <turnout/wire/http_date.h>

#include "document_answer.h"

static void refuse_unknown(struct http_exchange *exchange, const char *detail)
{
    http_answer_problem(exchange, 404, "unknown-bulletin", "Unknown bulletin", detail, "", NULL);
}

const struct bulletin *bulletin_of_path(struct publication *publication, struct http_exchange *exchange,
                                        struct slice number)
{
    uint64_t value = 0;
    const struct bulletin *bulletin = text_parse_unsigned(number, INT32_MAX, &value) && number.bytes[0] != '0'
                                          ? shelf_find(publication_shelf(publication), (int64_t)value)
                                          : NULL;
    if (bulletin == NULL) {
        refuse_unknown(exchange, "there is no bulletin of this number; /v1/bulletins lists them");
    }
    return bulletin;
}

static void release_publication(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    publication_release(lender);
}

void bulletin_answer(struct publication *publication, const struct bulletin *bulletin,
                     const struct document *document, struct http_exchange *exchange,
                     const struct http_request *request, struct counters *counters)
{
    char modified[HTTP_DATE_BYTES];
    if (document == NULL) {
        refuse_unknown(exchange, "the bulletin has nothing of this name");
        return;
    }
    http_date_write(bulletin_cut(bulletin), modified);
    publication_acquire(publication);
    document_answer(exchange, request,
                    &(struct document_answer){
                        .document = document,
                        .release = release_publication,
                        .lender = publication,
                        .last_modified = modified,
                        .cache_control = counters != NULL ? CACHE_IMMUTABLE : CACHE_PRIVATE_IMMUTABLE,
                        .counters = counters,
                    });
}
