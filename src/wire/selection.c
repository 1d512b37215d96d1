/* Parses the lists of names in the query parameters `fields` and `level`. */
#include <turnout/wire/selection.h>

#include <string.h>

#include <turnout/base/nearest.h>
#include <turnout/base/text.h>

#include "area_fields.h"

/* Sets a bit for each name. `what` the names are: field or level. */
static enum turnout_error read_names(const char *list, const char *parameter, const char *what,
                                     const char *const *names, size_t count, uint32_t *ret_bits,
                                     struct error *error)
{
    struct slice rest = slice_of(list);
    uint32_t bits = 0;
    while (rest.bytes != NULL) {
        struct slice name = text_split(&rest, ',');
        size_t found;
        if (!text_find(name, names, count, &found)) {
            char shown[TEXT_SHOWN_BYTES];
            char hint[NEAREST_HINT_BYTES];
            struct nearest nearest = nearest_to(name);
            for (size_t i = 0; i < count; i++) {
                nearest_offer(&nearest, names[i]);
            }
            return error_fail(error, TURNOUT_BAD_INPUT, parameter, "\"%s\" is no %s of an area%s",
                              text_show(name, shown), what, nearest_hint(&nearest, hint));
        }
        bits |= UINT32_C(1) << found;
    }
    *ret_bits = bits;
    return TURNOUT_OK;
}

enum turnout_error selection_read_fields(const char *names, struct selection *selection, struct error *error)
{
    const char *known[AREA_FIELDS];
    for (enum area_field field = 0; field < AREA_FIELDS; field++) {
        known[field] = area_field_names[field].bytes;
    }
    enum turnout_error failed =
        read_names(names, "fields", "field", known, AREA_FIELDS, &selection->fields, error);
    selection->fields |= failed == TURNOUT_OK ? FIELD_BIT(FIELD_CODE) : 0;
    return failed;
}

enum turnout_error selection_read_levels(const char *names, struct selection *selection, struct error *error)
{
    const char *known[AREA_COMMUNE + 1];
    for (enum area_level level = 0; level <= AREA_COMMUNE; level++) {
        known[level] = area_level_name(level);
    }
    return read_names(names, "level", "level", known, AREA_COMMUNE + 1, &selection->levels, error);
}

bool selection_is_all(const struct selection *selection)
{
    return selection->fields == 0 && selection->levels == 0;
}

bool selection_has_level(const struct selection *selection, enum area_level level)
{
    return selection->levels == 0 || (selection->levels & UINT32_C(1) << level) != 0;
}
