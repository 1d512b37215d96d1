/* The servers: a tally each, with the real store above a link of its own to the model. */
#ifndef TURNOUT_SIMULATION_SERVERS_H
#define TURNOUT_SIMULATION_SERVERS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/service/message.h>

#include "senders.h"

enum { SERVERS_MAX = 3 };

/* A message that is with a server, and what has to be known when it comes back. Made for the run. */
struct ticket {
    struct ticket *next; /* of all of the run */
    struct message *message;
    struct sent_report *sent; /* NULL: a decision */
    uint32_t unit;
    uint32_t server;
    int64_t sent_us;
    bool was_acknowledged; /* before it was sent, in `generation` */
    uint32_t generation;   /* that stood when it was sent */
    bool was_waiting;      /* a decision: the report stood as held, on the disk */
    bool is_answered;
    size_t place; /* among those that are not answered */
};

struct server_figures {
    uint64_t answers;
    uint64_t by_status[STATUS_COUNT];
    uint64_t decisions;
    uint64_t decided;
    uint64_t refused; /* there was no room for it */
    uint64_t ends;
    int64_t longest_us; /* until an answer */
    uint32_t most_waiting;
};

void servers_begin(void);
void servers_end(void);
void servers_start(void);

void server_send_report(uint32_t server, struct sent_report *sent);
void server_send_decision(uint32_t server, uint32_t unit, int32_t seq, bool release);
void server_send_void(uint32_t server, uint32_t unit);

uint32_t servers_waiting(void); /* messages that are not answered */
const struct server_figures *servers_figures(void);

#endif
