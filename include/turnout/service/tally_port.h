/* A worker's channel to the tally: messages one way, the same messages with their answers back. Bounded: when too
 * many messages are with the tally, sending fails at once. Waking costs one system call a turn and side. */
#ifndef TURNOUT_SERVICE_TALLY_PORT_H
#define TURNOUT_SERVICE_TALLY_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/service/message.h>
#include <turnout/service/queue.h>

enum { TALLY_PORT_MESSAGES_MAX = 32768 }; /* of a worker, with the tally or in transit; a power of two */

struct tally_port {
    struct queue to_tally;
    struct queue to_worker;
    struct waker *tally_waker; /* borrowed */
    struct waker worker_waker;
    const struct election_register *reg; /* the worker's, as are the next: its messages name units of it */
    bool is_closed;                      /* sending is suspended */
    uint32_t with_tally;                 /* messages that have not come back */
    bool owes_tally_wake;
    bool owes_worker_wake;
};

/* False, with errno, when the system has no descriptor left. */
bool tally_port_init(struct tally_port *port, struct waker *tally_waker);
void tally_port_done(struct tally_port *port); /* every message must be back */

/* ---- the worker's side ---- */

/* False when there is no room or the port is closed; the caller keeps the message then. */
bool tally_port_send(struct tally_port *port, struct message *message);

/* At the end of a turn: wakes the tally if something was sent. */
void tally_port_flush(struct tally_port *port);

/* The next answered message, which the caller owns again; NULL: none now. */
struct message *tally_port_receive(struct tally_port *port);

/* ---- the tally's side ---- */

struct message *tally_port_take(struct tally_port *port); /* NULL: none now */
void tally_port_answer(struct tally_port *port, struct message *message);
void tally_port_flush_answers(struct tally_port *port);

#endif
