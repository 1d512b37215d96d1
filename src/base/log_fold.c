/* A small table of kinds, searched from end to end: there are seldom more than a few. */
#include "log_fold.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SUFFIX_BYTES_MAX = 64 };

/* ---- saying ---- */

static void say_with(const struct log_line *line, const char *suffix, log_say_fn *say, void *context)
{
    char text[LOG_LINE_BYTES_MAX + SUFFIX_BYTES_MAX + 1];
    size_t suffix_length = strlen(suffix);
    memcpy(text, line->bytes, line->length);
    memcpy(text + line->length, suffix, suffix_length + 1);
    text[line->length + suffix_length] = '\n';
    say(context, text, line->length + suffix_length + 1);
}

static void say_repeated(struct log_fold_kind *kind, log_say_fn *say, void *context)
{
    char suffix[SUFFIX_BYTES_MAX];
    int length = snprintf(suffix, sizeof suffix, "%s repeated=%" PRIu64,
                          kind->has_various_texts ? " texts=various" : "", kind->repeated);
    assert(length > 0 && length < SUFFIX_BYTES_MAX);
    say_with(&kind->newest, suffix, say, context);
    kind->repeated = 0;
}

/* What is left to say of a kind before it is forgotten. */
static void end(struct log_fold_kind *kind, log_say_fn *say, void *context)
{
    if (kind->total > 1) {
        char suffix[SUFFIX_BYTES_MAX];
        int length = snprintf(suffix, sizeof suffix, "%s ended=yes total=%" PRIu64,
                              kind->has_various_texts ? " texts=various" : "", kind->total);
        assert(length > 0 && length < SUFFIX_BYTES_MAX);
        say_with(&kind->newest, suffix, say, context);
    }
    kind->is_used = false;
}

/* ---- finding ---- */

static bool is_same_event(const struct log_line *a, const struct log_line *b)
{
    return a->event_length == b->event_length && memcmp(a->kind, b->kind, a->event_length) == 0;
}

static bool is_same_kind(const struct log_line *a, const struct log_line *b)
{
    return a->kind_length == b->kind_length && memcmp(a->kind, b->kind, a->kind_length) == 0;
}

/* The entry that the line is folded into, or NULL. *ret_is_various is whether the line's event has as many kinds as are
 * told apart. */
static struct log_fold_kind *find(struct log_fold *fold, const struct log_line *line, bool *ret_is_various)
{
    struct log_fold_kind *various = NULL;
    size_t kinds = 0;
    for (size_t i = 0; i < LOG_FOLD_KINDS_MAX; i++) {
        struct log_fold_kind *kind = &fold->kinds[i];
        if (!kind->is_used || !is_same_event(&kind->newest, line)) {
            continue;
        }
        if (kind->has_various_texts) {
            various = kind;
        } else if (is_same_kind(&kind->newest, line)) {
            return kind;
        } else {
            kinds++;
        }
    }
    *ret_is_various = kinds >= LOG_FOLD_KINDS_AN_EVENT;
    return *ret_is_various ? various : NULL;
}

static struct log_fold_kind *make_room(struct log_fold *fold, log_say_fn *say, void *context)
{
    struct log_fold_kind *quietest = &fold->kinds[0];
    for (size_t i = 0; i < LOG_FOLD_KINDS_MAX; i++) {
        struct log_fold_kind *kind = &fold->kinds[i];
        if (!kind->is_used) {
            return kind;
        }
        if (kind->seen_ms < quietest->seen_ms) {
            quietest = kind;
        }
    }
    end(quietest, say, context);
    return quietest;
}

/* ---- taking and telling ---- */

void log_fold_take(struct log_fold *fold, const struct log_line *line, int64_t now_ms, log_say_fn *say,
                   void *context)
{
    bool is_various = false;
    struct log_fold_kind *kind = find(fold, line, &is_various);
    bool is_first = kind == NULL;
    if (is_first) {
        kind = make_room(fold, say, context);
        kind->is_used = true;
        kind->has_various_texts = is_various;
        kind->said_ms = now_ms;
        kind->repeated = 0;
        kind->total = 0;
        say_with(line, "", say, context);
    }
    kind->repeated += is_first ? 0 : 1;
    kind->total++;
    kind->seen_ms = now_ms;
    kind->newest = *line;
}

void log_fold_tick(struct log_fold *fold, int64_t now_ms, log_say_fn *say, void *context)
{
    for (size_t i = 0; i < LOG_FOLD_KINDS_MAX; i++) {
        struct log_fold_kind *kind = &fold->kinds[i];
        if (!kind->is_used || now_ms - kind->said_ms < LOG_FOLD_PERIOD_MS) {
            continue;
        }
        if (now_ms - kind->seen_ms >= LOG_FOLD_PERIOD_MS) {
            end(kind, say, context);
        } else {
            if (kind->repeated > 0) {
                say_repeated(kind, say, context);
            }
            kind->said_ms = now_ms;
        }
    }
}

int64_t log_fold_due_ms(const struct log_fold *fold)
{
    int64_t due_ms = INT64_MAX;
    for (size_t i = 0; i < LOG_FOLD_KINDS_MAX; i++) {
        const struct log_fold_kind *kind = &fold->kinds[i];
        if (kind->is_used && kind->said_ms + LOG_FOLD_PERIOD_MS < due_ms) {
            due_ms = kind->said_ms + LOG_FOLD_PERIOD_MS;
        }
    }
    return due_ms;
}

void log_fold_finish(struct log_fold *fold, log_say_fn *say, void *context)
{
    for (size_t i = 0; i < LOG_FOLD_KINDS_MAX; i++) {
        struct log_fold_kind *kind = &fold->kinds[i];
        if (kind->is_used && kind->repeated > 0) {
            say_repeated(kind, say, context);
        }
    }
}
