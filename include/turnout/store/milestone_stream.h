/* The milestones of an election in Redis (proto/redis.md): reading and adding them. Every callback is called exactly
 * once, never before the call returns; its arguments are borrowed. */
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
    uint32_t area; /* REGISTER_NONE: not in the register */
    enum mark mark;
    struct milestone milestone;
};

struct store_milestones {
    const struct store_milestone *entries; /* oldest first */
    size_t count;
    bool has_more;                       /* after them */
    char last_id[STORE_STREAM_ID_BYTES]; /* of the newest; empty: none */
};

/* `milestones` is NULL unless TURNOUT_OK. TURNOUT_BAD_INPUT: the stream holds invalid data. */
typedef void store_milestones_fn(void *context, enum turnout_error error, const char *why,
                                 const struct store_milestones *milestones);

/* Reads the oldest STORE_MILESTONES_READ_MAX after `after_id` (empty: from the beginning). */
void store_read_milestones(struct store *store, const char *after_id, store_milestones_fn *on_milestones,
                           void *context);

/* A batch of milestones to add. */
struct store_telling {
    struct buffer lines; /* each ended by a newline */
    uint32_t count;
};

/* Adds one to the batch, at most STORE_MILESTONES_TOLD_MAX. `told_ms` and `told_number` are ignored: Redis sets
 * them. */
void store_telling_add(struct store_telling *telling, const char *area_code, enum mark mark,
                       const struct milestone *milestone);

/* `is_told` is false, and nothing was written, when the stream's last entry is not `last_id` (empty: none): read the
 * newer ones first. After TURNOUT_UNAVAILABLE the outcome is unknown. */
typedef void store_told_fn(void *context, enum turnout_error error, const char *why, bool is_told);

/* Writes the batch, all or none, and frees it. */
void store_tell_milestones(struct store *store, const char *last_id, struct store_telling *telling,
                           store_told_fn *on_told, void *context);

#endif
