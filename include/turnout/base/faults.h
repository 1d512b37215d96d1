/* Collects all faults of a file, not just the first: each is reported as it is found, and all are counted. */
#ifndef TURNOUT_BASE_FAULTS_H
#define TURNOUT_BASE_FAULTS_H

#include <stdint.h>

#include <turnout/base/error.h>

/* A fault in line `line` of a file; 0: of the whole file. The error has the field, if one is to blame. */
typedef void fault_fn(void *context, const char *file, uint32_t line, const struct error *error);

struct faults {
    fault_fn *on_fault;
    void *context;
    uint64_t count;
};

/* Reports and counts a fault. `field` may be "". */
void faults_add(struct faults *faults, const char *file, uint32_t line, const char *field, const char *format,
                ...) __attribute__((format(printf, 5, 6)));

/* Reports a warning about input that is allowed but looks wrong: error->is_warning is set, and it is not counted. */
void faults_warn(struct faults *faults, const char *file, uint32_t line, const char *field,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A fault_fn; `faults` is a struct faults. Counts a fault and passes it on. */
void faults_pass_on(void *faults, const char *file, uint32_t line, const struct error *error);

#endif
