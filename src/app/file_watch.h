/* Keeps up with a file that turnoutd reads into an immutable set which others share by reference, keys.csv and
 * tokens.csv: what was revoked there must stop being good in the server, and that without a restart. Or with several
 * files that belong together, those of the election. Belongs to the main thread. */
#ifndef TURNOUT_APP_FILE_WATCH_H
#define TURNOUT_APP_FILE_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/error.h>
#include <turnout/base/faults.h>
#include <turnout/service/health.h>

struct event_base;
struct file_watch;

enum { FILE_LOOK_MS = 750 }; /* a change is read at the second look that finds it: within 2 s */

/* One kind of file: how it is read into a set, and what the log says of it. */
struct file_kind {
    const char *name;          /* in its folder */
    const char *const *others; /* beside it, read together with it, and a NULL; NULL: none */
    const char *called;        /* all of them, in words; NULL: as its name */
    const char *setting;       /* of the folder; what errors blame */
    const char *counted;       /* "keys" */
    bool stays_ready;          /* the server goes on without fault when the file is faulty or gone */
    const char *event_bad, *event_gone, *event_kept, *event_renewed;
    /* `context` is that of the watch. Anything but TURNOUT_OK after every fault has gone to `on_fault`. */
    enum turnout_error (*read)(const char *folder, const void *context, fault_fn *on_fault,
                               void *fault_context, void **ret_set, struct error *error);
    void (*release)(void *set);
    size_t (*count)(const void *set);
    /* How many of what is in `known` are not in `read`: a file that lacks any is not taken up. NULL: it may lack
     * some. */
    size_t (*count_lacking)(const void *known, const void *read);
    const char *lacking_remedy; /* what a person can do about it */
    void (*taken)(
        const void
            *context); /* a changed file was taken up; `context` is that of the watch. NULL: nothing to do */
};

/* A new set took the place of the old one. Borrowed for the call. */
typedef void file_watch_fn(void *context, void *set);

/* Reads the file for the first time; every fault has been logged. Borrows all three until freed. */
enum turnout_error file_watch_new(const struct file_kind *kind, const char *folder, const void *context,
                                  struct file_watch **ret_watch, struct error *error);
void file_watch_free(struct file_watch *watch); /* NULL-safe; stopped before */

/* What was known when the server last ran, a set to take over: where the file that was read lacks any of it, it stays,
 * and this is true. Before the start. */
bool file_watch_recall(struct file_watch *watch, void *known);

/* The set that counts now. Borrowed until the loop runs again. */
void *file_watch_current(const struct file_watch *watch);

/* From now on looks every FILE_LOOK_MS whether the file is another, and reads it at the second look that finds it so. A
 * faulty one changes nothing: its faults are logged once, and the set known so far stays. The set stays also when the
 * file is gone, because an editor that replaces a file may remove it for a moment, and when the file lacks what must
 * not go. Health is told, as that finding. */
void file_watch_start(struct file_watch *watch, struct event_base *base, struct health *health,
                      enum health_finding finding, file_watch_fn *on_change, void *context);

/* Reads the file at once, whether or not it has changed, and says in the log what became of it. Started before. */
void file_watch_read_now(struct file_watch *watch);

void file_watch_stop(struct file_watch *watch); /* NULL-safe; one that was never started is passed over */

#endif
