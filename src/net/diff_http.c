/* GET /v1/diff: reads which two times are asked for, and of which area. */
#include "diff_http.h"

#include <string.h>

#include <turnout/service/publication_diff.h>

#include "bulletin_answer.h"
#include "public_answer.h"

/* False after refusing. *ret_to is NULL for now. */
static bool read_sides(const struct public_reader *reader, struct http_exchange *exchange, struct slice query,
                       const struct bulletin **ret_from, const struct bulletin **ret_to)
{
    static const char what[] =
        "from and to are numbers of bulletins, which /v1/bulletins lists; to may be `now`";
    char to[sizeof "now"];
    bool is_until_now = !http_query_has(query, "to") ||
                        (http_query_value(query, "to", to, sizeof to) && strcmp(to, "now") == 0);
    *ret_to = NULL;
    *ret_from = bulletin_of_query(reader->publication, exchange, query, "from", what);
    if (*ret_from == NULL || is_until_now) {
        return *ret_from != NULL;
    }
    *ret_to = bulletin_of_query(reader->publication, exchange, query, "to", what);
    if (*ret_to == NULL) {
        return false;
    }
    if (bulletin_summary_of(*ret_from)->statement.number >= bulletin_summary_of(*ret_to)->statement.number) {
        http_refuse_parameter(exchange, "from", "from is an earlier bulletin than to");
        return false;
    }
    return true;
}

void diff_http_get(void *context, struct http_exchange *exchange, const struct http_request *request,
                   struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    struct public_reader *reader = context;
    const struct bulletin *from;
    const struct bulletin *to;
    struct document *own = NULL;
    char area[AREA_CODE_BYTES] = "";
    enum diff_outcome outcome = DIFF_NO_AREA;
    if (!read_sides(reader, exchange, request->query, &from, &to)) {
        return;
    }
    if (!http_query_has(request->query, "area") ||
        (http_query_value(request->query, "area", area, sizeof area) && area[0] != '\0')) {
        outcome = publication_diff(reader->publication, from, to, area, &own);
    }
    if (outcome == DIFF_MADE) {
        public_answer_own(reader, exchange, request, own);
    } else if (outcome == DIFF_NO_AREA) {
        http_answer_problem(exchange, 404, "unknown-area", "Unknown area",
                            "no nation, province or commune had this code then", "area", NULL);
    } else {
        http_answer_problem(exchange, 404, "unknown-bulletin", "Unknown bulletin",
                            "the bulletin was frozen by an older server, without what this needs", "from",
                            NULL);
    }
}
