/* A publication: everything the public can be shown at one revision, immutable. Made by the publisher, shared by all
 * workers by reference, freed with the last reference.
 *
 * The large documents (/v1/turnout, the snapshot and its usual CSV) are rendered when the publication is made. The
 * others are rendered by the first worker that is asked for one, and kept: each at most once a publication, which
 * bounds what readers can cost the counting. (Two workers may render the same one at once; one result is dropped.) */
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

/* Acquires `reg`, `page` and `shelf`, and takes `areas` (one an area of the register; see documents.h), freed with the
 * publication. The rest of `figures` is borrowed for the publication's life; its reg and areas are set to these. The caller
 * holds the first reference. `previous` is the one before it, borrowed for the call; NULL: it is the first. */
struct publication *publication_new(const struct publication *previous, const struct figures *figures,
                                    struct election_register *reg, struct area_figures *areas,
                                    enum election_phase phase, struct ledger_page *page, struct shelf *shelf);

/* Shows this series, too, which it acquires. Once, before anybody else has the publication. */
void publication_show_series(struct publication *publication, struct series *series);

void publication_acquire(struct publication *publication);
void publication_release(struct publication *publication); /* NULL-safe */

struct election_register *publication_register(const struct publication *publication); /* its areas' */
const struct figures *publication_figures(const struct publication *publication);
enum election_phase publication_phase(const struct publication *publication);
const char *publication_last_modified(const struct publication *publication); /* an HTTP date */

/* ---- what has moved since the one before ---- */

/* One more than that of the publication before it. */
uint64_t publication_serial(const struct publication *publication);

/* Whether readers are shown something else of an area, the first time too; of the nation also where the election's phase or
 * the publication mode is another. */
bool publication_has_moved(const struct publication *publication, uint32_t area);

/* ---- documents ---- */

/* Those that are kept once they were made. */
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
    PUBLISHED_CSV, /* one a form, as of the next */
    PUBLISHED_ROUNDS_CSV = PUBLISHED_CSV + CSV_FORMS,
    PUBLISHED_SINGLE = PUBLISHED_ROUNDS_CSV + CSV_FORMS, /* how many places those have */
    PUBLISHED_AREA = PUBLISHED_SINGLE,                   /* one an area */
    PUBLISHED_SERIES, /* the same, of the nation and the provinces: up to its newest minute, from a day before */
    PUBLISHED_SINCE, /* /v1/turnout with those provinces alone that moved last: one for how many these are */
};

/* `at` is csv_form_place() of a table's form, the area, the number of provinces, or 0. Valid while a reference is held, as what
 * follows. */
const struct document *publication_document(struct publication *publication, enum publication_document which,
                                            size_t at);

/* /v1/turnout with those provinces alone that have moved since `since`: a revision, or what a document says as `next`. The
 * whole of it where this server has shown no such revision. NULL when `since` is neither. */
const struct document *publication_since(struct publication *publication, const char *since);

/* The part of the snapshot that is asked for, in JSON where `form` is NULL. *ret_own is NULL, or the document itself, which is
 * the caller's to free. NULL when too many different ones have been asked for of this publication. */
const struct document *publication_selection(struct publication *publication,
                                             const struct selection *selection, const struct csv_form *form,
                                             struct document **ret_own);

/* A page of the corrections, behind a place (`<milliseconds>.<how many of them were shown>`; empty: the first), of at most
 * CORRECTIONS_MAX entries. The caller frees it. NULL when `after` is no place. */
enum { CORRECTIONS_MAX = 100 };
struct document *publication_corrections_page(const struct publication *publication, const char *after,
                                              size_t limit);

/* The series of its register; any part of it, which the caller frees: NULL where that is too much
 * (series_query_complete()). */
const struct series *publication_series(const struct publication *publication);
struct document *publication_series_part(const struct publication *publication, struct series_query query);

/* Borrowed while a reference is held. */
const struct ledger_page *publication_ledger(const struct publication *publication);
const struct shelf *publication_shelf(const struct publication *publication);

#endif
