/* Watches a file by asking for its status: that works on every file system, and needs nothing that could be lost. */
#include "file_watch.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <event2/event.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "fault_log.h"

enum { FILES_MAX = 3 }; /* of one kind */

/* What tells one state of a file from the next. Zeroed: there is no file. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t bytes;
    struct timespec written;
    struct timespec changed; /* sees also what was written with a date of its own choice */
};

struct version {
    struct stamp files[FILES_MAX];
};

struct file_watch {
    const struct file_kind *kind;
    const char *folder;
    const void *kind_context;
    char paths[FILES_MAX][PATH_MAX];
    size_t path_count;
    struct version read;      /* the one that was read last */
    struct version latest;    /* the one of the last look */
    void *set;                /* a reference */
    bool is_recalled;         /* the set: what was read at first lacks some of it */
    struct event *look_event; /* NULL: not started */
    struct health *health;
    enum health_finding finding;
    file_watch_fn *on_change;
    void *context;
};

static struct stamp stamp_of(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return (struct stamp){0};
    }
    return (struct stamp){.device = status.st_dev,
                          .inode = status.st_ino,
                          .bytes = status.st_size,
                          .written = status.st_mtim,
                          .changed = status.st_ctim};
}

static struct version version_of(const struct file_watch *watch)
{
    struct version version = {0};
    for (size_t i = 0; i < watch->path_count; i++) {
        version.files[i] = stamp_of(watch->paths[i]);
    }
    return version;
}

/* The first file that is not there; NULL: all are. */
static const char *gone_of(const struct file_watch *watch, const struct version *version)
{
    size_t i = 0;
    while (i < watch->path_count && version->files[i].inode != 0) {
        i++;
    }
    return i == watch->path_count ? NULL : watch->paths[i];
}

