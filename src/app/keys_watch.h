/* Keeps up with keys.csv: a key that was revoked on paper must stop being good in the server, and that without a
 * restart. Belongs to the main thread; others are handed the set by reference. */
#ifndef TURNOUT_APP_KEYS_WATCH_H
#define TURNOUT_APP_KEYS_WATCH_H

#include <turnout/base/error.h>
#include <turnout/election/keys.h>
#include <turnout/election/register.h>

struct event_base;
struct keys_watch;

enum { KEYS_LOOK_MS = 1000 };

/* A new set took the place of the old one. Borrowed for the call. */
typedef void keys_watch_fn(void *context, struct signing_keys *keys);

/* Reads the keys for the first time; every fault has been logged. Borrows both until freed. */
enum turnout_error keys_watch_new(const char *folder, const struct election_register *reg,
                                  struct keys_watch **ret_watch, struct error *error);
void keys_watch_free(struct keys_watch *watch); /* NULL-safe; stopped before */

/* The set that counts now. Borrowed until the loop runs again. */
struct signing_keys *keys_watch_current(const struct keys_watch *watch);

/* From now on looks every KEYS_LOOK_MS whether the file is another, and reads it at the second look that finds it so. A
 * faulty one changes nothing: its faults are logged once, and the keys known so far stay. They stay also when the file
 * is gone, for whoever writes it anew may have it gone for a moment. */
void keys_watch_start(struct keys_watch *watch, struct event_base *base, keys_watch_fn *on_keys,
                      void *context);
void keys_watch_stop(struct keys_watch *watch); /* NULL-safe; one that was never started is passed over */

#endif
