/* The kinds of ledger entries by name, and the order of their ids. */
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

/* All 0 for an empty one. */
static void read_id(const char *id, int64_t ret_parts[2])
{
    struct slice rest = slice_of(id);
    ret_parts[0] = 0;
    ret_parts[1] = 0;
    (void)text_parse_integer(text_split(&rest, '-'), 0, INT64_MAX, &ret_parts[0]);
    (void)text_parse_integer(rest, 0, INT64_MAX, &ret_parts[1]);
}

bool ledger_id_is_behind(const char *id, const char *other)
{
    int64_t one[2];
    int64_t two[2];
    read_id(id, one);
    read_id(other, two);
    return one[0] > two[0] || (one[0] == two[0] && one[1] > two[1]);
}
