/* Printing faults. */
#include "client/print_fault.h"

#include <inttypes.h>
#include <stdio.h>

void print_fault(void *folder, const char *file, uint32_t line, const struct error *error)
{
    const char *const *path = folder;
    if (path != NULL) {
        (void)fprintf(stderr, "%s/", *path);
    }
    (void)fprintf(stderr, "%s", file);
    if (line > 0) {
        (void)fprintf(stderr, ":%" PRIu32, line);
    }
    (void)fprintf(stderr, ": %s%s%s%s\n", error->is_warning ? "warning: " : "", error->field,
                  error->field[0] == '\0' ? "" : ": ", error->text);
}
