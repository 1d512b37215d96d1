/* What follows from an election's times alone. */
#include <turnout/election/election.h>

/* Both moments lie in the years that RFC 3339 can write, so the difference always fits. */
static int64_t distance_s(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

uint32_t election_round_at(const struct election *election, int64_t as_of)
{
    uint32_t nearest = 0;
    for (uint32_t k = 1; k <= election->round_count; k++) {
        bool is_nearer = nearest == 0 || distance_s(election->rounds[k - 1], as_of) <=
                                             distance_s(election->rounds[nearest - 1], as_of);
        if (!is_nearer) {
            break; /* rounds ascend: from here on they only move away */
        }
        nearest = k;
    }
    return nearest;
}

bool election_is_late(const struct election *election, uint32_t round, int64_t as_of)
{
    return round > 0 && round <= election->round_count &&
           as_of > election->rounds[round - 1] + election->rules.late_after_s;
}
