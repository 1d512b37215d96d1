/* What Redis answers instead of running a command, or instead of its answer. */
#ifndef TURNOUT_SIMULATION_MODEL_FAULTS_H
#define TURNOUT_SIMULATION_MODEL_FAULTS_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

void model_faults_begin(void);

/* Whether the command is not run; then the reply is there. */
bool model_refuses(struct slice name, struct buffer *reply);

/* Whether the command arrives long after its connection has ended. */
bool model_holds_up(struct slice name);

/* Replaces the reply by something that is none to this command. The command has been run. */
void model_garble(struct slice name, struct buffer *reply);

#endif