static bool is_same_moment(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_same_stamp(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->bytes == b->bytes &&
           is_same_moment(a->written, b->written) && is_same_moment(a->changed, b->changed);
}

static bool is_same(const struct version *a, const struct version *b)
{
    size_t i = 0;
    while (i < FILES_MAX && is_same_stamp(&a->files[i], &b->files[i])) {
        i++;
    }
    return i == FILES_MAX;
}

/* The version is taken before the file is read: what is written meanwhile shows as another version next time. */
static enum turnout_error read_file(struct file_watch *watch, void **ret_set, struct error *error)
{
    const char *event = watch->kind->event_bad;
    watch->read = version_of(watch);
    return watch->kind->read(watch->folder, watch->kind_context, fault_log, &event, ret_set, error);
}

static void post_kept(const struct file_watch *watch, const char *what)
{
    struct error text;
    (void)error_fail(&text, TURNOUT_CONFLICT, "", "%s is %s: what is known so far stays",
                     watch->kind->called == NULL ? watch->kind->name : watch->kind->called, what);
    health_post(watch->health, watch->finding, watch->kind->stays_ready, text.text);
}

static void keep(struct file_watch *watch, const char *what)
{
    log_error(watch->kind->event_kept, log_text("what", what),
              log_number(watch->kind->counted, (int64_t)watch->kind->count(watch->set)));
}

/* What was there before ends by its row, never by its absence: half of a file can look like a whole one. */
static bool lacks_what_was_known(struct file_watch *watch, const void *set)
{
    const struct file_kind *kind = watch->kind;
    size_t lacking = kind->count_lacking == NULL ? 0 : kind->count_lacking(watch->set, set);
    if (lacking == 0) {
        return false;
    }
    struct error text;
    (void)error_fail(
        &text, TURNOUT_CONFLICT, "",
        "%s has %zu %s, and %zu of those that were known are not among them: it is not taken up; %s",
        kind->name, kind->count(set), kind->counted, lacking, kind->lacking_remedy);
    keep(watch, text.text);
    post_kept(watch, "incomplete");
    return true;
}

static void take_file(struct file_watch *watch, const struct version *version)
{
    const struct file_kind *kind = watch->kind;
    const char *gone = gone_of(watch, version);
    if (gone != NULL) {
        watch->read = *version;
        log_warning(kind->event_gone, log_text("file", gone), log_text("what", "what is known so far stays"));
        post_kept(watch, "gone");
        return;
    }
    void *set;
    struct error error;
    if (read_file(watch, &set, &error) != TURNOUT_OK) {
        keep(watch, error.text);
        post_kept(watch, "faulty, and its faults are in the log");
        return;
    }
    if (lacks_what_was_known(watch, set)) {
        kind->release(set);
        return;
    }
    kind->release(watch->set);
    watch->set = set;
    health_post(watch->health, watch->finding, true, "");
    if (kind->taken != NULL) {
        kind->taken(watch->kind_context);
    }
    watch->on_change(watch->context, set);
    log_info(kind->event_renewed, log_number(kind->counted, (int64_t)kind->count(set)));
}

static bool add_path(struct file_watch *watch, const char *name)
{
    assert(watch->path_count < FILES_MAX);
    char *path = watch->paths[watch->path_count++];
    int length = snprintf(path, sizeof watch->paths[0], "%s/%s", watch->folder, name);
    return length > 0 && (size_t)length < sizeof watch->paths[0];
}

/* A version is read once two looks have found it: a file that is being written shows as a new one each time, and half
 * of it might be a sound file that lacks half of its rows. */
static void on_look(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct file_watch *watch = context;
    struct version version = version_of(watch);
    bool is_settled = is_same(&version, &watch->latest);
    watch->latest = version;
    if (!is_settled || is_same(&version, &watch->read)) {
        return;
    }
    take_file(watch, &version);
}

void file_watch_read_now(struct file_watch *watch)
{
    struct version version = version_of(watch);
    static const struct version none;
    if (!is_same(&version, &none) || !is_same(&watch->read, &none)) { /* there may never have been one */
        take_file(watch, &version);
    }
}

enum turnout_error file_watch_new(const struct file_kind *kind, const char *folder, const void *context,
                                  struct file_watch **ret_watch, struct error *error)
{
    struct file_watch *watch = memory_new(sizeof *watch);
    watch->kind = kind;
    watch->folder = folder;
    watch->kind_context = context;
    bool fits = add_path(watch, kind->name);
    for (const char *const *other = kind->others; other != NULL && *other != NULL; other++) {
        fits = add_path(watch, *other) && fits;
    }
    enum turnout_error failed =
        fits ? read_file(watch, &watch->set, error)
             : error_fail(error, TURNOUT_TOO_LARGE, kind->setting, "the path of %s is too long", kind->name);
    if (failed != TURNOUT_OK) {
        file_watch_free(watch);
        return failed;
    }
    *ret_watch = watch;
    return TURNOUT_OK;
}

void file_watch_free(struct file_watch *watch)
{
    if (watch != NULL) {
        assert(watch->look_event == NULL);
        if (watch->set != NULL) {
            watch->kind->release(watch->set);
        }
        free(watch);
    }
}

bool file_watch_recall(struct file_watch *watch, void *known)
{
    void *read = watch->set;
    watch->set = known;
    watch->is_recalled = lacks_what_was_known(watch, read);
    if (!watch->is_recalled) {
        watch->set = read;
        read = known;
    }
    watch->kind->release(read);
    return watch->is_recalled;
}

void *file_watch_current(const struct file_watch *watch)
{
    return watch->set;
}

void file_watch_start(struct file_watch *watch, struct event_base *base, struct health *health,
                      enum health_finding finding, file_watch_fn *on_change, void *context)
{
    watch->health = health;
    watch->finding = finding;
    if (watch->is_recalled) {
        post_kept(watch, "incomplete");
    } else {
        health_post(health, finding, true, "");
    }
    watch->on_change = on_change;
    watch->context = context;
    watch->look_event = event_new(base, -1, EV_PERSIST, on_look, watch);
    assert(watch->look_event != NULL);
    struct timeval period = {.tv_sec = FILE_LOOK_MS / 1000, .tv_usec = FILE_LOOK_MS % 1000 * 1000};
    int failed = event_add(watch->look_event, &period);
    assert(failed == 0);
}

void file_watch_stop(struct file_watch *watch)
{
    if (watch != NULL && watch->look_event != NULL) {
        event_free(watch->look_event);
        watch->look_event = NULL;
    }
}
