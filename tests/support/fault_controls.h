/* What a test tells a program that runs with tests/support/preload in it, and what it learns from there: a file that
 * both have mapped, so that it outlives a SIGKILL of the program. Everything is off while it is zero. */
#ifndef TURNOUT_TESTS_FAULT_CONTROLS_H
#define TURNOUT_TESTS_FAULT_CONTROLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "workspace.h"

#define FAULT_CONTROLS_VARIABLE                                                                              \
    "FAULT_CONTROLS" /* names the file; not TURNOUT_*, which turnoutd takes for a setting */

enum { FAULT_FILES_MAX = 64, FAULT_FILE_NAME_BYTES = 48 };

/* An append-only file, by its name in its folder. */
struct fault_file {
    char name[FAULT_FILE_NAME_BYTES];
    _Atomic int64_t
        synced_bytes; /* its length when the last completed fdatasync began: what a power loss leaves */
};

struct fault_controls {
    /* The disk: calls on files whose name ends in `.incr.aof`. A countdown of n means the n-th call from now. */
    _Atomic int64_t writes;           /* completed */
    _Atomic int64_t syncs;            /* completed */
    _Atomic int64_t sync_delay_us;    /* before each fdatasync */
    _Atomic int64_t kill_before_sync; /* countdown: SIGKILL between a write and its fdatasync */
    char kill_word[32];         /* the same before the one that follows a write of this word; empty: none */
    _Atomic int64_t fail_write; /* countdown: that write fails with fail_errno */
    _Atomic int64_t fail_sync;  /* countdown: that fdatasync does */
    _Atomic int64_t fail_errno;
    _Atomic int64_t other_sync_delay_us; /* before each fsync of any other regular file */
    _Atomic int64_t bytes_left;          /* that fstatvfs tells of any disk; 0: the truth */
    struct fault_file files[FAULT_FILES_MAX];

    /* The clock: CLOCK_REALTIME is so far off. */
    _Atomic int64_t clock_offset_ms;

    /* The names: getaddrinfo takes so long, and finds 127.0.0.1 under every name. */
    _Atomic int64_t lookup_delay_ms;
    _Atomic int64_t lookups; /* of names, not of addresses */

    /* The memory. */
    _Atomic int64_t allocations; /* since it was last set to 0, while memory_is_watched */
    _Atomic bool memory_is_watched;
    char library[32];                /* only what this library allocates; empty: everything */
    _Atomic int64_t fail_allocation; /* the number of the one that fails; 0: none */
    _Atomic bool fails_for_ever;     /* and so do all after it */
};

/* Makes the file `controls` in the workspace and maps it; ends the test when it cannot. */
struct fault_controls *fault_controls_map(const struct workspace *workspace);
void fault_controls_unmap(struct fault_controls *controls);

/* Programs that are started between the two have the preload in them: `library` is `disk` (with the clock), `memory` or
 * `names`. */
void fault_preload_begin(const struct workspace *workspace, const char *library);
void fault_preload_end(void);

#endif
