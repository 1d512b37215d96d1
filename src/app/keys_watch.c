/* keys.csv as a file that is watched. */
#include "keys_watch.h"

#include <turnout/store/election_keys.h>

static void pass_over(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)file;
    (void)line;
    (void)error;
}

/* A key may belong to a unit that is not taken up yet. */
static enum turnout_error read_keys(const char *folder, const void *context, fault_fn *on_fault,
                                    void *fault_context, void **ret_set, struct error *error)
{
    const struct register_change *change = registers_change(context);
    struct signing_keys *keys;
    enum turnout_error failed =
        change->count == 0 ? TURNOUT_BAD_INPUT
                           : election_keys_read(folder, change->after, pass_over, NULL, &keys, error);
    if (failed != TURNOUT_OK) {
        failed = election_keys_read(folder, change->before, on_fault, fault_context, &keys, error);
    }
    if (failed == TURNOUT_OK) {
        *ret_set = keys;
    }
    return failed;
}

static void release_keys(void *set)
{
    signing_keys_release(set);
}

static size_t count_keys(const void *set)
{
    return signing_keys_count(set);
}

static size_t count_lacking(const void *known, const void *read)
{
    size_t lacking = 0;
    for (size_t i = 0; i < signing_keys_count(known); i++) {
        lacking += signing_keys_find(read, signing_keys_at(known, i)->id) == NULL ? 1 : 0;
    }
    return lacking;
}

enum turnout_error keys_watch_new(const char *folder, const struct registers *registers,
                                  struct file_watch **ret_watch, struct error *error)
{
    static const struct file_kind kind = {.name = ELECTION_KEYS_FILE,
                                          .setting = "election",
                                          .counted = "keys",
                                          .event_bad = "bad-keys",
                                          .event_gone = "keys-gone",
                                          .event_kept = "keys-kept",
                                          .event_renewed = "keys-renewed",
                                          .read = read_keys,
                                          .release = release_keys,
                                          .count = count_keys,
                                          .count_lacking = count_lacking};
    return file_watch_new(&kind, folder, registers, ret_watch, error);
}
