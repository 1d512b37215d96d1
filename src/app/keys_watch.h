/* The watch over keys.csv, whose set is a struct signing_keys. */
#ifndef TURNOUT_APP_KEYS_WATCH_H
#define TURNOUT_APP_KEYS_WATCH_H

#include <turnout/election/register.h>

#include "file_watch.h"
#include "registers.h"

/* As file_watch_new(). */
enum turnout_error keys_watch_new(const struct registers *registers, struct file_watch **ret_watch,
                                  struct error *error);

/* The keys that the data folder remembers stay known, where the file lacks any of them. Else it remembers those of the
 * file. */
void keys_watch_recall(struct file_watch *watch, const struct registers *registers);

#endif
