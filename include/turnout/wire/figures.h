/* The public figures, from which the documents are made. */
#ifndef TURNOUT_WIRE_FIGURES_H
#define TURNOUT_WIRE_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/election/election.h>
#include <turnout/election/ledger.h>
#include <turnout/election/milestone.h>
#include <turnout/election/previous.h>
#include <turnout/election/register.h>
#include <turnout/election/totals.h>
#include <turnout/wire/excuse.h>

/* The checked figures of one area. */
struct area_figures {
    struct totals totals;
    uint32_t communes_complete;
    struct excused excused;
    struct milestone milestones[MARK_COUNT];
    bool verified; /* false: the totals failed their check; no figure of this area is shown */
    bool withheld; /* the figures are correct, but must not be shown */
    char ledger_id[LEDGER_ID_BYTES]; /* for a province: the last shown entry of its ledger; may be empty */
};

enum { FIGURES_RUN_DIGITS = 8 };

/* Everything that a publication shows, at one revision. */
struct figures {
    const struct election *election;     /* borrowed */
    const struct previous *previous;     /* borrowed; the previous election; NULL: unknown */
    const struct election_register *reg; /* borrowed */
    const struct area_figures *areas;    /* borrowed; one an area of the register, same index */
    bool test;                           /* a rehearsal */
    const char *durability;              /* "strict" or "relaxed" */
    const char *publication;             /* "live", "rounds" or "hold" */
    const char *signing_key;             /* public key of the bulletins, base64url; NULL: none */
    /* Identifies this publication among those of all servers: FIGURES_RUN_DIGITS for the server's run, then the
     * publication's number, all hexadecimal. NULL: no identifier. */
    const char *run;
    int64_t generated_at; /* Unix seconds */
};

/* Whether readers see the same of an area. */
bool figures_are_same(const struct area_figures *a, const struct area_figures *b);

/* Sums the provinces. */
void figures_sum_nation(const struct election_register *reg, struct area_figures *areas);

/* Whether every registered voter of the area, and at least one, has voted. */
bool figures_are_complete(const struct totals *totals);

#endif
