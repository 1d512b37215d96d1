/* A worker's mailbox: pointers that are exchanged, so that nobody waits for anybody. */
#include "mailbox.h"

#include <assert.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool mailbox_init(struct mailbox *mailbox)
{
    *mailbox = (struct mailbox){.wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    return mailbox->wake_fd >= 0;
}

void mailbox_done(struct mailbox *mailbox)
{
    publication_release(mailbox_take_publication(mailbox));
    signing_keys_release(mailbox_take_keys(mailbox));
    tokens_release(mailbox_take_tokens(mailbox));
    register_change_release(mailbox_take_registers(mailbox));
    refusals_release(mailbox_take_refusals(mailbox));
    (void)close(mailbox->wake_fd);
}

void mailbox_wake(struct mailbox *mailbox)
{
    int failed = eventfd_write(mailbox->wake_fd, 1);
    assert(failed == 0);
}

void mailbox_clear(struct mailbox *mailbox)
{
    eventfd_t wakes;
    int failed = eventfd_read(mailbox->wake_fd, &wakes);
    assert(failed == 0 || errno == EAGAIN);
}

void mailbox_put_publication(struct mailbox *mailbox, struct publication *publication)
{
    publication_acquire(publication);
    publication_release(atomic_exchange(&mailbox->publication, publication));
}

void mailbox_put_keys(struct mailbox *mailbox, struct signing_keys *keys)
{
    signing_keys_acquire(keys);
    signing_keys_release(atomic_exchange(&mailbox->keys, keys));
    mailbox_wake(mailbox);
}

void mailbox_put_tokens(struct mailbox *mailbox, struct tokens *tokens)
{
    tokens_acquire(tokens);
    tokens_release(atomic_exchange(&mailbox->tokens, tokens));
    mailbox_wake(mailbox);
}

void mailbox_put_registers(struct mailbox *mailbox, struct register_change *registers)
{
    register_change_acquire(registers);
    register_change_release(atomic_exchange(&mailbox->registers, registers));
    mailbox_wake(mailbox);
}

void mailbox_put_refusals(struct mailbox *mailbox, struct refusals *refusals)
{
    refusals_acquire(refusals);
    refusals_release(atomic_exchange(&mailbox->refusals, refusals));
}

void mailbox_ask_to_drain(struct mailbox *mailbox)
{
    atomic_store(&mailbox->is_asked_to_drain, true);
    mailbox_wake(mailbox);
}

struct publication *mailbox_take_publication(struct mailbox *mailbox)
{
    return atomic_exchange(&mailbox->publication, NULL);
}

struct signing_keys *mailbox_take_keys(struct mailbox *mailbox)
{
    return atomic_exchange(&mailbox->keys, NULL);
}

struct register_change *mailbox_take_registers(struct mailbox *mailbox)
{
    return atomic_exchange(&mailbox->registers, NULL);
}

struct refusals *mailbox_take_refusals(struct mailbox *mailbox)
{
    return atomic_exchange(&mailbox->refusals, NULL);
}

struct tokens *mailbox_take_tokens(struct mailbox *mailbox)
{
    return atomic_exchange(&mailbox->tokens, NULL);
}
