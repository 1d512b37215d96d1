/* The marks, and which of them figures have reached. */
#include <turnout/election/milestone.h>

#include <assert.h>

#include <turnout/election/percent.h>

static const char *const mark_names[MARK_COUNT] = {
    [MARK_FIRST_REPORT] = "first-report", [MARK_50] = "50", [MARK_90] = "90", [MARK_100] = "100"};

static const int32_t mark_hundredths[MARK_COUNT] = {
    [MARK_50] = 5000, [MARK_90] = 9000, [MARK_100] = PERCENT_ALL};

const char *mark_name(enum mark mark)
{
    assert((size_t)mark < MARK_COUNT);
    return mark_names[mark];
}

bool mark_parse(struct slice name, enum mark *ret_mark)
{
    size_t mark;
    if (!text_find(name, mark_names, MARK_COUNT, &mark)) {
        return false;
    }
    *ret_mark = (enum mark)mark;
    return true;
}

bool mark_is_reached(enum mark mark, const struct totals *totals)
{
    if (mark == MARK_FIRST_REPORT) {
        return totals->units_reported > 0;
    }
    return percent_of(totals->voted, totals->registered) >= mark_hundredths[mark];
}
