/* How a preloaded library reaches the test's controls. It runs inside redis-server or turnoutd and links nothing. */
#ifndef TURNOUT_TESTS_PRELOAD_CONTROLS_H
#define TURNOUT_TESTS_PRELOAD_CONTROLS_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../fault_controls.h"

static struct fault_controls *controls; /* NULL: nothing is to go wrong */

__attribute__((constructor)) static void preload_map_controls(void)
{
    const char *path = getenv(FAULT_CONTROLS_VARIABLE);
    int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) {
        return;
    }
    void *mapped = mmap(NULL, sizeof *controls, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    controls = mapped != MAP_FAILED ? mapped : NULL;
}

#endif
