/* Asks the kernel: sysconf, and memory.max of the control group (version 2). */
#include "machine_memory.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <turnout/base/text.h>

enum { GROUP_BYTES = 1024 };

/* The beginning of a file of the kernel's, which tells no size; empty when there is none. */
static struct slice read_beginning(const char *path, char *room, size_t capacity)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, room, capacity);
    if (fd >= 0) {
        (void)close(fd); /* only read: nothing can be lost */
    }
    return (struct slice){room, got > 0 ? (size_t)got : 0};
}

/* What the control group may have; UINT64_MAX where it has no bound. */
static uint64_t group_memory(void)
{
    char groups[GROUP_BYTES];
    char path[PATH_MAX];
    char most[32];
    uint64_t bytes;
    struct slice rest = read_beginning("/proc/self/cgroup", groups, sizeof groups);
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        if (line.length > 3 && memcmp(line.bytes, "0::", 3) == 0) {
            int length = snprintf(path, sizeof path, "/sys/fs/cgroup%.*s/memory.max", (int)line.length - 3,
                                  line.bytes + 3);
            struct slice text = read_beginning(path, most, length < (int)sizeof path ? sizeof most : 0);
            struct slice number = text_split(&text, '\n'); /* or the word `max` */
            return text_parse_unsigned(number, UINT64_MAX, &bytes) ? bytes : UINT64_MAX;
        }
    }
    return UINT64_MAX;
}

uint64_t machine_memory(void)
{
    uint64_t machine = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t group = group_memory();
    return group < machine ? group : machine;
}
