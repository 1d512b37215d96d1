/* Watching the election's files, and following Redis to the register that they hold. */
#include "registers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/store/in_force.h>
#include <turnout/wire/register_digest.h>

enum {
    TICK_MS = 5,
    ROWS_TOLD_MAX = 10,
    FIGURES_PATIENCE_MS = 5000, /* then those who wait are answered all the same */
};

enum stage {
    STAGE_IDLE,
    STAGE_OTHERS,  /* the tally and the workers are following */
    STAGE_FIGURES, /* the publisher has followed, and reads */
};

struct registers {
    const char *path;
    const char *data;
    struct file_watch *watch;
    struct election_folder *first;
    struct register_change *change;            /* before: in force */
    unsigned char held[REGISTER_DIGEST_BYTES]; /* what Redis holds */
    struct registers_parts parts;
    struct event *tick_event; /* NULL: not started */
    enum stage stage;
    atomic_uint awaited;
    uint64_t readings;   /* of the publisher when it followed */
    int64_t patience_ms; /* monotonic */
};

/* ---- the files ---- */

static enum turnout_error read_folder(const char *path, const void *context, fault_fn *on_fault,
                                      void *fault_context, void **ret_set, struct error *error)
{
    (void)context;
    struct election_folder *folder = memory_new(sizeof *folder);
    enum turnout_error failed = election_folder_read(path, on_fault, fault_context, folder, error);
    if (failed == TURNOUT_OK) {
        *ret_set = folder;
    } else {
        free(folder);
    }
    return failed;
}

static void release_folder(void *set)
{
    election_folder_done(set);
    free(set);
}

static size_t count_units(const void *set)
{
    const struct election_folder *folder = set;
    return folder->reg->unit_count;
}

static const char *const other_files[] = {"units.csv", "election.ini", NULL};
static const struct file_kind kind = {.name = "areas.csv",
                                      .others = other_files,
                                      .called = "one of areas.csv, units.csv and election.ini",
                                      .setting = "election",
                                      .counted = "units",
                                      .stays_ready = true,
                                      .event_bad = "bad-election",
                                      .event_gone = "election-gone",
                                      .event_kept = "election-kept",
                                      .event_renewed = "election-read",
                                      .read = read_folder,
                                      .release = release_folder,
                                      .count = count_units};

/* ---- telling ---- */

static void put_fingerprint(struct buffer *out, const struct election_register *reg)
{
    char fingerprint[RECEIPT_BYTES];
    register_fingerprint(reg->digest, fingerprint);
    buffer_append_text(out, fingerprint);
}

static void log_rows(const struct register_change *change)
{
    struct buffer row = {0};
    for (size_t i = 0; i < change->count && i < ROWS_TOLD_MAX; i++) {
        register_row_describe(&row, change, &change->rows[i]);
        log_warning("register-differs", log_text("change", register_row_name(change->rows[i].kind)),
                    log_text("what", row.bytes));
        buffer_clear(&row);
    }
    put_fingerprint(&row, change->after);
    if (change->count == 0) {
        log_info("register-unchanged", log_text("fingerprint", row.bytes));
        buffer_done(&row);
        return;
    }
    log_warning("register-kept", log_text("fingerprint", row.bytes),
                log_number("changes", (int64_t)change->count),
                log_text("what", "see `turnout register diff`; take it up with `turnout register apply`"));
    buffer_done(&row);
}

/* Reports are taken as before: a warning. */
static void post_rows(const struct registers *registers)
{
    const struct register_change *change = registers->change;
    struct buffer why = {0};
    if (change->count > 0) {
        buffer_append_text(&why, "not taken up, fingerprint ");
        put_fingerprint(&why, change->after);
        for (size_t i = 0; i < change->count && i < ROWS_TOLD_MAX; i++) {
            buffer_append_text(&why, i == 0 ? ": " : "; ");
            register_row_describe(&why, change, &change->rows[i]);
        }
    }
    if (why.length >= ERROR_TEXT_BYTES) {
        why.bytes[text_whole_length((struct slice){why.bytes, ERROR_TEXT_BYTES - 1})] = '\0';
    }
    health_post(registers->parts.health, HEALTH_FILES, true, why.bytes == NULL ? "" : why.bytes);
    buffer_done(&why);
}

