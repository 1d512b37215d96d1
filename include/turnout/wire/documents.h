/* The public documents (DESIGN section 7): renders figures as JSON and CSV. Pure. */
#ifndef TURNOUT_WIRE_DOCUMENTS_H
#define TURNOUT_WIRE_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/ledger.h>
#include <turnout/wire/figures.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/selection.h>

/* /v1/turnout: envelope, nation, provinces. */
void document_turnout_json(struct buffer *out, const struct figures *figures);

/* An event of /v1/events, or the changes since a revision: as /v1/turnout, but only the provinces that moved; `moved`
 * has one entry an area. */
void document_changes_json(struct buffer *out, const struct figures *figures, const bool *moved);

/* /v1/areas/{code}: envelope, the area, its children (none for a commune: its units are not in public documents). */
void document_area_json(struct buffer *out, const struct figures *figures, uint32_t area);

/* /v1/snapshot.json: envelope, then every area, flat, parents first, each with its parent's code. */
void document_snapshot_json(struct buffer *out, const struct figures *figures);

/* /v1/snapshot.csv (RFC 4180). `separator` is ',', ';' or a tab; `bom` puts U+FEFF first. An apostrophe precedes a
 * cell that a spreadsheet would take for a formula. */
void document_snapshot_csv(struct buffer *out, const struct figures *figures, char separator, bool bom);

/* The same for a selection of areas and fields. */
void document_selection_json(struct buffer *out, const struct figures *figures,
                             const struct selection *selection);
void document_selection_csv(struct buffer *out, const struct figures *figures, char separator, bool bom,
                            const struct selection *selection);

/* /v1/milestones: envelope, then the provinces and communes where every registered voter has voted, each in order of
 * completion. */
void document_milestones_json(struct buffer *out, const struct figures *figures);

/* /v1/rounds, the round board: envelope, the election's rounds, then every area, flat, parents first, with the units
 * that have reported in each round. */
void document_rounds_json(struct buffer *out, const struct figures *figures);

/* A row of /v1/areas/{code}/board: an area in a round, from 1. */
void document_put_board_row(struct json_writer *json, const struct figures *figures, uint32_t area,
                            uint32_t round);

/* /v1/rounds.csv, formatted as the snapshot: a row an area, and a column a round with the percentage of its units
 * that have reported in it. */
void document_rounds_csv(struct buffer *out, const struct figures *figures, char separator, bool bom);

/* /v1/nist.json: an ElectionReport of NIST SP 1500-100 version 2 (proto/nist.schema.json). */
void document_nist_json(struct buffer *out, const struct figures *figures);

/* A page of /v1/corrections: envelope, the entries as given, newest first, the `total` of all entries, and `next` for
 * the next page (NULL: it is the last). Who made a change is not public. */
struct corrections {
    const struct ledger_entry *entries;
    size_t count;
    int64_t total;
    const char *next;
};
void document_corrections_json(struct buffer *out, const struct figures *figures,
                               const struct corrections *page);

/* A public document as the index names it. */
struct document_listing {
    const char *path; /* a URI template (RFC 6570): /v1/areas/{code} */
    const char *what;
    const char *media_type;
    const char *schema;  /* a file of proto/; NULL: not JSON */
    const char *changes; /* one of the words in index.schema.json */
};

/* /v1, the index: envelope, what is counted, how, under which licence, then the documents. */
void document_index_json(struct buffer *out, const struct figures *figures,
                         const struct document_listing *listings, size_t count);

/* An entry of a ledger. `who` made the change; empty: a signed report; NULL: not shown. */
void document_put_entry(struct json_writer *json, const struct figures *figures,
                        const struct ledger_entry *entry, const char *who);

/* The reason that a request failed. */
struct problem {
    int status;
    const char *code;
    const char *title;
    const char *detail; /* may be empty, as may `field`; then it is left out */
    const char *field;
    int32_t next_seq; /* for a report rejected for its seq: the number to use instead; else 0 */
    bool test;        /* it is about a test report */
};

/* A problem document (RFC 9457), of type urn:turnout:problem:<code>. */
void document_problem_json(struct buffer *out, const struct problem *problem);

#endif
