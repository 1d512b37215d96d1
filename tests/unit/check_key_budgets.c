/* Budgets of signing keys: a unit's key, a relay's, and what is left of them when the keys are read again. */
#include <turnout/service/key_budgets.h>

#include <check.h>

#include "register_rows.h"
#include "suite.h"
#include "told_faults.h"

enum { A_MINUTE = 3, NOW_US = 1000 * 1000 * 1000, COST_US = 20 * 1000 * 1000 };

static struct election_register *reg;
static struct signing_keys *keys;
static struct key_budgets *budgets;

/* One commune of two units. */
static const struct register_rows places = {
    .areas = {{"N", "nation", ""}, {"1", "province", "N"}, {"11", "commune", "1"}},
    .units = {{"111", "11", "9"}, {"112", "11", "9"}},
};

static struct signing_keys *make_keys(void)
{
    static const char *const rows[][2] = {{"unit", "111"}, {"other", "112"}, {"relay", "11"}};
    struct signing_keys_builder *builder = signing_keys_builder_new(reg, refuse_fault, NULL);
    for (uint32_t i = 0; i < 3; i++) {
        unsigned char public_key[PUBLIC_KEY_BYTES] = {(unsigned char)(i + 1)};
        signing_keys_builder_add(builder, i + 2, slice_of(rows[i][0]), slice_of(rows[i][1]), public_key, 0, 0,
                                 0);
    }
    struct signing_keys *made = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
    return made;
}

static void set_up(void)
{
    reg = register_of_rows(&places);
    keys = make_keys();
    budgets = key_budgets_new(reg, keys, A_MINUTE);
}

static void tear_down(void)
{
    key_budgets_free(budgets);
    signing_keys_release(keys);
    register_free(reg);
}

static bool admit(const char *key, int64_t now_us, struct key_ticket *ret_ticket)
{
    return key_budgets_admit(budgets, keys, signing_keys_find(keys, key), now_us, ret_ticket);
}

/* How many new reports a key may sign at this moment. */
static int spend_all(const char *key, int64_t now_us)
{
    int spent = 0;
    struct key_ticket ticket;
    while (admit(key, now_us, &ticket)) {
        key_budgets_spend(budgets, &ticket, now_us);
        spent++;
    }
    return spent;
}

FIXTURE(set_up, tear_down);

TEST(each_key_has_its_own)
{
    ck_assert_int_eq(spend_all("unit", NOW_US), A_MINUTE);
    ck_assert_int_eq(spend_all("other", NOW_US), A_MINUTE);
    ck_assert_int_eq(spend_all("unit", NOW_US + COST_US - 1), 0);
    ck_assert_int_eq(spend_all("unit", NOW_US + COST_US), 1);
}

TEST(a_relay_has_as_much_for_each_of_its_units)
{
    ck_assert_int_eq(spend_all("relay", NOW_US), 2 * A_MINUTE);
    ck_assert_int_eq(spend_all("unit", NOW_US), A_MINUTE);
}

/* What only passes through (refused by the store, or sent again) costs nothing. */
TEST(a_ticket_alone_spends_nothing)
{
    struct key_ticket ticket;
    for (int i = 0; i < 10 * A_MINUTE; i++) {
        ck_assert(admit("unit", NOW_US, &ticket));
    }
    ck_assert_int_eq(spend_all("unit", NOW_US), A_MINUTE);
}

TEST(a_report_without_a_key_spends_nothing)
{
    const struct key_ticket none = {0};
    for (int i = 0; i < 10 * A_MINUTE; i++) {
        key_budgets_spend(budgets, &none, NOW_US);
    }
    ck_assert_int_eq(spend_all("unit", NOW_US), A_MINUTE);
}

TEST(tickets_for_older_keys_spend_nothing)
{
    struct key_ticket older;
    ck_assert(admit("relay", NOW_US, &older));
    ck_assert_int_eq(spend_all("relay", NOW_US), 2 * A_MINUTE);
    key_budgets_set_keys(budgets, keys);
    for (int i = 0; i < 10 * A_MINUTE; i++) {
        key_budgets_spend(budgets, &older, NOW_US);
    }
    ck_assert_int_eq(spend_all("relay", NOW_US), 2 * A_MINUTE);
}

SUITE("key_budgets");
