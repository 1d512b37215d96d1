/* Two rings, and who is woken. Neither ring can overflow: a port never has more messages under way than one of them
 * holds. */
#include <turnout/service/tally_port.h>

#include <assert.h>

bool tally_port_init(struct tally_port *port, struct waker *tally_waker)
{
    *port = (struct tally_port){.tally_waker = tally_waker};
    if (!waker_init(&port->worker_waker)) {
        return false;
    }
    queue_init(&port->to_tally, TALLY_PORT_MESSAGES_MAX);
    queue_init(&port->to_worker, TALLY_PORT_MESSAGES_MAX);
    return true;
}

void tally_port_done(struct tally_port *port)
{
    assert(port->with_tally == 0);
    queue_done(&port->to_tally);
    queue_done(&port->to_worker);
    waker_done(&port->worker_waker);
}

bool tally_port_send(struct tally_port *port, struct message *message)
{
    if (port->is_closed || port->with_tally == TALLY_PORT_MESSAGES_MAX) {
        return false;
    }
    message->port = port;
    message->reg = port->reg;
    bool has_room = queue_push(&port->to_tally, message);
    assert(has_room);
    port->with_tally++;
    port->owes_tally_wake = true;
    return true;
}

void tally_port_flush(struct tally_port *port)
{
    if (port->owes_tally_wake) {
        port->owes_tally_wake = false;
        waker_wake(port->tally_waker);
    }
}

struct message *tally_port_receive(struct tally_port *port)
{
    struct message *message = queue_pop(&port->to_worker);
    if (message != NULL) {
        port->with_tally--;
    }
    return message;
}

struct message *tally_port_take(struct tally_port *port)
{
    return queue_pop(&port->to_tally);
}

void tally_port_answer(struct tally_port *port, struct message *message)
{
    bool has_room = queue_push(&port->to_worker, message);
    assert(has_room);
    port->owes_worker_wake = true;
}

void tally_port_flush_answers(struct tally_port *port)
{
    if (port->owes_worker_wake) {
        port->owes_worker_wake = false;
        waker_wake(&port->worker_waker);
    }
}
