/* Lines of bulletins: what they say, what they add up to, and when they are due. */
#include <turnout/election/bulletin.h>

#include <assert.h>
#include <string.h>

#include <turnout/election/percent.h>

bool bulletin_label_is_good(struct slice text)
{
    struct slice trimmed = slice_trim(text);
    return text.length > 0 && text.length <= BULLETIN_LABEL_BYTES_MAX && trimmed.length == text.length &&
           text_is_showable(text);
}

struct bulletin_line bulletin_line_of(const struct area *area, const struct totals *totals)
{
    struct bulletin_line line = {.registered = totals->registered,
                                 .voted = totals->voted,
                                 .units = area->units,
                                 .units_reported = totals->units_reported,
                                 .held = totals->held};
    bool fits = slice_copy(slice_of(area->code), line.code, sizeof line.code);
    assert(fits);
    return line;
}

void bulletin_line_add(struct bulletin_line *sum, const struct bulletin_line *part)
{
    sum->registered += part->registered;
    sum->voted += part->voted;
    sum->units += part->units;
    sum->units_reported += part->units_reported;
    sum->held += part->held;
}

bool bulletin_line_equals(const struct bulletin_line *a, const struct bulletin_line *b)
{
    return strcmp(a->code, b->code) == 0 && a->registered == b->registered && a->voted == b->voted &&
           a->units == b->units && a->units_reported == b->units_reported && a->held == b->held;
}

int64_t bulletin_round_moment(const struct election *election, uint32_t round)
{
    assert(round > 0 && round <= election->round_count);
    return election->rounds[round - 1] + election->bulletin_delay_s;
}

uint32_t bulletin_round_due(const struct election *election, int64_t now)
{
    uint32_t due = 0;
    while (due < election->round_count && bulletin_round_moment(election, due + 1) <= now) {
        due++;
    }
    return due;
}

bool bulletin_points_risen(const struct bulletin_line *before, const struct bulletin_line *after,
                           int32_t *ret_hundredths)
{
    int32_t was = percent_of(before->voted, before->registered);
    int32_t is = percent_of(after->voted, after->registered);
    if (was == PERCENT_NONE || is == PERCENT_NONE) {
        return false;
    }
    *ret_hundredths = is - was;
    return true;
}
