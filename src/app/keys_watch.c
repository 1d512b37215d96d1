/* Watches keys.csv by asking for its status once a second: that works on every file system, and needs nothing that
 * could be lost. */
#include "keys_watch.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <event2/event.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/store/election_keys.h>

/* What tells one version of the file from the next. Zeroed: there is no file. */
struct version {
    dev_t device;
    ino_t inode;
    off_t bytes;
    struct timespec written;
    struct timespec changed; /* sees also what was written with a date of its own choice */
};

struct keys_watch {
    const char *folder;
    const struct election_register *reg;
    char path[PATH_MAX];
    struct version read;       /* the one that was read last */
    struct version latest;     /* the one of the last look */
    struct signing_keys *keys; /* a reference */
    struct event *look_event;  /* NULL: not started */
    keys_watch_fn *on_keys;
    void *context;
};

static struct version version_of(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return (struct version){0};
    }
    return (struct version){.device = status.st_dev,
                            .inode = status.st_ino,
                            .bytes = status.st_size,
                            .written = status.st_mtim,
                            .changed = status.st_ctim};
}

static bool is_same_moment(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_same(const struct version *a, const struct version *b)
{
    return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
           is_same_moment(a->written, b->written) && is_same_moment(a->changed, b->changed);
}

static void log_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    log_error("bad-keys", log_text("file", file), log_number("line", line), log_text("field", error->field),
              log_text("what", error->text));
}

/* The version is taken before the file is read: what is written meanwhile shows as another version next time. */
static enum turnout_error read_keys(struct keys_watch *watch, struct signing_keys **ret_keys,
                                    struct error *error)
{
    watch->read = version_of(watch->path);
    return election_keys_read(watch->folder, watch->reg, log_fault, NULL, ret_keys, error);
}

/* A version is read once two looks have found it: a file that is being written shows as a new one each time, and half
 * of it might be a sound file that lacks half of the keys. */
static void on_look(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct keys_watch *watch = context;
    struct version version = version_of(watch->path);
    bool is_settled = is_same(&version, &watch->latest);
    watch->latest = version;
    if (!is_settled || is_same(&version, &watch->read)) {
        return;
    }
    if (version.inode == 0) {
        watch->read = version;
        log_warning("keys-gone", log_text("file", watch->path),
                    log_text("what", "the keys known so far stay"));
        return;
    }
    struct signing_keys *keys;
    struct error error;
    if (read_keys(watch, &keys, &error) != TURNOUT_OK) {
        log_error("keys-kept", log_text("what", error.text),
                  log_number("keys", (int64_t)signing_keys_count(watch->keys)));
        return;
    }
    signing_keys_release(watch->keys);
    watch->keys = keys;
    watch->on_keys(watch->context, keys);
    log_info("keys-renewed", log_number("keys", (int64_t)signing_keys_count(keys)));
}

enum turnout_error keys_watch_new(const char *folder, const struct election_register *reg,
                                  struct keys_watch **ret_watch, struct error *error)
{
    struct keys_watch *watch = memory_new(sizeof *watch);
    watch->folder = folder;
    watch->reg = reg;
    int length = snprintf(watch->path, sizeof watch->path, "%s/" ELECTION_KEYS_FILE, folder);
    enum turnout_error failed = length < 0 || (size_t)length >= sizeof watch->path
                                    ? error_fail(error, TURNOUT_TOO_LARGE, "election",
                                                 "the path of " ELECTION_KEYS_FILE " is too long")
                                    : read_keys(watch, &watch->keys, error);
    if (failed != TURNOUT_OK) {
        keys_watch_free(watch);
        return failed;
    }
    *ret_watch = watch;
    return TURNOUT_OK;
}

void keys_watch_free(struct keys_watch *watch)
{
    if (watch != NULL) {
        assert(watch->look_event == NULL);
        signing_keys_release(watch->keys);
        free(watch);
    }
}

struct signing_keys *keys_watch_current(const struct keys_watch *watch)
{
    return watch->keys;
}

void keys_watch_start(struct keys_watch *watch, struct event_base *base, keys_watch_fn *on_keys,
                      void *context)
{
    watch->on_keys = on_keys;
    watch->context = context;
    watch->look_event = event_new(base, -1, EV_PERSIST, on_look, watch);
    assert(watch->look_event != NULL);
    struct timeval period = {.tv_sec = KEYS_LOOK_MS / 1000, .tv_usec = KEYS_LOOK_MS % 1000 * 1000};
    int failed = event_add(watch->look_event, &period);
    assert(failed == 0);
}

void keys_watch_stop(struct keys_watch *watch)
{
    if (watch != NULL && watch->look_event != NULL) {
        event_free(watch->look_event);
        watch->look_event = NULL;
    }
}
