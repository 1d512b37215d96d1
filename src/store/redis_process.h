/* One redis-server process, ours or one that an earlier turnoutd left behind: held by a pidfd, which cannot come
 * to mean another process and works for both (pidfd_open(2)). */
#ifndef TURNOUT_STORE_REDIS_PROCESS_H
#define TURNOUT_STORE_REDIS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <turnout/base/error.h>

#include "managed_folder.h"

struct redis_process {
    pid_t pid;
    int pidfd; /* -1: there is none. Readable once the process has ended */
    bool taken_over;
};

enum { PROCESS_DETAIL_BYTES = 400 };

/* Finds the process that listens in the folder, if any: *ret_process has pidfd -1 when there is none. */
enum turnout_error redis_process_find(const struct managed_folder *folder, struct redis_process *ret_process,
                                      struct error *error);

/* Takes over the process that listens in the folder, else starts one and waits until it listens (at most
 * `patience_ms`; a process that is slow is no failure, one that ends is). *ret_process is written on TURNOUT_OK. */
enum turnout_error redis_process_start(const struct managed_folder *folder, int64_t patience_ms,
                                       struct redis_process *ret_process, struct error *error);

/* Asks it to end, and kills it after `patience_ms`. */
void redis_process_stop(struct redis_process *process, int64_t patience_ms);

/* Forgets a process that has ended, and writes how it ended. True when it gave up by itself, with an exit status other
 * than 0: then the words quote the end of its log. */
bool redis_process_reap(struct redis_process *process, const struct managed_folder *folder,
                        char ret_detail[PROCESS_DETAIL_BYTES]);

#endif
