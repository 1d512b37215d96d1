/* Watches the data folder with stat(2), and its disk with statvfs(3). */
#include "data_watch.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <event2/event.h>

#include <turnout/base/error.h>

static void look_at_folder(const struct data_watch *watch)
{
    struct stat locked;
    struct stat there;
    struct error text;
    int failed = fstat(watch->folder->lock_fd, &locked);
    assert(failed == 0);
    if (stat(watch->folder->path, &there) != 0) {
        (void)error_fail_system(&text, errno, "data",
                                "the data folder %s is not there any more: put it back, or restart turnoutd",
                                watch->folder->path);
        health_post(watch->health, HEALTH_DATA_FOLDER, false, text.text);
    } else if (there.st_dev != locked.st_dev || there.st_ino != locked.st_ino) {
        (void)error_fail(&text, TURNOUT_CONFLICT, "data",
                         "%s is not the folder that this server has locked: put that one back, or restart "
                         "turnoutd",
                         watch->folder->path);
        health_post(watch->health, HEALTH_DATA_FOLDER, false, text.text);
    } else {
        health_post(watch->health, HEALTH_DATA_FOLDER, true, "");
    }
}

static void look_at_disk(const struct data_watch *watch)
{
    struct statvfs disk;
    if (fstatvfs(watch->folder->lock_fd, &disk) == 0) {
        health_post_disk(watch->health, (uint64_t)disk.f_bavail * disk.f_frsize);
    } else {
        health_post(watch->health, HEALTH_DISK, false, strerror(errno));
    }
}

static void on_look(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    const struct data_watch *watch = context;
    look_at_folder(watch);
    look_at_disk(watch);
}

void data_watch_start(struct data_watch *watch, struct event_base *base, const struct data_folder *folder,
                      struct health *health)
{
    watch->folder = folder;
    watch->health = health;
    watch->look_event = event_new(base, -1, EV_PERSIST, on_look, watch);
    assert(watch->look_event != NULL);
    struct timeval period = {.tv_sec = DATA_LOOK_MS / 1000, .tv_usec = DATA_LOOK_MS % 1000 * 1000};
    int failed = event_add(watch->look_event, &period);
    assert(failed == 0);
    on_look(-1, EV_TIMEOUT, watch);
}

void data_watch_stop(struct data_watch *watch)
{
    if (watch->look_event != NULL) {
        event_free(watch->look_event);
        watch->look_event = NULL;
    }
}
