/* The register that is in force, the one that the election's files hold, and the way from the one to the other. Belongs
 * to the main thread.
 *
 * A changed areas.csv or units.csv is read and named, and no more. When Redis holds the register of the files, because
 * an admin has taken it up here or through another server, everybody here follows, in this order:
 *   1. the tally and the workers: each first answers what it has under way under the register before. Meanwhile a
 *      report may be `unavailable`
 *   2. the publisher, with what is remembered of losses: the next reading is of the new register
 *   3. the figures of the new register are shown and the tally's link is up: now those who asked for the change are
 *      answered */
#ifndef TURNOUT_APP_REGISTERS_H
#define TURNOUT_APP_REGISTERS_H

#include <stdatomic.h>

#include <turnout/election/register_change.h>
#include <turnout/service/publisher.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/last_known.h>

#include "file_watch.h"
#include "tally_thread.h"
#include "worker.h"

struct registers;

/* Reads the election's folder, which is borrowed; every fault has been logged. */
enum turnout_error registers_new(const char *folder, struct registers **ret_registers, struct error *error);
void registers_free(struct registers *registers); /* NULL-safe; stopped before */

/* Goes back to the register that this server last knew to be in force, where the files hold another one and the data
 * folder has the one that was. `known` is what the data folder remembers, NULL: nothing. Before anybody was given the
 * register; `data` is borrowed. */
void registers_recall(struct registers *registers, const char *data, const struct last_known *known);

/* As it was read first, or recalled. The register is the caller's to acquire. */
const struct election_folder *registers_folder(const struct registers *registers);

/* The election's folder, and the data folder. */
const char *registers_path(const struct registers *registers);
const char *registers_data(const struct registers *registers);

/* From the register in force to that of the files. Borrowed until the loop runs again. */
struct register_change *registers_change(const struct registers *registers);

/* Counted down by each that has followed. Valid until freed. */
atomic_uint *registers_awaited(struct registers *registers);

/* Those who follow; all borrowed until registers_stop(). */
struct registers_parts {
    struct worker *const *workers; /* worker_count of them: those that take reports */
    uint32_t worker_count;
    struct tally_thread *tally;
    struct publisher *publisher;
    struct file_watch *keys_watch; /* what keys.csv may name depends on the register of the files */
    struct health *health;
};
void registers_start(struct registers *registers, struct event_base *base,
                     const struct registers_parts *parts);

/* Reads the files at once, and says in the log what they hold. Started before. */
void registers_read_now(struct registers *registers);
void registers_stop(struct registers *registers); /* NULL-safe; one that was never started is passed over */

/* Redis holds the register of this digest. */
void registers_note_digest(struct registers *registers, const unsigned char digest[REGISTER_DIGEST_BYTES]);

#endif
