/* Signing keys: which one an id names, for whom it may sign, when it is good, and what a set of them must not hold.
 * Faults are gathered as lines, `file:line: field: text`. */
#include <turnout/election/keys.h>

#include <stdio.h>

#include <check.h>

#include <turnout/base/buffer.h>

#include "register_rows.h"
#include "suite.h"
#include "told_faults.h"

static struct election_register *reg;
static struct buffer faults;

/* Two provinces of two communes of two units, but the last commune has none. */
static const struct register_rows places = {
    .areas = {{"N", "nation", ""},
              {"1", "province", "N"},
              {"2", "province", "N"},
              {"11", "commune", "1"},
              {"12", "commune", "1"},
              {"21", "commune", "2"},
              {"22", "commune", "2"}},
    .units = {{"111", "11", "9"},
              {"112", "11", "9"},
              {"121", "12", "9"},
              {"122", "12", "9"},
              {"211", "21", "9"},
              {"212", "21", "9"}},
};

static void set_up(void)
{
    reg = register_of_rows(&places);
}

static void tear_down(void)
{
    register_release(reg);
    buffer_done(&faults);
}

struct row {
    const char *id;
    const char *area;
    int64_t from;
    int64_t until;
    int64_t revoked;
};

static const unsigned char some_key[PUBLIC_KEY_BYTES] = {1, 2, 3};

/* NULL when there were faults; the first row stands in line 2. */
static struct signing_keys *build(const struct row *rows, size_t count)
{
    struct signing_keys_builder *builder = signing_keys_builder_new(reg, gather_fault, &faults);
    for (size_t i = 0; i < count; i++) {
        signing_keys_builder_add(builder, (uint32_t)i + 2, slice_of(rows[i].id), slice_of(rows[i].area),
                                 some_key, rows[i].from, rows[i].until, rows[i].revoked);
    }
    struct signing_keys *keys = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
    return keys;
}

FIXTURE(set_up, tear_down);

TEST(an_empty_set_knows_no_key)
{
    struct signing_keys *keys = build(NULL, 0);
    ck_assert_ptr_nonnull(keys);
    ck_assert_uint_eq(signing_keys_count(keys), 0);
    ck_assert_ptr_null(signing_keys_find(keys, "a"));
    ck_assert_ptr_null(signing_keys_find(keys, ""));
    signing_keys_release(keys);
}

TEST(a_key_is_what_its_row_says)
{
    static const struct row rows[] = {{"a.1", "112", 5, 9, 7}, {"office", "12", 0, 0, 0}};
    struct signing_keys *keys = build(rows, 2);
    ck_assert_msg(keys != NULL, "%s", faults.bytes);
    const struct signing_key *key = signing_keys_find(keys, "a.1");
    ck_assert_ptr_nonnull(key);
    ck_assert_str_eq(key->id, "a.1");
    ck_assert_uint_eq(key->unit, register_find_unit(reg, slice_of("112")));
    ck_assert_uint_eq(key->area, REGISTER_NONE);
    ck_assert_mem_eq(key->public_key, some_key, sizeof some_key);
    ck_assert_int_eq(key->from, 5);
    ck_assert_int_eq(key->until, 9);
    ck_assert_int_eq(key->revoked, 7);
    key = signing_keys_find(keys, "office");
    ck_assert_ptr_nonnull(key);
    ck_assert_uint_eq(key->unit, REGISTER_NONE);
    ck_assert_uint_eq(key->area, register_find_area(reg, slice_of("12")));
    ck_assert_ptr_null(signing_keys_find(keys, "A.1"));
    ck_assert_ptr_null(signing_keys_find(keys, "a."));
    ck_assert_ptr_null(signing_keys_find(keys, "offic"));
    signing_keys_release(keys);
}

/* Around the sizes at which rows and table grow. */
LOOP_TEST(each_of_many_is_found, 7)
{
    static const size_t counts[] = {1, 2, 63, 64, 65, 1000, 20000};
    size_t count = counts[_i];
    struct signing_keys_builder *builder = signing_keys_builder_new(reg, gather_fault, &faults);
    char id[KEY_BYTES_MAX + 1];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(id, sizeof id, "key-%zu", i);
        signing_keys_builder_add(builder, 2, slice_of(id), slice_of("111"), some_key, (int64_t)i + 1, 0, 0);
    }
    struct signing_keys *keys = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
    ck_assert_ptr_nonnull(keys);
    ck_assert_uint_eq(signing_keys_count(keys), count);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(id, sizeof id, "key-%zu", i);
        const struct signing_key *key = signing_keys_find(keys, id);
        ck_assert_ptr_nonnull(key);
        ck_assert_int_eq(key->from, (int64_t)i + 1);
    }
    (void)snprintf(id, sizeof id, "key-%zu", count);
    ck_assert_ptr_null(signing_keys_find(keys, id));
    signing_keys_release(keys);
}

TEST(a_set_lives_as_long_as_somebody_holds_it)
{
    static const struct row row = {"a", "111", 0, 0, 0};
    struct signing_keys *keys = build(&row, 1);
    signing_keys_acquire(keys);
    signing_keys_release(keys);
    ck_assert_ptr_nonnull(signing_keys_find(keys, "a"));
    signing_keys_release(keys);
    signing_keys_release(NULL);
}

