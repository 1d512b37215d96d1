/* The folder of the managed Redis: where it is, and what redis.conf and users.acl in it say. */
#ifndef TURNOUT_STORE_MANAGED_FOLDER_H
#define TURNOUT_STORE_MANAGED_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include <turnout/base/error.h>
#include <turnout/store/store.h>

/* All absolute. */
struct managed_folder {
    char path[PATH_MAX];
    char conf[PATH_MAX];
    char users[PATH_MAX];
    char log[PATH_MAX];
    struct store_address address;
};

/* Makes `data`/redis (mode 0700). TURNOUT_TOO_LARGE when `data` is too deep for a unix socket in it. */
enum turnout_error managed_folder_make(const char *data, struct managed_folder *ret_folder,
                                       struct error *error);

/* The same without making it: TURNOUT_NOT_FOUND when it is not there. */
enum turnout_error managed_folder_find(const char *data, struct managed_folder *ret_folder,
                                       struct error *error);

/* Whether both files say what managed_folder_write would make them say. */
bool managed_folder_is_current(const struct managed_folder *folder);

/* Writes both files (mode 0600). */
enum turnout_error managed_folder_write(const struct managed_folder *folder, struct error *error);

enum { MANAGED_LAST_WORDS_BYTES = 300 };

/* The last words of a redis-server in its log before it gave up. */
void managed_folder_last_words(const struct managed_folder *folder, pid_t pid,
                               char ret_words[MANAGED_LAST_WORDS_BYTES]);

#endif
