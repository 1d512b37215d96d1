/* Maps the controls, and sets the environment of what is started next. */
#include "fault_controls.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const char file_name[] = "controls";

struct fault_controls *fault_controls_map(const struct workspace *workspace)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(workspace, file_name, path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, sizeof(struct fault_controls)), 0);
    void *mapped = mmap(NULL, sizeof(struct fault_controls), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ck_assert(mapped != MAP_FAILED);
    ck_assert_int_eq(close(fd), 0);
    return mapped;
}

void fault_controls_unmap(struct fault_controls *controls)
{
    ck_assert_int_eq(munmap(controls, sizeof *controls), 0);
}

void fault_preload_begin(const struct workspace *workspace, const char *library)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(workspace, file_name, path);
    ck_assert_int_eq(setenv(FAULT_CONTROLS_VARIABLE, path, 1), 0);
    char preload[512];
    int length = snprintf(preload, sizeof preload, "%s/libfault_%s.so", TURNOUT_PRELOAD_DIR, library);
    ck_assert(length > 0 && (size_t)length < sizeof preload);
    ck_assert_msg(access(preload, R_OK) == 0, "no %s", preload);
    ck_assert_int_eq(setenv("LD_PRELOAD", preload, 1), 0);
}

void fault_preload_end(void)
{
    ck_assert_int_eq(unsetenv("LD_PRELOAD"), 0);
    ck_assert_int_eq(unsetenv(FAULT_CONTROLS_VARIABLE), 0);
}
