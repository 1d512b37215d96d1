/* Health: one table of checks, from which /readyz, a gauge in /metrics and a line of the log at each change come (DESIGN
 * section 1, promise 8). The table stands in health.c; what each check says, and what to do then, in proto/health.md.
 *
 * Nothing here asks anybody: threads post what they find, and one thread evaluates it. Neither side ever waits. */
#ifndef TURNOUT_SERVICE_HEALTH_H
#define TURNOUT_SERVICE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/election.h>
#include <turnout/election/phase.h>

enum {
    HEALTH_EVALUATE_MS = 500,      /* how often health_evaluate() is to be called */
    HEALTH_WRITE_LATE_MS = 1500,   /* Redis has answered no write for so long: it takes none */
    HEALTH_FIGURES_LATE_MS = 1500, /* figures were not confirmed for so long after they were due */
};

/* What others find. Each is posted by one thread. */
enum health_finding {
    HEALTH_REDIS,      /* the process, where turnoutd manages it */
    HEALTH_TALLY_LINK, /* to Redis */
    HEALTH_PUBLISHER_LINK,
    HEALTH_WRITES,
    HEALTH_FUNCTIONS,
    HEALTH_DURABILITY,
    HEALTH_RIGHTS,
    HEALTH_REGISTER,
    HEALTH_GENERATION,
    HEALTH_LOSSES,
    HEALTH_SUMS, /* whether all provinces add up */
    HEALTH_CLOCK,
    HEALTH_KEYS,
    HEALTH_TOKENS,
    HEALTH_FILES, /* of the register: whether they hold another one than is in force */
    HEALTH_DATA_FOLDER,
    HEALTH_DISK,
    HEALTH_MEMORY,
    HEALTH_FINDINGS,
};

struct health_options {
    const struct election *election; /* borrowed */
    int64_t publish_ms;              /* how often figures are read */
};

struct health;

struct health *health_new(const struct health_options *options);
void health_free(struct health *health); /* NULL-safe */

/* ---- from any thread; each copes with a health that is NULL ---- */

/* `why`, which is copied, is for a person; with `is_ok` it is a warning, and empty where there is none. */
void health_post(struct health *health, enum health_finding finding, bool is_ok, const char *why);

void health_note_write(struct health *health, int64_t now_ms);   /* Redis has taken one; monotonic */
void health_note_figures(struct health *health, int64_t now_ms); /* they were confirmed; monotonic */
void health_note_phase(struct health *health, enum election_phase phase);
void health_note_publication(struct health *health); /* readers can be shown something */

/* What is to be posted of a disk with so many bytes left. */
void health_post_disk(struct health *health, uint64_t bytes_left);

/* What is to be posted of a Redis that has taken so many of the bytes that it may take; 0: not known. */
void health_post_memory(struct health *health, uint64_t used, uint64_t most);

/* ---- from the evaluating thread alone ---- */

/* Looks at everything, and logs what has changed. */
void health_evaluate(struct health *health, int64_t wall_ms, int64_t monotonic_ms);

bool health_is_ready(const struct health *health);
bool health_serves_readers(const struct health *health);

/* {"ready":…,"checks":[…]} */
void health_write_json(const struct health *health, bool is_ready, struct buffer *out);
void health_write_metrics(const struct health *health, struct buffer *out);

#endif
