/* Reading streams piece by piece: ledgers and milestones, whose entries have one field, `line`, and the series. */
#ifndef TURNOUT_STORE_STREAM_LINES_H
#define TURNOUT_STORE_STREAM_LINES_H

#include "store_private.h"

struct redisReply;

/* Asks for the oldest `most` entries behind `after_id` (empty: from the beginning) up to `until_id` (empty: to the
 * end). */
void stream_read(struct store *store, const char *key, const char *after_id, const char *until_id,
                 size_t most, redis_link_reply_fn *on_reply, void *context);

/* Reads at most `most` entries, newest first, that come before `before_id`; `with_it`: beginning with that one. Where
 * `before_id` is empty, it begins with the newest. */
void stream_read_back(struct store *store, const char *key, const char *before_id, bool with_it, size_t most,
                      redis_link_reply_fn *on_reply, void *context);

/* The id and the line of an entry of such a reply. */
struct slice stream_entry_id(const struct redisReply *entry);
struct slice stream_entry_line(const struct redisReply *entry); /* empty where it has none */

#endif
