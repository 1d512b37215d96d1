/* The units and the committees: what they send, and to whom. */
#ifndef TURNOUT_SIMULATION_SENDERS_H
#define TURNOUT_SIMULATION_SENDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/rfc3339.h>
#include <turnout/election/rules.h>

/* A report that a unit has made; it may send it many times. */
struct sent_report {
    uint32_t unit;
    struct report_received received; /* but for the time */
    char *json;
    size_t json_bytes;
    /* What its sender was told, by whatever server: */
    bool is_told;             /* something else than that it is unavailable */
    uint32_t acknowledged_in; /* the generation; 0: never */
    uint32_t times_new;       /* in that generation */
};

void senders_begin(void);
void senders_end(void);

/* Units send until the scene's reports have been sent. */
void senders_start(void);
bool senders_are_done(void);
uint64_t senders_sent(void);

/* The report of these, or NULL when nobody has made it. */
struct sent_report *senders_find(uint32_t unit, int32_t seq, const unsigned char digest[REPORT_DIGEST_BYTES]);

/* What a unit learns from an answer. */
void senders_learn(struct sent_report *sent, const struct report_outcome *outcome);

/* Each report that was made. */
typedef void sent_report_fn(struct sent_report *sent);
void senders_each(sent_report_fn *on_report);

/* Sends every report once more of which nobody has told its sender anything. */
void senders_send_rest(void);

/* A committee voids the unit and refuses what waits of it, on every server: one of them may have the register that
 * stands. */
void senders_silence(uint32_t unit);

/* Units that differ between the registers report, some time within this one. */
void senders_disturb(int64_t within_us);

#endif
