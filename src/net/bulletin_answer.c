/* Answers with files of a bulletin, which never change. */
#include "bulletin_answer.h"

#include <turnout/wire/http_date.h>

#include "document_answer.h"

static void refuse_unknown(struct http_exchange *exchange, const char *detail)
{
    http_answer_problem(exchange, 404, "unknown-bulletin", "Unknown bulletin", detail, "", NULL);
}

static bool parse_number(struct slice text, int64_t *ret_number)
{
    uint64_t number;
    if (!text_parse_unsigned(text, INT32_MAX, &number) || text.bytes[0] == '0') {
        return false;
    }
    *ret_number = (int64_t)number;
    return true;
}

const struct bulletin *bulletin_of_path(struct publication *publication, struct http_exchange *exchange,
                                        struct slice number)
{
    int64_t value;
    const struct bulletin *bulletin =
        parse_number(number, &value) ? shelf_find(publication_shelf(publication), value) : NULL;
    if (bulletin == NULL) {
        refuse_unknown(exchange, "there is no bulletin of this number; /v1/bulletins lists them");
    }
    return bulletin;
}

const struct bulletin *bulletin_of_query(struct publication *publication, struct http_exchange *exchange,
                                         struct slice query, const char *name, const char *what)
{
    char text[DECIMAL_BYTES_MAX + 1];
    int64_t number;
    if (!http_query_value(query, name, text, sizeof text) || !parse_number(slice_of(text), &number)) {
        http_refuse_parameter(exchange, name, what);
        return NULL;
    }
    return bulletin_of_path(publication, exchange, slice_of(text));
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
                        .release = release_lent_publication,
                        .lender = publication,
                        .last_modified = modified,
                        .cache_control = counters != NULL ? CACHE_IMMUTABLE : CACHE_PRIVATE_IMMUTABLE,
                        .counters = counters,
                    });
}
