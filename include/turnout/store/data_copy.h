/* Copying a turnoutd's data folder: its files, and of a managed Redis the append-only files. A copy is a data folder.
 *
 * turnoutd may run meanwhile. `last-known` is copied first and Redis's files last, so that a copy never lacks what its
 * last-known knows. Redis's files are those that its manifest names; they are only ever appended to, so the copy is whole
 * if the manifest is still the same behind it, and is begun again where it is not. */
#ifndef TURNOUT_STORE_DATA_COPY_H
#define TURNOUT_STORE_DATA_COPY_H

#include <stdbool.h>

#include <turnout/base/error.h>

/* Copies what `to`, which is made where there is none, does not have yet. Redis's files come as a whole: TURNOUT_CONFLICT,
 * and nothing is copied, where `to` has any. TURNOUT_NOT_FOUND where `from` is no data folder. What was copied is on the
 * disk when this returns TURNOUT_OK. *ret_has_redis: there were Redis's files to copy. */
enum turnout_error data_copy(const char *from, const char *to, bool *ret_has_redis, struct error *error);

#endif
