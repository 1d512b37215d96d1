/* What turnout_read and turnout_read_units answer. */
#ifndef TURNOUT_STORE_PROVINCE_REPLY_H
#define TURNOUT_STORE_PROVINCE_REPLY_H

#include <turnout/base/error.h>
#include <turnout/store/read.h>

struct redisReply;

/* What was asked. */
struct province_reply_of {
    const struct election_register *reg;
    uint32_t province;
    bool with_units;
};

struct province_reply {
    struct store_province province; /* borrows the reply, and what follows */
    struct store_commune *communes;
    struct excused *excused;
    struct unit_state *units; /* NULL: they were not asked for */
};

/* `reply` is a list. TURNOUT_BAD_INPUT: it is no province, or one of which something cannot be; TURNOUT_UNAVAILABLE: it
 * is one of another register. The caller ends with province_reply_done(), also after an error. */
enum turnout_error province_reply_read(const struct province_reply_of *of, const struct redisReply *reply,
                                       struct province_reply *ret_reply, struct error *error);
void province_reply_done(struct province_reply *reply);

#endif
