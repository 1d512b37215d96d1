/* keys.csv as a file that is watched. */
#include "keys_watch.h"

#include <turnout/base/log.h>
#include <turnout/store/election_keys.h>
#include <turnout/store/in_force.h>

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

static void keep(const void *context)
{
    const struct registers *registers = context;
    struct error error;
    if (in_force_keep_keys(registers_data(registers), registers_path(registers), &error) != TURNOUT_OK) {
        log_warning("keys-not-kept", log_text("what", error.text));
    }
}

enum turnout_error keys_watch_new(const struct registers *registers, struct file_watch **ret_watch,
                                  struct error *error)
{
    static const struct file_kind kind = {
        .name = ELECTION_KEYS_FILE,
        .setting = "election",
        .counted = "keys",
        .event_bad = "bad-keys",
        .event_gone = "keys-gone",
        .event_kept = "keys-kept",
        .event_renewed = "keys-renewed",
        .read = read_keys,
        .release = release_keys,
        .count = count_keys,
        .count_lacking = count_lacking,
        .lacking_remedy = "end one by its row; to do without them, stop turnoutd and "
                          "remove " IN_FORCE_FOLDER "/" ELECTION_KEYS_FILE " from its data folder"};
    return file_watch_new(&kind, registers_path(registers), registers, ret_watch, error);
}

void keys_watch_recall(struct file_watch *watch, const struct registers *registers)
{
    char path[PATH_MAX];
    struct signing_keys *known;
    struct error unknown; /* of what is no longer sound, nothing is known */
    bool is_recalled = in_force_path(registers_data(registers), path) &&
                       election_keys_read(path, registers_change(registers)->before, pass_over, NULL, &known,
                                          &unknown) == TURNOUT_OK &&
                       file_watch_recall(watch, known);
    if (!is_recalled) {
        keep(registers);
    }
}
