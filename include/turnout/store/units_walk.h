/* Reads a province with its units at one instant, on a link of its own. Blocking; for the command. */
#ifndef TURNOUT_STORE_UNITS_WALK_H
#define TURNOUT_STORE_UNITS_WALK_H

#include <turnout/store/log_walk.h>
#include <turnout/store/read.h>

/* The province with its units. Borrowed for the call. */
typedef void units_walk_fn(void *context, const struct store_province *province);

/* `of->area` is the province. Errors as of log_walk(), and TURNOUT_CONFLICT when the province's data in Redis is
 * impossible. */
enum turnout_error units_walk(const struct log_walk_of *of, int64_t patience_ms, units_walk_fn *on_province,
                              void *context, struct error *error);

#endif
