/* A link to Redis that keeps commits instead of sending them: it has the functions of store/redis_link.h, so that the
 * store and the tally above it do what they do in turnoutd. A commit is answered as if every commune were as the server
 * knows it; everything else is sent, and answered by Redis. */
#ifndef TURNOUT_BENCH_LINK_H
#define TURNOUT_BENCH_LINK_H

#include <stdbool.h>

#include <turnout/base/text.h>

/* Called with every commit, as it would be sent. Set before a store is made. */
typedef void bench_link_commit_fn(void *context, struct slice command);
void bench_link_keep_commits(bench_link_commit_fn *on_commit, void *context);

/* Whether everything that was sent or kept has been answered. */
bool bench_link_is_idle(void);

#endif
