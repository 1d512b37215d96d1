/* What the committee's own files see of it. */
#ifndef TURNOUT_SERVICE_COMMITTEE_PRIVATE_H
#define TURNOUT_SERVICE_COMMITTEE_PRIVATE_H

#include <turnout/service/committee.h>

struct committee {
    struct committee_options options;
    struct publication *publication; /* a reference; NULL before the first */
    struct waiting_bulletin *waiting_bulletins;
    int64_t *reads_full_at_us;      /* a unit: its budget of reading itself */
    struct register_change *change; /* a reference; NULL: not known yet */
    struct take_up_request
        *waiting; /* until this server has followed to the register that they have taken up */
};

/* Sends it to the tally. False, and it stays the caller's, when there is no room. */
bool committee_send(struct committee *committee, struct message *message);

/* Sends it to the tally as a write, whose `begin` and `on_written` are set; where there is no room, it is answered at
 * once. */
void committee_write(struct committee *committee, struct write_message *write);

#endif
