/* What reaches a worker from other threads: a newer publication, newer keys or tokens, a register, the wish to stop.
 * Each is left in a place of its own, the newest in place of one that was not taken yet, and an eventfd wakes the
 * worker's loop to look. */
#ifndef TURNOUT_APP_MAILBOX_H
#define TURNOUT_APP_MAILBOX_H

#include <stdatomic.h>
#include <stdbool.h>

#include <turnout/election/keys.h>
#include <turnout/election/register_change.h>
#include <turnout/service/publication.h>
#include <turnout/service/refusals.h>
#include <turnout/store/tokens.h>

struct mailbox {
    int wake_fd;                               /* can be read when there is something new */
    _Atomic(struct publication *) publication; /* a reference; NULL once taken, as what follows */
    _Atomic(struct signing_keys *) keys;
    _Atomic(struct tokens *) tokens;
    _Atomic(struct register_change *) registers;
    _Atomic(struct refusals *) refusals;
    atomic_bool is_asked_to_drain;
};

/* False without a descriptor; errno says why. */
bool mailbox_init(struct mailbox *mailbox);
void mailbox_done(struct mailbox *mailbox);

/* From any thread. A reference of its own is taken. The worker hears of a publication when it is woken next, and is
 * woken for the others. */
void mailbox_put_publication(struct mailbox *mailbox, struct publication *publication);
void mailbox_wake(struct mailbox *mailbox);
void mailbox_put_keys(struct mailbox *mailbox, struct signing_keys *keys);
void mailbox_put_tokens(struct mailbox *mailbox, struct tokens *tokens);
/* Their units are those of the register that the worker is about to be given. */
void mailbox_put_refusals(struct mailbox *mailbox, struct refusals *refusals);

/* The register in force, and that of the election's files (registers.h). A worker with another one than the one in
 * force follows. */
void mailbox_put_registers(struct mailbox *mailbox, struct register_change *registers);
void mailbox_ask_to_drain(struct mailbox *mailbox);

/* For the worker: what is taken after this was woken for, or will be again. */
void mailbox_clear(struct mailbox *mailbox);

/* NULL when there is nothing new; the caller releases. */
struct publication *mailbox_take_publication(struct mailbox *mailbox);
struct signing_keys *mailbox_take_keys(struct mailbox *mailbox);
struct tokens *mailbox_take_tokens(struct mailbox *mailbox);
struct register_change *mailbox_take_registers(struct mailbox *mailbox);
struct refusals *mailbox_take_refusals(struct mailbox *mailbox);

#endif
