/* From a path to an area. */
#include "area_path.h"

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
