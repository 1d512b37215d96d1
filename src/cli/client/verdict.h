/* What comes out of replaying logs: how much is wrong, and what stands on somebody's word. */
#ifndef TURNOUT_CLI_VERDICT_H
#define TURNOUT_CLI_VERDICT_H

#include <turnout/wire/log_replay.h>

/* Embedded: a zeroed one has found nothing yet. */
struct verdict {
    int64_t faults;
    struct log_replay_counts counts;
};

/* Says the fault on standard error, unless there were many before. */
enum { VERDICT_FAULTS_MAX = 20 };
void verdict_add_fault(struct verdict *verdict, const char *text);

void verdict_add_counts(struct verdict *verdict, const struct log_replay_counts *counts);

/* Prints the lines of what could not be checked in the logs, each with how many there are of it. */
void verdict_print_unproven(const struct verdict *verdict);
void verdict_print_count(int64_t count, const char *what); /* one such line; nothing for 0 */

#endif
