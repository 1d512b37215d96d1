/* A disk and a clock of the test's own, for LD_PRELOAD: follows the writes and fdatasyncs of Redis's append-only file,
 * makes them fail, slow, or the last thing that the process does; and moves the wall clock. */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <time.h>

#include "preload_controls.h"

/* ---- the disk ---- */

/* The controls' entry of an append-only file; NULL for any other file. */
static struct fault_file *file_of(int fd)
{
    struct stat about;
    if (controls == NULL || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        return NULL;
    }
    char link[64];
    char path[PATH_MAX];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    static const char ending[] = ".incr.aof";
    if (length < (ssize_t)sizeof ending) {
        return NULL;
    }
    path[length] = '\0';
    const char *name = strrchr(path, '/');
    if (name == NULL || strlen(name + 1) >= FAULT_FILE_NAME_BYTES ||
        strcmp(path + (size_t)length - strlen(ending), ending) != 0) {
        return NULL;
    }
    for (int i = 0; i < FAULT_FILES_MAX; i++) {
        struct fault_file *file = &controls->files[i];
        if (file->name[0] == '\0') {
            memcpy(file->name, name + 1, strlen(name + 1) + 1);
        }
        if (strcmp(file->name, name + 1) == 0) {
            return file;
        }
    }
    abort(); /* more files than any test makes */
}

/* Whether a countdown has just come to its end. */
static bool is_due(_Atomic int64_t *countdown)
{
    return atomic_load(countdown) > 0 && atomic_fetch_sub(countdown, 1) == 1;
}

static bool fails(_Atomic int64_t *countdown)
{
    if (!is_due(countdown)) {
        return false;
    }
    errno = (int)atomic_load(&controls->fail_errno);
    return true;
}

static bool has_kill_word(const void *bytes, size_t length)
{
    size_t word_length = strlen(controls->kill_word);
    return word_length > 0 && memmem(bytes, length, controls->kill_word, word_length) != NULL;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    static ssize_t (*real_write)(int, const void *, size_t);
    if (real_write == NULL) {
        *(void **)&real_write = dlsym(RTLD_NEXT, "write");
    }
    const struct fault_file *file = file_of(fd);
    if (file != NULL && fails(&controls->fail_write)) {
        return -1;
    }
    ssize_t written = real_write(fd, bytes, length);
    if (file != NULL && written > 0) {
        atomic_fetch_add(&controls->writes, 1);
        if (has_kill_word(bytes, (size_t)written)) {
            atomic_store(&controls->kill_before_sync, 1);
        }
    }
    return written;
}

static void wait_us(int64_t delay_us)
{
    if (delay_us > 0) {
        struct timespec delay = {.tv_sec = delay_us / 1000000, .tv_nsec = delay_us % 1000000 * 1000};
        (void)nanosleep(&delay, NULL);
    }
}

static int sync_with(int (*real_sync)(int), int fd)
{
    struct fault_file *file = file_of(fd);
    struct stat about;
    if (file == NULL || fstat(fd, &about) != 0) {
        wait_us(controls == NULL ? 0 : atomic_load(&controls->other_sync_delay_us));
        return real_sync(fd);
    }
    wait_us(atomic_load(&controls->sync_delay_us));
    if (is_due(&controls->kill_before_sync)) {
        (void)kill(getpid(), SIGKILL);
    }
    if (fails(&controls->fail_sync)) {
        return -1;
    }
    int failed = real_sync(fd);
    if (failed == 0) {
        atomic_store(&file->synced_bytes, about.st_size);
        atomic_fetch_add(&controls->syncs, 1);
    }
    return failed;
}

int fdatasync(int fd)
{
    static int (*real_sync)(int);
    if (real_sync == NULL) {
        *(void **)&real_sync = dlsym(RTLD_NEXT, "fdatasync");
    }
    return sync_with(real_sync, fd);
}

int fsync(int fd)
{
    static int (*real_sync)(int);
    if (real_sync == NULL) {
        *(void **)&real_sync = dlsym(RTLD_NEXT, "fsync");
    }
    return sync_with(real_sync, fd);
}

/* What programs call that are built for large files. */
int fstatvfs64(int fd, struct statvfs64 *disk)
{
    static int (*real_statvfs)(int, struct statvfs64 *);
    if (real_statvfs == NULL) {
        *(void **)&real_statvfs = dlsym(RTLD_NEXT, "fstatvfs64");
    }
    int failed = real_statvfs(fd, disk);
    if (failed == 0 && controls != NULL && atomic_load(&controls->bytes_left) > 0) {
        disk->f_bavail = (fsblkcnt64_t)atomic_load(&controls->bytes_left) / disk->f_frsize;
    }
    return failed;
}

/* ---- the clock ---- */

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real_gettime)(clockid_t, struct timespec *);
    if (real_gettime == NULL) {
        *(void **)&real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int failed = real_gettime(clock, now);
    if (failed == 0 && controls != NULL && clock == CLOCK_REALTIME) {
        int64_t offset_ms = atomic_load(&controls->clock_offset_ms);
        now->tv_sec += offset_ms / 1000;
    }
    return failed;
}

time_t time(time_t *ret_now)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        return -1;
    }
    if (ret_now != NULL) {
        *ret_now = now.tv_sec;
    }
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    struct timespec exact;
    if (clock_gettime(CLOCK_REALTIME, &exact) != 0) {
        return -1;
    }
    *now = (struct timeval){.tv_sec = exact.tv_sec, .tv_usec = exact.tv_nsec / 1000};
    return 0;
}
