/* GET /v1/series: reads which part of the series is asked for. */
#include "series_http.h"

#include <turnout/base/rfc3339.h>

#include "asked_area.h"
#include "public_answer.h"

/* These return false after refusing. */

static bool read_area(struct http_exchange *exchange, struct slice query, const struct series *series,
                      uint32_t *ret_area)
{
    const struct election_register *reg = series_register(series);
    *ret_area = area_of_query(reg, exchange, query);
    if (*ret_area > reg->province_count && *ret_area != REGISTER_NONE) {
        http_answer_problem(exchange, 404, "no-series", "No series",
                            "the series is of the nation and the provinces; what a commune had in a bulletin "
                            "is in that bulletin's files",
                            "area", NULL);
    }
    return *ret_area <= reg->province_count;
}

static bool read_moment(struct http_exchange *exchange, struct slice query, const char *name,
                        int64_t *ret_moment)
{
    char value[RFC3339_BYTES];
    if (!http_query_has(query, name)) {
        return true;
    }
    if (!http_query_value(query, name, value, sizeof value) ||
        !rfc3339_parse(slice_of(value), ret_moment, NULL)) {
        http_refuse_parameter(exchange, name, "from and to are times like 2026-03-15T07:00:00+07:00");
        return false;
    }
    return true;
}

static bool read_step(struct http_exchange *exchange, struct slice query, int64_t *ret_step)
{
    char value[8];
    *ret_step = 1;
    if (!http_query_has(query, "step")) {
        return true;
    }
    if (!http_query_value(query, "step", value, sizeof value) ||
        !text_parse_integer(slice_of(value), 1, SERIES_STEP_MAX, ret_step)) {
        http_refuse_parameter(exchange, "step", "step is a whole number of minutes, from 1 to 1440");
        return false;
    }
    return true;
}

void series_http_get(void *context, struct http_exchange *exchange, const struct http_request *request,
                     struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    struct public_reader *reader = context;
    struct slice text = request->query;
    struct series_query query = {.from = 0};
    if (!read_area(exchange, text, publication_series(reader->publication), &query.area) ||
        !read_moment(exchange, text, "from", &query.from) || !read_moment(exchange, text, "to", &query.to) ||
        !read_step(exchange, text, &query.step)) {
        return;
    }
    if (query.to != 0 && query.from > query.to) {
        http_refuse_parameter(exchange, "from", "from is later than to");
        return;
    }
    if (query.from == 0 && query.to == 0 && query.step == 1) {
        public_answer_published(reader, exchange, request, PUBLISHED_SERIES, query.area);
        return;
    }
    struct document *own = publication_series_part(reader->publication, query);
    if (own == NULL) {
        http_refuse_parameter(exchange, "step",
                              "that is more than 1,441 points: take a larger step, or less time");
        return;
    }
    public_answer_own(reader, exchange, request, own);
}
