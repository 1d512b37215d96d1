/* Limits repeated faults: ten of a kind are reported, the rest are counted. The same mistake in every row of a table
 * is one thing to fix, and thousands of lines about it would bury the others. */
#ifndef TURNOUT_BASE_FAULT_LIMIT_H
#define TURNOUT_BASE_FAULT_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/faults.h>

enum { FAULTS_OF_A_KIND_TOLD = 10, FAULT_KINDS_MAX = 64, FAULT_FILE_BYTES = 32 };

/* Faults are of the same kind when they have the same file and field and end with the same remedy (the text after the
 * last `; `). */
struct fault_kind {
    uint32_t hash;
    bool is_warning;
    uint64_t count;
    char file[FAULT_FILE_BYTES];
    char field[ERROR_FIELD_BYTES];
};

/* Embedded: set `on_fault` and `context`, zero the rest. */
struct fault_limit {
    fault_fn *on_fault;
    void *context;
    size_t kind_count;
    struct fault_kind kinds[FAULT_KINDS_MAX];
};

/* A fault_fn; `limit` is a struct fault_limit. Passes a fault on, or only counts it. */
void fault_limit_tell(void *limit, const char *file, uint32_t line, const struct error *error);

/* Reports how many faults were only counted: one fault for each kind. */
void fault_limit_end(struct fault_limit *limit);

#endif
