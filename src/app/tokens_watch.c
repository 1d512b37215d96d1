/* tokens.csv as a file that is watched. */
#include "tokens_watch.h"

#include <turnout/store/tokens.h>

static enum turnout_error read_tokens(const char *folder, const void *context, fault_fn *on_fault,
                                      void *fault_context, void **ret_set, struct error *error)
{
    (void)context;
    struct tokens *tokens;
    enum turnout_error failed = tokens_read(folder, on_fault, fault_context, &tokens, error);
    if (failed == TURNOUT_OK) {
        *ret_set = tokens;
    }
    return failed;
}

static void release_tokens(void *set)
{
    tokens_release(set);
}

static size_t count_tokens(const void *set)
{
    return tokens_count(set);
}

enum turnout_error tokens_watch_new(const char *data, struct file_watch **ret_watch, struct error *error)
{
    static const struct file_kind kind = {.name = TOKENS_FILE,
                                          .setting = "data",
                                          .counted = "tokens",
                                          .event_bad = "bad-tokens",
                                          .event_gone = "tokens-gone",
                                          .event_kept = "tokens-kept",
                                          .event_renewed = "tokens-renewed",
                                          .read = read_tokens,
                                          .release = release_tokens,
                                          .count = count_tokens};
    return file_watch_new(&kind, data, NULL, ret_watch, error);
}
