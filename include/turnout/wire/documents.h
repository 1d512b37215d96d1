/* The public documents (DESIGN section 7): figures in, JSON and CSV bytes out. Pure. */
#ifndef TURNOUT_WIRE_DOCUMENTS_H
#define TURNOUT_WIRE_DOCUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/election.h>
#include <turnout/election/ledger.h>
#include <turnout/election/register.h>
#include <turnout/election/totals.h>

/* The figures of one area, checked. */
struct area_figures {
    struct totals totals;
    uint32_t communes_complete;
    bool verified; /* false: the totals did not pass their check; no figure of this area is shown */
    bool withheld; /* nothing is wrong with them, but they are not to be shown either */
};

/* Everything that a publication shows, at one revision. */
struct figures {
    const struct election *election;     /* borrowed */
    const struct election_register *reg; /* borrowed */
    const struct area_figures *areas;    /* borrowed; one an area of the register, same index */
    bool test;                           /* a rehearsal */
    const char *durability;              /* "strict" or "relaxed" */
    const char *publication;             /* "live", "rounds" or "hold" */
    int64_t generated_at;                /* Unix seconds */
};

/* /v1/turnout: envelope, nation, provinces. */
void document_turnout_json(struct buffer *out, const struct figures *figures);

/* /v1/areas/{code}: envelope, the area, its children (none for a commune: units are not public). */
void document_area_json(struct buffer *out, const struct figures *figures, uint32_t area);

/* /v1/snapshot.json: envelope, then every area, flat, parents first, each with its parent's code. */
void document_snapshot_json(struct buffer *out, const struct figures *figures);

/* /v1/snapshot.csv (RFC 4180). `separator` is ',', ';' or a tab; `bom` puts U+FEFF first. A cell that a
 * spreadsheet would take for a formula is quoted with an apostrophe before it. */
void document_snapshot_csv(struct buffer *out, const struct figures *figures, char separator, bool bom);

/* A page of /v1/corrections: envelope, then the entries as given, newest first; `total`, how many there are in all, and
 * `next`, for the page behind it (NULL: it is the last). Who changed something is not public. */
struct corrections {
    const struct ledger_entry *entries;
    size_t count;
    int64_t total;
    const char *next;
};
void document_corrections_json(struct buffer *out, const struct figures *figures,
                               const struct corrections *page);

/* Why a request was not answered with what it asked for. */
struct problem {
    int status;
    const char *code;
    const char *title;
    const char *detail; /* may be empty, as may `field`, and is then left out */
    const char *field;
    int32_t next_seq; /* of a report that was rejected for its seq: the number to use instead; else 0 */
    bool test;        /* it is about a test report */
};

/* A problem document (RFC 9457), of type urn:turnout:problem:<code>. */
void document_problem_json(struct buffer *out, const struct problem *problem);

#endif
