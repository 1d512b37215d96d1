/* Frozen documents are immutable: every cache may keep them. */
#include "frozen_http.h"

#include <turnout/service/frozen_view.h>

#include "bulletin_answer.h"

bool frozen_http_answer(struct public_reader *reader, struct http_exchange *exchange,
                        const struct http_request *request, size_t which)
{
    if (!http_query_has(request->query, "at")) {
        return false;
    }
    const struct bulletin *bulletin =
        bulletin_of_query(reader->publication, exchange, request->query, "at",
                          "at is the number of a bulletin; /v1/bulletins lists them");
    if (bulletin != NULL) {
        bulletin_answer(reader->publication, bulletin,
                        frozen_document(bulletin, publication_figures(reader->publication), which), exchange,
                        request, reader->counters);
    }
    return true;
}