static const struct {
    const char *area;
    const char *unit;
    bool covers;
} coverings[] = {
    {"111", "111", true}, {"111", "112", false}, {"111", "211", false}, {"11", "111", true},
    {"11", "112", true},  {"11", "121", false},  {"11", "211", false},  {"22", "211", false},
    {"1", "111", true},   {"1", "122", true},    {"1", "211", false},   {"2", "212", true},
    {"2", "122", false},  {"N", "111", true},    {"N", "212", true},
};

LOOP_TEST(a_key_signs_for_its_unit_or_for_those_in_its_area, COUNT(coverings))
{
    struct row row = {.id = "a", .area = coverings[_i].area};
    struct signing_keys *keys = build(&row, 1);
    ck_assert_ptr_nonnull(keys);
    uint32_t unit = register_find_unit(reg, slice_of(coverings[_i].unit));
    ck_assert_msg(signing_key_covers(signing_keys_find(keys, "a"), reg, unit) == coverings[_i].covers,
                  "%s for %s", coverings[_i].area, coverings[_i].unit);
    signing_keys_release(keys);
}

static const struct {
    int64_t from;
    int64_t until;
    int64_t revoked;
    int64_t now;
    const char *why; /* NULL: it is good */
} moments[] = {
    {0, 0, 0, 1, NULL},
    {100, 0, 0, 99, "is not valid yet"},
    {100, 0, 0, 100, NULL},
    {0, 200, 0, 199, NULL},
    {0, 200, 0, 200, "has expired"},
    {100, 200, 150, 149, NULL},
    {100, 200, 150, 150, "has been revoked"},
    {100, 200, 150, 250, "has been revoked"},
    {100, 200, 50, 60, "has been revoked"},
    {100, 200, 300, 250, "has expired"},
};

LOOP_TEST(a_key_is_good_for_a_time, COUNT(moments))
{
    struct signing_key key = {
        .from = moments[_i].from, .until = moments[_i].until, .revoked = moments[_i].revoked};
    const char *why = NULL;
    bool is_good = signing_key_is_good_at(&key, moments[_i].now, &why);
    ck_assert(is_good == (moments[_i].why == NULL));
    if (!is_good) {
        ck_assert_str_eq(why, moments[_i].why);
    }
}

#define ID_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
    struct row rows[3];
    size_t count;
    const char *faults; /* how each fault told begins, one a line */
} faulty[] = {
    {{{"", "111", 0, 0, 0}}, 1, "keys.csv:2: key: \"\" is not the id"},
    {{{"a b", "111", 0, 0, 0}}, 1, "keys.csv:2: key: \"a b\" is not the id"},
    {{{ID_64 "a", "111", 0, 0, 0}}, 1, "keys.csv:2: key: \"aaaa"},
    {{{"a", "", 0, 0, 0}}, 1, "keys.csv:2: area: no unit and no area has the code \"\""},
    {{{"a", "111", 7, 7, 0}}, 1, "keys.csv:2: until: the key expires before it is valid"},
    {{{"a", "111", 7, 6, 0}}, 1, "keys.csv:2: until: "},
    {{{"a", "111", 0, 0, 0}, {"b", "111", 0, 0, 0}, {"a", "112", 0, 0, 0}},
     3,
     "keys.csv:4: key: a stands in line 2 already"},
    {{{"a", "111", 0, 0, 0}, {"a", "111", 0, 0, 0}, {"a", "111", 0, 0, 0}},
     3,
     "keys.csv:3: key: a stands in line 2 already\nkeys.csv:4: key: a stands in line 2 already"},
    {{{"?", "", 7, 6, 0}, {"a", "111", 0, 0, 0}, {"b", "", 0, 0, 0}},
     3,
     "keys.csv:2: area: \nkeys.csv:2: until: \nkeys.csv:2: key: \nkeys.csv:4: area: "},
};

LOOP_TEST(what_is_wrong_is_told_with_its_line, COUNT(faulty))
{
    ck_assert_ptr_null(build(faulty[_i].rows, faulty[_i].count));
    (void)check_gathered(&faults, faulty[_i].faults);
}

TEST(a_key_of_nobody_is_told_and_kept)
{
    static const struct row rows[] = {{"a", "3", 0, 0, 0}, {"b", "3", 0, 0, 7}};
    struct signing_keys *keys = build(rows, COUNT(rows));
    ck_assert_ptr_nonnull(keys);
    (void)check_gathered(&faults, "keys.csv:2: area: no unit and no area has the code \"3\", so the key");
    ck_assert_ptr_nonnull(signing_keys_find(keys, "a"));
    signing_keys_release(keys);
}

TEST(the_longest_id_will_do)
{
    static const struct row row = {ID_64, "111", 6, 7, 0};
    struct signing_keys *keys = build(&row, 1);
    ck_assert_msg(keys != NULL, "%s", faults.bytes);
    ck_assert_ptr_nonnull(signing_keys_find(keys, ID_64));
    signing_keys_release(keys);
}

SUITE("keys");
