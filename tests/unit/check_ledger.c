/* Ledger entries: their kinds by name. */
#include <turnout/election/ledger.h>

#include <check.h>

#include "suite.h"

TEST(kinds_have_names)
{
    static const struct {
        const char *name;
        bool is_of_report, is_of_counts;
    } kinds[LEDGER_KIND_COUNT] = {
        [LEDGER_CORRECTION] = {"correction", true, true},
        [LEDGER_ROLL_CHANGE] = {"roll-change", true, true},
        [LEDGER_RELEASED] = {"released", true, true},
        [LEDGER_REJECTED] = {"rejected", true, true},
        [LEDGER_SUPERSEDED] = {"superseded", true, true},
        [LEDGER_VOIDED] = {"voided", true, true},
        [LEDGER_PHASE] = {"phase", false, false},
        [LEDGER_PUBLICATION] = {"publication", false, false},
        [LEDGER_LOSS] = {"loss", false, false},
        [LEDGER_COMMUNE_ADDED] = {"commune-added", false, false},
        [LEDGER_AREA_RENAMED] = {"area-renamed", false, false},
        [LEDGER_UNIT_ADDED] = {"unit-added", false, true},
        [LEDGER_UNIT_WITHDRAWN] = {"unit-withdrawn", false, true},
        [LEDGER_UNIT_MOVED] = {"unit-moved", false, false},
        [LEDGER_ROLL_MENDED] = {"roll-mended", false, true},
        [LEDGER_UNIT_RENAMED] = {"unit-renamed", false, false},
        [LEDGER_CONTACT_CHANGED] = {"contact-changed", false, false},
    };
    for (int kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        enum ledger_kind parsed;
        ck_assert_str_eq(ledger_kind_name((enum ledger_kind)kind), kinds[kind].name);
        ck_assert(ledger_kind_parse(slice_of(kinds[kind].name), &parsed));
        ck_assert_int_eq((int)parsed, kind);
        ck_assert(ledger_kind_is_of_report((enum ledger_kind)kind) == kinds[kind].is_of_report);
        ck_assert(ledger_kind_is_of_counts((enum ledger_kind)kind) == kinds[kind].is_of_counts);
    }
    enum ledger_kind parsed;
    ck_assert(!ledger_kind_parse(slice_of(""), &parsed));
    ck_assert(!ledger_kind_parse(slice_of("Phase"), &parsed));
}

static const struct {
    const char *id, *other;
    bool is_behind;
} ids[] = {{"2-0", "1-9", true},  {"1-10", "1-9", true}, {"10-0", "9-0", true}, {"1-1", "1-1", false},
           {"1-0", "1-1", false}, {"1-0", "", true},     {"", "", false},       {"", "1-0", false}};

LOOP_TEST(lines_have_an_order, COUNT(ids))
{
    ck_assert_int_eq(ledger_id_is_behind(ids[_i].id, ids[_i].other), ids[_i].is_behind);
}

SUITE("ledger");
