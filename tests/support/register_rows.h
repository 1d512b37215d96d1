/* A register out of a few rows, for a test that needs one and is about something else. Only a header, because a test of
 * a low layer links nothing above it. */
#ifndef TURNOUT_TESTS_REGISTER_ROWS_H
#define TURNOUT_TESTS_REGISTER_ROWS_H

#include <check.h>

#include <turnout/election/register.h>

#include "told_faults.h"

enum { REGISTER_ROWS_MAX = 16 };

/* Both end with a row without a code, or are full. */
struct register_rows {
    struct {
        const char *code;
        const char *level;
        const char *parent;
    } areas[REGISTER_ROWS_MAX];
    struct {
        const char *code;
        const char *commune;
        const char *registered;
    } units[REGISTER_ROWS_MAX];
};

/* Everything is called "Name". A fault ends the test; the caller frees. */
static inline struct election_register *register_of_rows(const struct register_rows *rows)
{
    struct slice name = slice_of("Name");
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    for (uint32_t i = 0; i < REGISTER_ROWS_MAX && rows->areas[i].code != NULL; i++) {
        register_builder_add_area(builder, i + 2, slice_of(rows->areas[i].code),
                                  slice_of(rows->areas[i].level), slice_of(rows->areas[i].parent), name,
                                  slice_of(""));
    }
    for (uint32_t i = 0; i < REGISTER_ROWS_MAX && rows->units[i].code != NULL; i++) {
        register_builder_add_unit(builder, i + 2, slice_of(rows->units[i].code),
                                  slice_of(rows->units[i].commune), name,
                                  slice_of(rows->units[i].registered));
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    return reg;
}

#endif
