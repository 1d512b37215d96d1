/* Faults as they are told (a fault_fn), gathered as lines `file:line: field: text` or not put up with. Only a header,
 * because a test of a low layer links nothing above it. */
#ifndef TURNOUT_TESTS_TOLD_FAULTS_H
#define TURNOUT_TESTS_TOLD_FAULTS_H

#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>
#include <turnout/base/faults.h>
#include <turnout/base/text.h>

/* Adds a line to `context`, a struct buffer. */
static inline void gather_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    buffer_printf(context, "%s:%u: %s: %s\n", file, line, error->field, error->text);
}

/* Ends the test: there should be none. */
static inline void refuse_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    ck_abort_msg("%s:%u: %s: %s", file, line, error->field, error->text);
}

/* As many lines must have been gathered as `heads` has, and each begin with the one at its place. Returns how many. */
static inline uint32_t check_gathered(const struct buffer *faults, const char *heads)
{
    struct slice lines = {faults->bytes, faults->length};
    struct slice wanted = slice_of(heads);
    uint32_t count = 0;
    while (wanted.bytes != NULL) {
        struct slice line = text_split(&lines, '\n');
        struct slice head = text_split(&wanted, '\n');
        ck_assert_msg(line.length >= head.length && memcmp(line.bytes, head.bytes, head.length) == 0,
                      "wanted\n%s\ngot\n%s", heads, faults->bytes);
        count++;
    }
    ck_assert_msg(lines.length == 0, "wanted\n%s\ngot\n%s", heads, faults->bytes);
    return count;
}

#endif
