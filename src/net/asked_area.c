/* From a code to an area. */
#include "asked_area.h"

/* `field` is for the problem document: the parameter, or empty. */
static uint32_t find_area(const struct election_register *reg, struct http_exchange *exchange,
                          struct slice code, const char *field)
{
    uint32_t area = register_find_area(reg, code);
    if (area == REGISTER_NONE) {
        http_answer_problem(
            exchange, 404, "unknown-area", "Unknown area",
            "no nation, province or commune of this election has this code: check it, leading "
            "zeros too",
            field, NULL);
    }
    return area;
}

uint32_t area_of_path(const struct election_register *reg, struct http_exchange *exchange, struct slice code)
{
    return find_area(reg, exchange, code, "");
}

uint32_t area_of_query(const struct election_register *reg, struct http_exchange *exchange,
                       struct slice query)
{
    char code[AREA_CODE_BYTES];
    if (!http_query_has(query, "area")) {
        return REGISTER_NATION;
    }
    bool is_read = http_query_value(query, "area", code, sizeof code); /* no code is longer */
    return find_area(reg, exchange, is_read ? slice_of(code) : slice_of(""), "area");
}