static void hand_out(const struct registers *registers)
{
    for (uint32_t i = 0; i < registers->parts.worker_count; i++) {
        mailbox_put_registers(worker_mailbox(registers->parts.workers[i]), registers->change);
    }
}

static void set_change(struct registers *registers, struct election_register *in_force)
{
    struct register_change *old = registers->change;
    const struct election_folder *files = file_watch_current(registers->watch);
    /* Settings that are no rules may have changed in the file, and count from the next start on. */
    registers->change =
        register_change_new(in_force, &registers->first->election.rules, files->reg, &files->election.rules);
    register_change_release(old);
}

/* So that this server can start with it, whatever the files hold then. */
static void keep_in_force(const struct registers *registers)
{
    const struct register_change *change = registers->change;
    const struct election_folder *files = file_watch_current(registers->watch);
    struct error error;
    if (memcmp(change->before->digest, files->reg->digest, REGISTER_DIGEST_BYTES) == 0 &&
        in_force_keep_register(registers->data, registers->path, &error) != TURNOUT_OK) {
        log_warning("register-not-kept", log_text("what", error.text));
    }
}

/* ---- following ---- */

static void hand_out_refusals(const struct registers *registers)
{
    struct refusals *refusals = refusals_new(registers->change->before->unit_count);
    for (uint32_t i = 0; i < registers->parts.worker_count; i++) {
        mailbox_put_refusals(worker_mailbox(registers->parts.workers[i]), refusals);
    }
    refusals_release(refusals);
}

/* Redis holds the register of the files, and another one is in force here. */
static bool is_to_follow(const struct registers *registers)
{
    const struct register_change *change = registers->change;
    return memcmp(change->after->digest, registers->held, sizeof registers->held) == 0 &&
           memcmp(change->before->digest, registers->held, sizeof registers->held) != 0;
}

static void begin_following(struct registers *registers)
{
    struct election_register *reg = registers->change->after;
    register_acquire(reg);
    registers->stage = STAGE_OTHERS;
    atomic_store(&registers->awaited, registers->parts.worker_count + 1);
    set_change(registers, reg);
    hand_out_refusals(registers);
    hand_out(registers);
    tally_thread_put_register(registers->parts.tally, reg);
    register_release(reg);
}

static void follow_with_figures(struct registers *registers)
{
    struct publisher *publisher = registers->parts.publisher;
    publisher_set_register(publisher, registers->change->before);
    registers->readings = atomic_load(&publisher_counters(publisher)->readings);
    registers->patience_ms = clock_monotonic_ms() + FIGURES_PATIENCE_MS;
    registers->stage = STAGE_FIGURES;
}

static bool are_figures_there(const struct registers *registers)
{
    bool has_read =
        atomic_load(&publisher_counters(registers->parts.publisher)->readings) > registers->readings;
    return has_read && tally_thread_is_up(registers->parts.tally);
}

/* All have followed. A worker learns it from what it gets now: its own register is the one in force. */
static void end_following(struct registers *registers)
{
    struct buffer fingerprint = {0};
    put_fingerprint(&fingerprint, registers->change->before);
    log_info("register-taken-up", log_text("fingerprint", fingerprint.bytes),
             log_number("units", registers->change->before->unit_count));
    buffer_done(&fingerprint);
    registers->stage = STAGE_IDLE;
    hand_out(registers);
    post_rows(registers);
    keep_in_force(registers);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct registers *registers = context;
    if (registers->stage == STAGE_IDLE && is_to_follow(registers)) {
        begin_following(registers);
    } else if (registers->stage == STAGE_IDLE) { /* the files were changed once more */
        int failed = event_del(registers->tick_event);
        assert(failed == 0);
    } else if (registers->stage == STAGE_OTHERS && atomic_load(&registers->awaited) == 0) {
        follow_with_figures(registers);
    } else if (registers->stage == STAGE_FIGURES &&
               (are_figures_there(registers) || clock_monotonic_ms() >= registers->patience_ms)) {
        end_following(registers);
        int failed = event_del(registers->tick_event);
        assert(failed == 0);
    }
}

