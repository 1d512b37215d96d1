/* The times of election.ini, which servers of one election must have alike: a round or an opening that one of them does
 * not know would make the same report count here and be refused there. They stand in meta's field `times`. */
#ifndef TURNOUT_STORE_ELECTION_TIMES_H
#define TURNOUT_STORE_ELECTION_TIMES_H

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/store/store.h>

struct redisContext;

/* "date=2026-03-15 opens=2026-03-15T07:00:00+07:00 closes=… rounds=…,… timezone=Asia/Ho_Chi_Minh" */
void election_times_write(const struct election *election, struct buffer *out);

/* `words` as they stand in meta; none is no fault. TURNOUT_CONFLICT names the first key of election.ini that is
 * another. */
enum turnout_error election_times_judge(struct slice words, const struct election *election,
                                        struct error *error);

/* Writes the times into meta if there are none. If other times stand, waits some seconds to see whether a server serves
 * by them; if none does, replaces them and sets *ret_is_changed. */
enum turnout_error election_times_claim(struct redisContext *redis, const struct store_options *options,
                                        const char *meta_key, bool *ret_is_changed, struct error *error);

#endif
