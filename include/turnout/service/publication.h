/* A publication: everything the public is shown at one revision, immutable. Made by the publisher, shared by all
 * workers by reference, freed with the last reference.
 *
 * /v1/turnout is rendered when the publication is made, and so are the snapshot and its usual CSV, which are large,
 * while readers ask for them. The first worker that needs another document renders it: at most once a publication,
 * which bounds the cost of readers. (Two workers may render the same one at once; one result is dropped.) */
#ifndef TURNOUT_SERVICE_PUBLICATION_H
#define TURNOUT_SERVICE_PUBLICATION_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/election/phase.h>
#include <turnout/service/document.h>
#include <turnout/service/public_ledger.h>
#include <turnout/service/shelf.h>
#include <turnout/wire/documents.h>
#include <turnout/wire/figures.h>
#include <turnout/wire/series.h>

struct publication;

/* Acquires `reg`, `page` and `shelf`, and takes `areas` (one an area of the register). The rest of `figures` is
 * borrowed for the publication's life; its reg and areas are set to these. The caller holds the first reference.
 * `previous` is the publication before, borrowed for the call; NULL: this is the first. */
struct publication *publication_new(const struct publication *previous, const struct figures *figures,
                                    struct election_register *reg, struct area_figures *areas,
                                    enum election_phase phase, struct ledger_page *page, struct shelf *shelf);

/* Adds the series, which it acquires. Call once, before the publication is shared. */
void publication_show_series(struct publication *publication, struct series *series);

void publication_acquire(struct publication *publication);
void publication_release(struct publication *publication); /* NULL-safe */

struct election_register *
publication_register(const struct publication *publication); /* the register of its areas */
const struct figures *publication_figures(const struct publication *publication);
enum election_phase publication_phase(const struct publication *publication);
const char *publication_last_modified(const struct publication *publication); /* an HTTP date */

/* ---- changes since the previous publication ---- */

/* One more than the previous publication's. */
uint64_t publication_serial(const struct publication *publication);

/* Whether what readers see of an area has changed, also when it is new; for the nation also when the phase or the
 * publication mode has changed. */
bool publication_has_moved(const struct publication *publication, uint32_t area);

/* ---- documents ---- */

/* Documents that are kept once they are made. */
enum publication_document {
    PUBLISHED_INDEX,
    PUBLISHED_TURNOUT,
    PUBLISHED_SNAPSHOT,
    PUBLISHED_CORRECTIONS, /* the first page */
    PUBLISHED_CHANGES,     /* the document of an event (documents.h) */
    PUBLISHED_BULLETINS,
    PUBLISHED_FEED,
    PUBLISHED_KEYS,
    PUBLISHED_MILESTONES,
    PUBLISHED_NIST,
    PUBLISHED_ROUNDS,
    PUBLISHED_CSV, /* one for each form, as the next */
    PUBLISHED_ROUNDS_CSV = PUBLISHED_CSV + CSV_FORMS,
    PUBLISHED_SINGLE = PUBLISHED_ROUNDS_CSV + CSV_FORMS, /* the number of places above */
    PUBLISHED_AREA = PUBLISHED_SINGLE,                   /* one for each area */
    PUBLISHED_SERIES, /* one for the nation and each province: the last day of the series */
    PUBLISHED_SINCE,  /* /v1/turnout with only the provinces that moved last: one for each number of them */
};

/* `at` is the csv_form_place() of a table, the area, the number of provinces, or 0. Valid while a reference is held, as
 * are the next. */
const struct document *publication_document(struct publication *publication, enum publication_document which,
                                            size_t at);

/* /v1/turnout with only the provinces that have moved since `since`: a revision, or a document's `next`. The whole
 * document where this server has not shown that revision. NULL when `since` is neither. */
const struct document *publication_since(struct publication *publication, const char *since);

/* A part of the snapshot, in JSON when `form` is NULL. *ret_own is NULL, or the document itself, which the caller
 * frees. NULL when too many different parts of this publication were requested. */
const struct document *publication_selection(struct publication *publication,
                                             const struct selection *selection, const struct csv_form *form,
                                             struct document **ret_own);

/* A page of the corrections of at most CORRECTIONS_MAX entries, after the place `after` (`<milliseconds>.<how many of
 * them were shown>`; empty: the first page). The caller frees it. NULL when `after` is no place. */
enum { CORRECTIONS_MAX = 100 };
struct document *publication_corrections_page(const struct publication *publication, const char *after,
                                              size_t limit);

/* The series; and any part of it, which the caller frees: NULL where it is too large (series_query_complete()). */
const struct series *publication_series(const struct publication *publication);
struct document *publication_series_part(const struct publication *publication, struct series_query query);

/* Borrowed while a reference is held. */
const struct ledger_page *publication_ledger(const struct publication *publication);
const struct shelf *publication_shelf(const struct publication *publication);

#endif
