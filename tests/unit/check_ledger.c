/* Ledger entries: their kinds by name. */
#include <turnout/election/ledger.h>

#include <check.h>

#include "suite.h"

TEST(kinds_have_names)
{
    static const struct {
        const char *name;
        bool is_of_unit;
    } kinds[LEDGER_KIND_COUNT] = {
        [LEDGER_CORRECTION] = {"correction", true},
        [LEDGER_ROLL_CHANGE] = {"roll-change", true},
        [LEDGER_RELEASED] = {"released", true},
        [LEDGER_REJECTED] = {"rejected", true},
        [LEDGER_SUPERSEDED] = {"superseded", true},
        [LEDGER_VOIDED] = {"voided", true},
        [LEDGER_PHASE] = {"phase", false},
        [LEDGER_PUBLICATION] = {"publication", false},
        [LEDGER_LOSS] = {"loss", false},
    };
    for (int kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        enum ledger_kind parsed;
        ck_assert_str_eq(ledger_kind_name((enum ledger_kind)kind), kinds[kind].name);
        ck_assert(ledger_kind_parse(slice_of(kinds[kind].name), &parsed));
        ck_assert_int_eq((int)parsed, kind);
        ck_assert_int_eq(ledger_kind_is_of_unit((enum ledger_kind)kind), kinds[kind].is_of_unit);
    }
    enum ledger_kind parsed;
    ck_assert(!ledger_kind_parse(slice_of(""), &parsed));
    ck_assert(!ledger_kind_parse(slice_of("Phase"), &parsed));
}

SUITE("ledger");
