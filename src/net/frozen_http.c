/* Frozen documents are immutable: every cache may keep them. */
#include "frozen_http.h"

#include <turnout/service/frozen_view.h>

#include "bulletin_answer.h"

bool frozen_http_answer(struct public_reader *reader, struct http_exchange *exchange,
                        const struct http_request *request, size_t which)
{
    char number[DECIMAL_BYTES_MAX + 1];
    if (!http_query_has(request->query, "at")) {
        return false;
    }
    int64_t value;
    if (!http_query_value(request->query, "at", number, sizeof number) || number[0] == '0' ||
        !text_parse_integer(slice_of(number), 1, INT32_MAX, &value)) {
        http_answer_problem(exchange, 400, "bad-parameter", "Bad parameter",
                            "at is the number of a bulletin; /v1/bulletins lists them", "at", NULL);
        return true;
    }
    const struct bulletin *bulletin = bulletin_of_path(reader->publication, exchange, slice_of(number));
    if (bulletin != NULL) {
        bulletin_answer(reader->publication, bulletin,
                        frozen_document(bulletin, publication_figures(reader->publication), which), exchange,
                        request, reader->counters);
    }
    return true;
}
