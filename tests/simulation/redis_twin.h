/* A real Redis beside the model: whatever the model is asked, it is asked too, and must answer the same. So the model
 * is what proto/turnout.lua says. Without twin_open() nothing of this happens. */
#ifndef TURNOUT_SIMULATION_REDIS_TWIN_H
#define TURNOUT_SIMULATION_REDIS_TWIN_H

#include <turnout/base/text.h>

/* `path` is a unix socket of a Redis that may be emptied; proto/turnout.lua has been loaded there. */
void twin_open(const char *path);
void twin_close(void);

/* Empties it and writes what the model has. */
void twin_copy(void);

/* Asks it what the model was asked. */
void twin_check(struct slice command, struct slice reply_of_model);

/* Compares all that both hold. */
void twin_check_all(void);

#endif
