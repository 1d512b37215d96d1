/* Everything that is wrong with somebody's files, rather than the first of it: each fault is told as it is found, and
 * all are counted. */
#ifndef TURNOUT_BASE_FAULTS_H
#define TURNOUT_BASE_FAULTS_H

#include <stdint.h>

#include <turnout/base/error.h>

/* A fault in line `line` of a file; 0: in the whole of it. The error has the field, if there is one to blame. */
typedef void fault_fn(void *context, const char *file, uint32_t line, const struct error *error);

struct faults {
    fault_fn *on_fault;
    void *context;
    uint64_t count;
};

/* Tells a fault in words. `field` may be "". */
void faults_add(struct faults *faults, const char *file, uint32_t line, const char *field, const char *format,
                ...) __attribute__((format(printf, 5, 6)));

/* The same for what is lawful, but should be looked at: error->is_warning, and it is not counted. */
void faults_warn(struct faults *faults, const char *file, uint32_t line, const char *field,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A fault_fn that counts a fault and passes it on: `faults` is a struct faults. */
void faults_pass_on(void *faults, const char *file, uint32_t line, const struct error *error);

#endif
