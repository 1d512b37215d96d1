/* What readers ask for of a snapshot. */
#include <turnout/wire/selection.h>

#include <check.h>
#include <string.h>

#include "../../src/wire/area_fields.h"
#include "suite.h"

static const struct {
    const char *names;
    uint32_t fields;   /* 0: refused */
    const char *fault; /* how it begins */
} lists[] = {
    {"voted", FIELD_BIT(FIELD_CODE) | FIELD_BIT(FIELD_VOTED), NULL},
    {"code", FIELD_BIT(FIELD_CODE), NULL},
    {"percent,voted,percent", FIELD_BIT(FIELD_CODE) | FIELD_BIT(FIELD_VOTED) | FIELD_BIT(FIELD_PERCENT),
     NULL},
    {"revision", FIELD_BIT(FIELD_CODE) | FIELD_BIT(FIELD_REVISION), NULL},
    {"", 0, "\"\" is no field of an area"},
    {"vote", 0, "\"vote\" is no field of an area; did you mean voted?"},
    {"Voted", 0, "\"Voted\" is no field of an area; did you mean voted?"},
    {"voted,", 0, "\"\" is no field of an area"},
    {"voted, percent", 0, "\" percent\" is no field of an area; did you mean percent?"},
    {"voted,x\x01y", 0, "\"x?y\" is no field of an area"},
    {"voted;percent", 0, "\"voted;percent\" is no field of an area"},
};

LOOP_TEST(fields_are_named, COUNT(lists))
{
    struct selection selection = {0};
    struct error error;
    enum turnout_error failed = selection_read_fields(lists[_i].names, &selection, &error);
    ck_assert_int_eq(failed == TURNOUT_OK, lists[_i].fields != 0);
    if (failed == TURNOUT_OK) {
        ck_assert_uint_eq(selection.fields, lists[_i].fields);
    } else {
        ck_assert_str_eq(error.field, "fields");
        ck_assert_msg(strncmp(error.text, lists[_i].fault, strlen(lists[_i].fault)) == 0, "%s", error.text);
    }
}

TEST(every_field_has_a_name)
{
    for (enum area_field field = 0; field < AREA_FIELDS; field++) {
        struct selection selection = {0};
        struct error error;
        ck_assert_int_eq(selection_read_fields(area_field_names[field].bytes, &selection, &error),
                         TURNOUT_OK);
        ck_assert_uint_eq(selection.fields, FIELD_BIT(FIELD_CODE) | FIELD_BIT(field));
    }
}

TEST(levels_are_named)
{
    struct selection selection = {0};
    struct error error;
    ck_assert(selection_is_all(&selection) && selection_has_level(&selection, AREA_COMMUNE));
    ck_assert_int_eq(selection_read_levels("nation,province", &selection, &error), TURNOUT_OK);
    ck_assert(!selection_is_all(&selection));
    ck_assert(selection_has_level(&selection, AREA_NATION) && selection_has_level(&selection, AREA_PROVINCE));
    ck_assert(!selection_has_level(&selection, AREA_COMMUNE));
    ck_assert_int_eq(selection_read_levels("provinces", &selection, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "level");
    ck_assert_str_eq(error.text, "\"provinces\" is no level of an area; did you mean province?");
    ck_assert_int_eq(selection_read_levels("unit", &selection, &error), TURNOUT_BAD_INPUT);
}

SUITE("selection");
