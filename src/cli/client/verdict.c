/* Sums up and prints. */
#include "client/verdict.h"

#include <inttypes.h>
#include <stdio.h>

void verdict_add_fault(struct verdict *verdict, const char *text)
{
    verdict->faults++;
    if (verdict->faults <= VERDICT_FAULTS_MAX) {
        (void)fprintf(stderr, "%s\n", text);
    }
}

void verdict_add_counts(struct verdict *verdict, const struct log_replay_counts *counts)
{
    struct log_replay_counts *sum = &verdict->counts;
    sum->lines += counts->lines;
    sum->is_signed += counts->is_signed;
    sum->revoked += counts->revoked;
    sum->vouched += counts->vouched;
    sum->unsigned_tests += counts->unsigned_tests;
    sum->decisions += counts->decisions;
    sum->tests += counts->tests;
}

void verdict_print_count(int64_t count, const char *what)
{
    if (count > 0) {
        (void)printf("  %" PRId64 " %s\n", count, what);
    }
}

void verdict_print_unproven(const struct verdict *verdict)
{
    const struct log_replay_counts *counts = &verdict->counts;
    verdict_print_count(counts->vouched, "reports that an office vouched for and no unit signed: only their "
                                         "sums were checked");
    verdict_print_count(counts->revoked,
                        "reports signed by a key that keys.csv revokes as of an earlier moment");
    verdict_print_count(counts->unsigned_tests, "test reports that nobody signed");
    verdict_print_count(counts->decisions, "decisions of committees, which are not signed");
}
