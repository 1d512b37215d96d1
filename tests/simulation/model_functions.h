/* What turnoutd asks of Redis, carried out on the model's data: proto/turnout.lua function by function, and HMGET. */
#ifndef TURNOUT_SIMULATION_MODEL_FUNCTIONS_H
#define TURNOUT_SIMULATION_MODEL_FUNCTIONS_H

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

/* Carries out one command, as it came (RESP: an array of bulk strings), and appends the reply in RESP. */
void model_run(struct slice command, struct buffer *reply);

/* Which function a command calls, or which command it is. */
struct slice model_name_of(struct slice command);

#endif
