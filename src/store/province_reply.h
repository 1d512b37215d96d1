/* What turnout_read answers, read into totals. */
#ifndef TURNOUT_STORE_PROVINCE_REPLY_H
#define TURNOUT_STORE_PROVINCE_REPLY_H

#include <turnout/base/error.h>
#include <turnout/election/register.h>
#include <turnout/election/totals.h>

struct redisReply;

/* `ret_communes` has one entry a commune of the province, in the register's order, zeroed by the caller. Fields
 * that this version does not know are passed over; values that are no counts, and communes that are not of the
 * province, are TURNOUT_BAD_INPUT. */
enum turnout_error province_reply_read(const struct redisReply *reply, const struct election_register *reg,
                                       uint32_t province, struct totals *ret_totals,
                                       struct totals *ret_communes, struct error *error);

#endif
