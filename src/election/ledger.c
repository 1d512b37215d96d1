/* The kinds of ledger entries by name. */
#include <turnout/election/ledger.h>

static const char *const names[LEDGER_KIND_COUNT] = {
    [LEDGER_CORRECTION] = "correction", [LEDGER_ROLL_CHANGE] = "roll-change", [LEDGER_RELEASED] = "released",
    [LEDGER_REJECTED] = "rejected",     [LEDGER_SUPERSEDED] = "superseded",   [LEDGER_VOIDED] = "voided",
    [LEDGER_PHASE] = "phase",           [LEDGER_PUBLICATION] = "publication", [LEDGER_LOSS] = "loss"};

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

bool ledger_kind_is_of_unit(enum ledger_kind kind)
{
    return kind < LEDGER_PHASE;
}
