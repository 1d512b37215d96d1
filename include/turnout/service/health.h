/* Health: one table of checks, from which /readyz, a gauge in /metrics and a log line at each change are made (DESIGN
 * section 1, promise 8). The table is in health.c; what each check means, and what to do, is in proto/health.md.
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
    HEALTH_WRITE_LATE_MS = 1500,   /* no write was answered for this long: Redis takes none */
    HEALTH_FIGURES_LATE_MS = 1500, /* figures are this late */
};

/* What threads post, each finding by one thread. */
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
    HEALTH_PHASES, /* whether every province is in the election's phase */
    HEALTH_LOSSES,
    HEALTH_SUMS, /* whether all provinces add up */
    HEALTH_CLOCK,
    HEALTH_KEYS,
    HEALTH_TOKENS,
    HEALTH_FILES, /* whether the register's files differ from the register in force */
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

/* ---- from any thread; all are NULL-safe ---- */

/* `why` is for a person and is copied. With `is_ok` it is a warning, or empty. */
void health_post(struct health *health, enum health_finding finding, bool is_ok, const char *why);

void health_note_write(struct health *health, int64_t now_ms);   /* Redis answered a write; monotonic */
void health_note_figures(struct health *health, int64_t now_ms); /* figures were confirmed; monotonic */
void health_note_phase(struct health *health, enum election_phase phase);
void health_note_publication(struct health *health); /* there is a publication */

/* Posts HEALTH_DISK for this many free bytes. */
void health_post_disk(struct health *health, uint64_t bytes_left);

/* Posts HEALTH_MEMORY: the bytes that Redis uses, and the most it may use; 0: unknown. */
void health_post_memory(struct health *health, uint64_t used, uint64_t most);

/* ---- from the evaluating thread alone ---- */

/* Evaluates all checks, and logs changes. */
void health_evaluate(struct health *health, int64_t wall_ms, int64_t monotonic_ms);

bool health_is_ready(const struct health *health);
bool health_serves_readers(const struct health *health);

/* {"ready":…,"checks":[…]} */
void health_write_json(const struct health *health, bool is_ready, struct buffer *out);
void health_write_metrics(const struct health *health, struct buffer *out);

#endif
