/* Whether meta (proto/redis.md) describes our election. */
#ifndef TURNOUT_STORE_META_WORDS_H
#define TURNOUT_STORE_META_WORDS_H

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/election/election.h>
#include <turnout/store/store.h>

/* `schema`, `digest` and `files` as they stand there. TURNOUT_CONFLICT when they are not ours; `remedy` then ends the
 * sentence where it is the register that differs. */
enum turnout_error meta_words_judge(struct slice schema, struct slice digest, struct slice files,
                                    const struct election *election, const struct election_register *reg,
                                    const char *remedy, struct error *error);

/* The same for the register alone. */
enum turnout_error meta_words_judge_register(struct slice digest, struct slice files,
                                             const struct election *election,
                                             const struct election_register *reg, const char *remedy,
                                             struct error *error);

#endif
