/* What the functions of the model share. */
#ifndef TURNOUT_SIMULATION_MODEL_CALL_H
#define TURNOUT_SIMULATION_MODEL_CALL_H

#include <turnout/base/buffer.h>

#include "model_data.h"

/* A function that is called: its keys, its arguments. */
struct call {
    const struct slice *keys;
    size_t key_count;
    const struct slice *args;
    size_t arg_count;
};

void put_list(struct buffer *reply, size_t count);
void put_bulk(struct buffer *reply, struct slice text);
void put_integer(struct buffer *reply, int value);
void refuse(struct buffer *reply, const char *why);

/* A count of a field; absent is 0. It is set within a transaction. */
int64_t count_in(const struct model_key *key, const char *field);
void set_count(struct model_key *key, const char *field, int64_t count);

/* Generation, digest and phase. False where the province was never seeded. */
bool ground_of(const struct model_key *totals, const struct slice *ret_ground[3]);

/* ---- model_commit.c ---- */

void turnout_commit(const struct call *call, struct buffer *reply);

/* ---- model_register.c ---- */

void turnout_heard(const struct call *call, struct buffer *reply);
void turnout_register_begin(const struct call *call, struct buffer *reply);
void turnout_register_back(const struct call *call, struct buffer *reply);
void turnout_register_step(const struct call *call, struct buffer *reply);
void turnout_register_end(const struct call *call, struct buffer *reply);

#endif
