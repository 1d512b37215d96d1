/* The calls that change the phase of the election. The first of them begins a change of the publication mode, too. */
#ifndef TURNOUT_STORE_PHASE_CALLS_H
#define TURNOUT_STORE_PHASE_CALLS_H

#include <stdint.h>

#include <turnout/store/store.h>

#include "redis_command.h"
#include "redis_keys.h"

/* What a province may be asked, other than to take a phase. */
#define PHASE_LOOK    "look"    /* whether it could be opened */
#define PHASE_OPENING "opening" /* to take no commit until the opening is done or taken back */

/* Gets the number of a change, while `before` stands in the field of meta. */
void change_put_begin(struct redis_command *command, const struct election *election, const char *generation,
                      const char *field, const char *before);

/* `word` is one of the two above, or the name of a phase. A province that holds a report refuses, unless it is to take
 * a phase after the rehearsal. */
void phase_put(struct redis_command *command, const struct province_keys *keys, const char *generation,
               int64_t number, const char *word);

#endif
