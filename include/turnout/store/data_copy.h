/* Copies a turnoutd's data folder: its files, and a managed Redis's append-only files. The copy is a data folder.
 *
 * turnoutd may run meanwhile. `last-known` is copied first and Redis's files last, so that the copy has all that its
 * last-known refers to. Redis's files are those that its manifest names. They are only appended to, so the copy is
 * complete if the manifest has not changed by the end; otherwise it is begun again. */
#ifndef TURNOUT_STORE_DATA_COPY_H
#define TURNOUT_STORE_DATA_COPY_H

#include <stdbool.h>

#include <turnout/base/error.h>

/* Copies what `to` does not have yet; `to` is created if missing. Redis's files come as a whole: TURNOUT_CONFLICT,
 * and nothing is copied, when `to` has any. TURNOUT_NOT_FOUND when `from` is no data folder. The copy is on the disk
 * when this returns TURNOUT_OK. *ret_has_redis: `from` had Redis's files. */
enum turnout_error data_copy(const char *from, const char *to, bool *ret_has_redis, struct error *error);

#endif
