/* The register of the store tests. */
#include <stdio.h>

#include <check.h>

#include "store_fixture.h"
#include "told_faults.h"

enum { UNITS_A_COMMUNE = 4 };

static void add_units(struct register_builder *builder, struct slice commune, uint32_t extra)
{
    static const uint32_t rolls[UNITS_A_COMMUNE] = {40, 17, 1, 0};
    for (int i = 0; i < UNITS_A_COMMUNE; i++) {
        char code[64];
        char roll[16];
        int length = snprintf(code, sizeof code, "%.*s-%03d", (int)commune.length, commune.bytes, i + 1);
        ck_assert_int_gt(length, 0);
        length = snprintf(roll, sizeof roll, "%u", rolls[i] + extra);
        ck_assert_int_gt(length, 0);
        register_builder_add_unit(builder, 1, slice_of(code), commune, slice_of("unit"), slice_of(roll));
    }
}

static void add_province(struct register_builder *builder, int number, uint32_t extra)
{
    char province_code[16];
    int length = snprintf(province_code, sizeof province_code, "%02d", number);
    ck_assert_int_gt(length, 0);
    struct slice province = slice_of(province_code);
    register_builder_add_area(builder, 1, province, slice_of("province"), slice_of("VN"), province,
                              slice_of(""));
    for (int i = 1; i <= STORE_FIXTURE_COMMUNES; i++) {
        char commune_code[32];
        length = snprintf(commune_code, sizeof commune_code, "%s.%d", province_code, i);
        ck_assert_int_gt(length, 0);
        struct slice commune = slice_of(commune_code);
        register_builder_add_area(builder, 1, commune, slice_of("commune"), province, commune, slice_of(""));
        if (number == 1 || i < STORE_FIXTURE_COMMUNES) {
            add_units(builder, commune, extra);
        }
    }
}

struct election_register *store_fixture_register(uint32_t extra)
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    register_builder_add_area(builder, 1, slice_of("VN"), slice_of("nation"), slice_of(""),
                              slice_of("nation"), slice_of(""));
    add_province(builder, 1, extra);
    add_province(builder, 2, extra);
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    return reg;
}
