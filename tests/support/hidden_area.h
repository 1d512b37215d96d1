/* An area whose figures are not to be seen, in a document in JSON. Only a header, because a test of a low layer links
 * nothing above it. */
#ifndef TURNOUT_TESTS_HIDDEN_AREA_H
#define TURNOUT_TESTS_HIDDEN_AREA_H

#include <check.h>
#include <jansson.h>

/* Nothing that was counted may be shown; every field must be there all the same. */
static inline void hidden_area_check(const json_t *area)
{
    static const char *const hidden[] = {"registered",
                                         "voted",
                                         "remaining",
                                         "percent",
                                         "units_reported",
                                         "units_complete",
                                         "communes_complete",
                                         "registered_reported",
                                         "percent_of_reported",
                                         "percent_low",
                                         "percent_high",
                                         "held",
                                         "as_of"};
    const char *code = json_string_value(json_object_get(area, "code"));
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
        ck_assert_msg(json_is_null(json_object_get(area, hidden[i])), "%s shows %s", code, hidden[i]);
    }
}

#endif
