/* The folder of the managed Redis: where it is, and what redis.conf in it says. */
#ifndef TURNOUT_STORE_MANAGED_FOLDER_H
#define TURNOUT_STORE_MANAGED_FOLDER_H

#include <limits.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>

/* All absolute. */
struct managed_folder {
    char path[PATH_MAX];
    char conf[PATH_MAX];
    char log[PATH_MAX];
    struct store_address address;
};

/* Makes `data`/redis (mode 0700) and writes redis.conf (mode 0600) in it. TURNOUT_TOO_LARGE when `data` is too
 * deep for a unix socket in it. */
enum turnout_error managed_folder_make(const char *data, struct managed_folder *ret_folder,
                                       struct error *error);

#endif
