/* How many connections fit into RLIMIT_NOFILE, which is raised as far as it may be. */
#include "descriptors.h"

#include <assert.h>
#include <sys/resource.h>

enum {
    DESCRIPTORS_RESERVED = 64,          /* for what is not a connection, */
    DESCRIPTORS_RESERVED_A_WORKER = 16, /* and that of each worker */
    CONNECTIONS_A_WORKER_MAX = 16384,
};

uint32_t descriptors_for_connections(uint32_t workers)
{
    struct rlimit limit = {0};
    int failed = getrlimit(RLIMIT_NOFILE, &limit);
    assert(failed == 0);
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) {
            limit = raised;
        }
    }
    uint64_t reserved = DESCRIPTORS_RESERVED + (uint64_t)workers * DESCRIPTORS_RESERVED_A_WORKER;
    uint64_t room = limit.rlim_cur > reserved ? limit.rlim_cur - reserved : 1;
    uint64_t each = room / workers;
    return each > CONNECTIONS_A_WORKER_MAX ? CONNECTIONS_A_WORKER_MAX : each > 0 ? (uint32_t)each : 1;
}
