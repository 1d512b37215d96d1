/* Looks at the data folder once a second: whether its path still leads to the folder that was locked, and whether its
 * disk has room. Belongs to the main thread, which may wait for a disk. */
#ifndef TURNOUT_APP_DATA_WATCH_H
#define TURNOUT_APP_DATA_WATCH_H

#include <turnout/service/health.h>

#include "data_folder.h"

struct event_base;

enum { DATA_LOOK_MS = 1000 };

/* Embedded; zeroed, it looks at nothing. */
struct data_watch {
    const struct data_folder *folder;
    struct health *health;
    struct event *look_event; /* NULL: not started */
};

/* Borrows the folder, which is open, and health, until it is stopped. */
void data_watch_start(struct data_watch *watch, struct event_base *base, const struct data_folder *folder,
                      struct health *health);
void data_watch_stop(struct data_watch *watch);

#endif