static void follow_if_held(struct registers *registers)
{
    if (registers->stage == STAGE_IDLE && is_to_follow(registers) && registers->tick_event != NULL) {
        struct timeval tick = {.tv_usec = TICK_MS * 1000};
        int failed = event_add(registers->tick_event, &tick);
        assert(failed == 0);
    }
}

void registers_note_digest(struct registers *registers, const unsigned char digest[REGISTER_DIGEST_BYTES])
{
    memcpy(registers->held, digest, sizeof registers->held);
    follow_if_held(registers);
}

static void on_files(void *context, void *set)
{
    (void)set;
    struct registers *registers = context;
    set_change(registers, registers->change->before);
    file_watch_read_now(registers->parts.keys_watch);
    if (registers->stage != STAGE_IDLE) {
        return; /* it is handed out when all have followed */
    }
    log_rows(registers->change);
    post_rows(registers);
    hand_out(registers);
    follow_if_held(registers);
}

/* ---- life ---- */

enum turnout_error registers_new(const char *folder, struct registers **ret_registers, struct error *error)
{
    struct registers *registers = memory_new(sizeof *registers);
    enum turnout_error failed = file_watch_new(&kind, folder, NULL, &registers->watch, error);
    if (failed != TURNOUT_OK) {
        free(registers);
        return failed;
    }
    const struct election_folder *files = file_watch_current(registers->watch);
    registers->first = memory_new(sizeof *registers->first);
    *registers->first = *files;
    register_acquire(files->reg);
    previous_acquire(files->previous);
    set_change(registers, files->reg);
    memcpy(registers->held, files->reg->digest, sizeof registers->held);
    registers->path = folder;
    *ret_registers = registers;
    return TURNOUT_OK;
}

static void pass_over(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)file;
    (void)line;
    (void)error;
}

void registers_recall(struct registers *registers, const char *data, const struct last_known *known)
{
    struct election_folder *first = registers->first;
    struct election_folder kept;
    struct error unknown; /* of what is no longer sound, nothing is known */
    char path[PATH_MAX];
    registers->data = data;
    if (known == NULL || memcmp(known->digest, first->reg->digest, sizeof known->digest) == 0 ||
        !in_force_path(data, path) ||
        election_folder_read(path, pass_over, NULL, &kept, &unknown) != TURNOUT_OK) {
        return;
    }
    if (memcmp(known->digest, kept.reg->digest, sizeof known->digest) == 0) {
        register_release(first->reg);
        first->reg = kept.reg;
        first->election.rules = kept.election.rules;
        register_acquire(first->reg);
        set_change(registers, first->reg);
        memcpy(registers->held, first->reg->digest, sizeof registers->held);
    }
    election_folder_done(&kept);
}

void registers_free(struct registers *registers)
{
    if (registers != NULL) {
        assert(registers->tick_event == NULL);
        register_change_release(registers->change);
        file_watch_free(registers->watch);
        release_folder(registers->first);
        free(registers);
    }
}

const struct election_folder *registers_folder(const struct registers *registers)
{
    return registers->first;
}

const char *registers_path(const struct registers *registers)
{
    return registers->path;
}

const char *registers_data(const struct registers *registers)
{
    return registers->data;
}

struct register_change *registers_change(const struct registers *registers)
{
    return registers->change;
}

atomic_uint *registers_awaited(struct registers *registers)
{
    return &registers->awaited;
}

void registers_start(struct registers *registers, struct event_base *base,
                     const struct registers_parts *parts)
{
    registers->parts = *parts;
    registers->tick_event = event_new(base, -1, EV_PERSIST, on_tick, registers);
    assert(registers->tick_event != NULL);
    file_watch_start(registers->watch, base, parts->health, HEALTH_FILES, on_files, registers);
    if (registers->change->count > 0) {
        log_rows(registers->change);
        post_rows(registers);
    }
    keep_in_force(registers);
    hand_out(registers);
}

void registers_read_now(struct registers *registers)
{
    file_watch_read_now(registers->watch);
}

void registers_stop(struct registers *registers)
{
    if (registers != NULL && registers->tick_event != NULL) {
        file_watch_stop(registers->watch);
        event_free(registers->tick_event);
        registers->tick_event = NULL;
    }
}
