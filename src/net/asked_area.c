/* From a code to an area. */
#include "asked_area.h"

uint32_t area_of_path(const struct election_register *reg, struct http_exchange *exchange, struct slice code)
{
    uint32_t area = register_find_area(reg, code);
    if (area == REGISTER_NONE) {
        http_answer_problem(
            exchange, 404, "unknown-area", "Unknown area",
            "no nation, province or commune of this election has this code: check it, leading "
            "zeros too",
            "", NULL);
    }
    return area;
}

uint32_t area_of_query(const struct election_register *reg, struct http_exchange *exchange,
                       struct slice query)
{
    char code[AREA_CODE_BYTES];
    if (!http_query_has(query, "area")) {
        return REGISTER_NATION;
    }
    uint32_t area = http_query_value(query, "area", code, sizeof code)
                        ? register_find_area(reg, slice_of(code))
                        : REGISTER_NONE;
    if (area == REGISTER_NONE) {
        http_answer_problem(exchange, 404, "unknown-area", "Unknown area",
                            "no nation, province or commune of this election has this code", "area", NULL);
    }
    return area;
}
