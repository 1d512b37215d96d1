/* Sends reports over the stream intake (DESIGN section 6): many unanswered at a time, over several connections. The
 * caller gets exactly one answer to each report, whatever happens to the network.
 *
 * The sender pulls. Whenever a connection has room it asks `next` for a report, so no queue grows between the two.
 * After `next` has said "none now" it is asked again when answers have arrived, and whenever the caller calls
 * sender_wake().
 *
 * What it handles by itself:
 *   - a lost connection is reopened, with back-off, and every report without an answer is sent again with the same
 *     seq. That is safe: a report counts once; the second time it is answered `duplicate`;
 *   - `unavailable` is an answer to the sender, not to the caller: the report is sent again, with back-off, for
 *     as long as the sender lives;
 *   - a connection whose oldest report has waited longer than `answer_deadline_ms` counts as lost.
 * Everything else (accepted, duplicate, superseded, held, rejected) goes to `answer`.
 *
 * What it leaves to the caller: the order of one unit's reports. Reports travel over several connections and may be
 * sent again, so `next` must return a unit's next report only after its last one was answered. Otherwise the older of
 * the two may come back `superseded`.
 *
 * One thread. All callbacks run on the event loop, from within the sender; they may call sender_wake() and
 * event_base_loopbreak(), and must not call sender_free(). */
#ifndef TURNOUT_SENDER_H
#define TURNOUT_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/election/report.h>

struct event_base;
struct sender;

enum {
    SENDER_CONNECTIONS_MAX = 256,
    SENDER_WINDOW_DEFAULT = 1024,
    SENDER_WINDOW_MAX = 65536,
    SENDER_ANSWER_DEADLINE_DEFAULT_MS = 30000,
};

struct sender_options {
    const char *host; /* name or address; borrowed for sender_new() */
    uint16_t port;
    uint32_t connections; /* 1 to SENDER_CONNECTIONS_MAX; 0 for 1 */
    uint32_t window;      /* unanswered reports a connection, up to SENDER_WINDOW_MAX; 0 for the default */
    int64_t answer_deadline_ms; /* 0 for the default */
};

struct sender_calls {
    /* Fills *ret_report (zeroed but for `registered`, which is REGISTERED_ABSENT) and *ret_tag, any number that
     * identifies the report to the caller, and returns true; or returns false: none now, or no more. The sender
     * serializes the report at once and keeps the bytes, never the struct. */
    bool (*next)(void *context, struct report *ret_report, uint64_t *ret_tag);

    /* The one answer to a report. `result` is borrowed for the call; for accepted and duplicate only status, receipt
     * and generation are filled, for the others everything. `latency_us` counts from the first time the report was
     * given to a connection. */
    void (*answer)(void *context, uint64_t tag, const struct report_result *result, int64_t latency_us);

    /* May be NULL. A connection came up (`why` is NULL), or one was lost or could not be opened (`why` says why,
     * borrowed for the call). `connections_up` counts the open ones. */
    void (*link)(void *context, uint32_t connections_up, const char *why);
};

/* Counted since the start. */
struct sender_counts {
    uint64_t taken;      /* reports that `next` gave */
    uint64_t answered;   /* of them, those that `answer` was called for; the others are still unanswered */
    uint64_t resent;     /* lines sent again because a connection was lost */
    uint64_t retried;    /* lines sent again because the server answered `unavailable` */
    uint64_t links_lost; /* open connections that were lost */
    uint64_t bytes_sent;
    uint32_t connections_up;
};

/* Begins to connect; nothing is sent before the loop runs. Borrows `base` and `context` until sender_free(), copies
 * the rest. Never NULL: a host that does not resolve is reported by `link`, and tried again. */
struct sender *sender_new(struct event_base *base, const struct sender_options *options,
                          const struct sender_calls *calls, void *context);

/* Closes every connection. Unanswered reports are dropped: they may or may not have been counted. */
void sender_free(struct sender *sender);

/* Asks `next` again soon: after time moved on, or the plan grew. Cheap. */
void sender_wake(struct sender *sender);

struct sender_counts sender_counts(const struct sender *sender);

#endif
