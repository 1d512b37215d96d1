/* How kinds and reasons are spelt on the wire. */
#include <turnout/election/report.h>

#include <assert.h>

#include <turnout/base/text.h>

static const char *const kind_names[] = {
    [KIND_PROGRESS] = "progress",
    [KIND_FINAL] = "final",
    [KIND_CORRECTION] = "correction",
};

static const char *const reason_names[] = {
    [REASON_NONE] = "",
    [REASON_MISCOUNT] = "miscount",
    [REASON_MISTYPED] = "mistyped",
    [REASON_WRONG_UNIT] = "wrong-unit",
    [REASON_ROLL_CHANGED] = "roll-changed",
    [REASON_OTHER] = "other",
};

enum {
    KIND_COUNT = sizeof kind_names / sizeof kind_names[0],
    REASON_COUNT = sizeof reason_names / sizeof reason_names[0],
};

const char *report_kind_name(enum report_kind kind)
{
    assert((size_t)kind < KIND_COUNT);
    return kind_names[kind];
}

const char *report_reason_name(enum report_reason reason)
{
    assert((size_t)reason < REASON_COUNT);
    return reason_names[reason];
}

bool report_kind_parse(struct slice name, enum report_kind *ret_kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (slice_equals(name, kind_names[i])) {
            *ret_kind = (enum report_kind)i;
            return true;
        }
    }
    return false;
}

/* The first row stands for "none" and has no spelling. */
bool report_reason_parse(struct slice name, enum report_reason *ret_reason)
{
    for (size_t i = REASON_NONE + 1; i < REASON_COUNT; i++) {
        if (slice_equals(name, reason_names[i])) {
            *ret_reason = (enum report_reason)i;
            return true;
        }
    }
    return false;
}
