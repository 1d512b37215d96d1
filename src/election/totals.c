/* Sums of totals, and whether they can be true. */
#include <turnout/election/totals.h>

#include <inttypes.h>
#include <stdio.h>

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

static bool are_equal(const char *name, uint32_t round, int64_t is, int64_t should_be,
                      struct totals_fault *ret_fault)
{
    if (is == should_be) {
        return true;
    }
    *ret_fault = (struct totals_fault){.is = is, .should_be = should_be};
    if (round == 0) {
        (void)snprintf(ret_fault->figure, sizeof ret_fault->figure, "%s", name);
    } else {
        (void)snprintf(ret_fault->figure, sizeof ret_fault->figure, "%s:%" PRIu32, name, round);
    }
    return false;
}

bool totals_compare(const struct totals *is, const struct totals *should_be, struct totals_fault *ret_fault)
{
    bool counts_are_equal =
        are_equal("voted", 0, is->voted, should_be->voted, ret_fault) &&
        are_equal("registered", 0, is->registered, should_be->registered, ret_fault) &&
        are_equal("units_reported", 0, is->units_reported, should_be->units_reported, ret_fault) &&
        are_equal("registered_reported", 0, is->registered_reported, should_be->registered_reported,
                  ret_fault) &&
        are_equal("units_final", 0, is->units_final, should_be->units_final, ret_fault) &&
        are_equal("units_complete", 0, is->units_complete, should_be->units_complete, ret_fault) &&
        are_equal("held", 0, is->held, should_be->held, ret_fault) &&
        are_equal("revision", 0, is->revision, should_be->revision, ret_fault);
    for (uint32_t i = 0; i < ROUNDS_MAX && counts_are_equal; i++) {
        counts_are_equal = are_equal("round", i + 1, is->rounds[i], should_be->rounds[i], ret_fault) &&
                           are_equal("late", i + 1, is->late[i], should_be->late[i], ret_fault);
    }
    return counts_are_equal;
}

bool totals_equal(const struct totals *a, const struct totals *b)
{
    struct totals_fault fault;
    return totals_compare(a, b, &fault);
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
