/* What is said of log lines that repeat: the first at once, then every ten seconds the newest with their number, and
 * once more when none has come for ten seconds. A line has the time at which it was logged, not that at which it is
 * said.
 *
 *   09:00:00 warning batch-uncertain province=01 reports=3 why=OOM
 *   09:00:09 warning batch-uncertain province=01 reports=1 why=OOM repeated=2754
 *   09:00:13 warning batch-uncertain province=01 reports=4 why=OOM repeated=801
 *   09:00:13 warning batch-uncertain province=01 reports=4 why=OOM ended=yes total=3556
 *
 * Lines of one kind (log_format.h) are folded. Of one event at most LOG_FOLD_KINDS_AN_EVENT kinds are told apart: the
 * others are folded together and marked `texts=various`. So an event makes fewer than 60 lines a minute, however often
 * it happens and whatever texts it carries.
 * Pure: the caller says what time it is, on a clock that never goes back. */
#ifndef TURNOUT_BASE_LOG_FOLD_H
#define TURNOUT_BASE_LOG_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log_format.h"

enum { LOG_FOLD_KINDS_MAX = 64, LOG_FOLD_KINDS_AN_EVENT = 5, LOG_FOLD_PERIOD_MS = 10000 };

/* Takes a whole line, its newline included. */
typedef void log_say_fn(void *context, const char *bytes, size_t length);

struct log_fold_kind {
    bool is_used;
    bool has_various_texts; /* stands for all further kinds of its event */
    int64_t said_ms;
    int64_t seen_ms;
    uint64_t repeated; /* since it was said */
    uint64_t total;
    struct log_line newest;
};

/* Embedded; a zeroed struct has seen nothing. When it is full, the kind that has been quiet longest is given up. */
struct log_fold {
    struct log_fold_kind kinds[LOG_FOLD_KINDS_MAX];
};

void log_fold_take(struct log_fold *fold, const struct log_line *line, int64_t now_ms, log_say_fn *say,
                   void *context);

/* Says what has become due. */
void log_fold_tick(struct log_fold *fold, int64_t now_ms, log_say_fn *say, void *context);

/* When something will be due; INT64_MAX when nothing is waiting. */
int64_t log_fold_due_ms(const struct log_fold *fold);

/* Says what is still unsaid, before an end. */
void log_fold_finish(struct log_fold *fold, log_say_fn *say, void *context);

#endif
