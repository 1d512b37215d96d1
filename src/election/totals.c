/* Sums of totals, and whether they can be true. */
#include <turnout/election/totals.h>

void totals_add(struct totals *sum, const struct totals *part)
{
    sum->voted += part->voted;
    sum->registered += part->registered;
    sum->units_reported += part->units_reported;
    sum->registered_reported += part->registered_reported;
    sum->units_final += part->units_final;
    sum->units_complete += part->units_complete;
    sum->held += part->held;
    sum->revision += part->revision;
    if (part->as_of > sum->as_of) {
        sum->as_of = part->as_of;
    }
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        sum->rounds[i] += part->rounds[i];
        sum->late[i] += part->late[i];
    }
}

bool totals_can_add(const struct totals *sum, const struct totals *change)
{
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        if (sum->rounds[i] + change->rounds[i] < 0 || sum->late[i] + change->late[i] < 0) {
            return false;
        }
    }
    return sum->voted + change->voted >= 0 && sum->registered + change->registered >= 0 &&
           sum->units_reported + change->units_reported >= 0 &&
           sum->registered_reported + change->registered_reported >= 0 &&
           sum->units_final + change->units_final >= 0 && sum->units_complete + change->units_complete >= 0 &&
           sum->held + change->held >= 0;
}

bool totals_equal(const struct totals *a, const struct totals *b)
{
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        if (a->rounds[i] != b->rounds[i] || a->late[i] != b->late[i]) {
            return false;
        }
    }
    return a->voted == b->voted && a->registered == b->registered && a->units_reported == b->units_reported &&
           a->registered_reported == b->registered_reported && a->units_final == b->units_final &&
           a->units_complete == b->units_complete && a->held == b->held && a->revision == b->revision;
}

static bool is_within(int64_t part, int64_t whole)
{
    return 0 <= part && part <= whole;
}

bool totals_plausible(const struct totals *totals, int64_t units)
{
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        if (!is_within(totals->rounds[i], totals->units_reported) ||
            !is_within(totals->late[i], totals->rounds[i])) {
            return false;
        }
    }
    return is_within(totals->voted, totals->registered_reported) &&
           is_within(totals->registered_reported, totals->registered) &&
           is_within(totals->units_reported, units) &&
           is_within(totals->units_final, totals->units_reported) &&
           is_within(totals->units_complete, totals->units_reported) && totals->held >= 0 &&
           totals->revision >= 0 && totals->as_of >= 0;
}
