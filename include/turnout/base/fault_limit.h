/* Faults of a kind are told ten times, then counted: the same slip in every row of a table is one fault to mend, and
 * thousands of lines about it would bury the others. */
#ifndef TURNOUT_BASE_FAULT_LIMIT_H
#define TURNOUT_BASE_FAULT_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/faults.h>

enum { FAULTS_OF_A_KIND_TOLD = 10, FAULT_KINDS_MAX = 64, FAULT_FILE_BYTES = 32 };

/* Faults are of a kind when they are of one file and field and end with the same remedy, what stands behind the last `; `. */
struct fault_kind {
    uint32_t hash;
    bool is_warning;
    uint64_t count;
    char file[FAULT_FILE_BYTES];
    char field[ERROR_FIELD_BYTES];
};

/* Embedded: set the first two, the rest is zeroed. */
struct fault_limit {
    fault_fn *on_fault;
    void *context;
    size_t kind_count;
    struct fault_kind kinds[FAULT_KINDS_MAX];
};

/* A fault_fn: `limit` is a struct fault_limit. Passes on what is told, and keeps back what is only counted. */
void fault_limit_tell(void *limit, const char *file, uint32_t line, const struct error *error);

/* Tells how many were kept back, a fault a kind. */
void fault_limit_end(struct fault_limit *limit);

#endif
