/* Whether what meta says of an election (proto/redis.md) is said of ours. */
#ifndef TURNOUT_STORE_META_WORDS_H
#define TURNOUT_STORE_META_WORDS_H

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/election/election.h>
#include <turnout/store/store.h>

/* `schema` and `digest` as they stand there. TURNOUT_CONFLICT when they are not ours. */
enum turnout_error meta_words_judge(struct slice schema, struct slice digest, const struct election *election,
                                    const unsigned char register_digest[GROUND_DIGEST_BYTES],
                                    struct error *error);

#endif
