/* Logs the faults of files that are read. */
#include "fault_log.h"

#include <turnout/base/log.h>

void fault_log(void *event, const char *file, uint32_t line, const struct error *error)
{
    const char *const *bad = event;
    log_write(error->is_warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, error->is_warning ? "odd-file" : *bad,
              log_fields(log_text("file", file), log_number("line", line), log_text("field", error->field),
                         log_text("what", error->text)));
}
