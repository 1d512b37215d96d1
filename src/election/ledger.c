/* The kinds of ledger entries by name. */
#include <turnout/election/ledger.h>

static const char *const names[LEDGER_KIND_COUNT] = {[LEDGER_CORRECTION] = "correction",
                                                     [LEDGER_ROLL_CHANGE] = "roll-change",
                                                     [LEDGER_RELEASED] = "released",
                                                     [LEDGER_REJECTED] = "rejected",
                                                     [LEDGER_SUPERSEDED] = "superseded",
                                                     [LEDGER_VOIDED] = "voided",
                                                     [LEDGER_PHASE] = "phase",
                                                     [LEDGER_PUBLICATION] = "publication",
                                                     [LEDGER_LOSS] = "loss",
                                                     [LEDGER_COMMUNE_ADDED] = "commune-added",
                                                     [LEDGER_AREA_RENAMED] = "area-renamed",
                                                     [LEDGER_UNIT_ADDED] = "unit-added",
                                                     [LEDGER_UNIT_WITHDRAWN] = "unit-withdrawn",
                                                     [LEDGER_UNIT_MOVED] = "unit-moved",
                                                     [LEDGER_ROLL_MENDED] = "roll-mended",
                                                     [LEDGER_UNIT_RENAMED] = "unit-renamed",
                                                     [LEDGER_CONTACT_CHANGED] = "contact-changed"};

const char *ledger_kind_name(enum ledger_kind kind)
{
    return names[kind];
}

bool ledger_kind_parse(struct slice name, enum ledger_kind *ret_kind)
{
    for (int kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        if (slice_equals(name, names[kind])) {
            *ret_kind = (enum ledger_kind)kind;
            return true;
        }
    }
    return false;
}

bool ledger_kind_is_of_report(enum ledger_kind kind)
{
    return kind < LEDGER_PHASE;
}

bool ledger_kind_is_of_counts(enum ledger_kind kind)
{
    return kind < LEDGER_PHASE || kind == LEDGER_UNIT_ADDED || kind == LEDGER_UNIT_WITHDRAWN ||
           kind == LEDGER_ROLL_MENDED;
}
