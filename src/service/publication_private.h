/* What the files of the publication share. */
#ifndef TURNOUT_SERVICE_PUBLICATION_PRIVATE_H
#define TURNOUT_SERVICE_PUBLICATION_PRIVATE_H

#include <turnout/service/publication.h>
#include <turnout/wire/http_date.h>

#include "movement.h"
#include "selections.h"

/* So many publications after a large document was asked for last, it is made with the publication. */
enum { PUBLICATION_ASKED_LATELY = 120 };

struct publication {
    _Atomic uint32_t references;
    struct figures figures;
    struct election_register *reg; /* a reference */
    struct area_figures *areas;
    enum election_phase phase;
    char last_modified[HTTP_DATE_BYTES];
    struct ledger_page *page;
    struct shelf *shelf;
    struct series *series; /* NULL: there is none */
    uint64_t serial;
    bool *moved; /* one an area */
    struct movement movement;
    char run[FIGURES_RUN_DIGITS + 17]; /* in figures */
    struct selections selections;
    _Atomic uint64_t asked[PUBLISHED_SINGLE]; /* the serial that each was last asked for under; 0: never */
    /* What is kept, NULL until it is made: the single documents, one for each area, one for each number of provinces;
     * and of the series one for the nation and each province. */
    _Atomic(struct document *) *documents;
    _Atomic(struct document *) *series_documents;
};

#endif
