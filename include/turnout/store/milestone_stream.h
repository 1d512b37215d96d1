/* The milestones that were told of an election, in Redis (proto/redis.md): reading them, and telling more.
 * Every callback is called exactly once, never before the call returns; what it is given is borrowed for it. */
#ifndef TURNOUT_STORE_MILESTONE_STREAM_H
#define TURNOUT_STORE_MILESTONE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/milestone.h>
#include <turnout/store/read.h>

enum {
    STORE_MILESTONES_READ_MAX = 4000, /* at a time */
    STORE_MILESTONES_TOLD_MAX = 1000, /* at a time */
};

struct store_milestone {
    uint32_t area; /* REGISTER_NONE: the register does not have it */
    enum mark mark;
    struct milestone milestone;
};

struct store_milestones {
    const struct store_milestone *entries; /* oldest first */
    size_t count;
    bool has_more;                       /* behind them */
    char last_id[STORE_STREAM_ID_BYTES]; /* of the newest; empty when there is none */
};

/* `milestones` is NULL unless TURNOUT_OK. TURNOUT_BAD_INPUT: the stream holds what it must not. */
typedef void store_milestones_fn(void *context, enum turnout_error error, const char *why,
                                 const struct store_milestones *milestones);

/* Those behind `after_id` (empty: from the beginning), the oldest STORE_MILESTONES_READ_MAX of them. */
void store_read_milestones(struct store *store, const char *after_id, store_milestones_fn *on_milestones,
                           void *context);

/* A telling that is being put together. */
struct store_telling {
    struct buffer lines; /* each ended by a newline */
    uint32_t count;
};

/* `told_ms` and `told_number` are Redis's to give. At most STORE_MILESTONES_TOLD_MAX. */
void store_telling_add(struct store_telling *telling, const char *area_code, enum mark mark,
                       const struct milestone *milestone);

/* `is_told` is false where the last one told is another than `last_id` (empty: none): then nothing was written, and what was told meanwhile
 * is to be read first. After TURNOUT_UNAVAILABLE nobody knows. */
typedef void store_told_fn(void *context, enum turnout_error error, const char *why, bool is_told);

/* Tells these, all or none, and ends the telling. */
void store_tell_milestones(struct store *store, const char *last_id, struct store_telling *telling,
                           store_told_fn *on_told, void *context);

#endif
