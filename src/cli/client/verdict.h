/* The result of replaying logs: the faults, and what has no proof. */
#ifndef TURNOUT_CLI_VERDICT_H
#define TURNOUT_CLI_VERDICT_H

#include <turnout/wire/log_replay.h>

/* Embedded: a zeroed one is empty. */
struct verdict {
    int64_t faults;
    struct log_replay_counts counts;
};

/* Prints the fault on standard error, unless VERDICT_FAULTS_MAX were printed. */
enum { VERDICT_FAULTS_MAX = 20 };
void verdict_add_fault(struct verdict *verdict, const char *text);

void verdict_add_counts(struct verdict *verdict, const struct log_replay_counts *counts);

/* Prints what could not be checked in the logs, one line each with its count. */
void verdict_print_unproven(const struct verdict *verdict);
void verdict_print_count(int64_t count, const char *what); /* one such line; nothing for 0 */

#endif
