/* What the files of the publication share. */
#ifndef TURNOUT_SERVICE_PUBLICATION_PRIVATE_H
#define TURNOUT_SERVICE_PUBLICATION_PRIVATE_H

#include <turnout/service/publication.h>
#include <turnout/wire/http_date.h>

#include "selections.h"
#include "since.h"

struct publication {
    _Atomic uint32_t references;
    struct figures figures;
    struct election_register *reg; /* a reference */
    struct area_figures *areas;
    enum election_phase phase;
    char last_modified[HTTP_DATE_BYTES];
    struct document *turnout;
    struct document *snapshot;
    struct ledger_page *page;
    struct shelf *shelf;
    struct series *series;                        /* NULL: there is none */
    _Atomic(struct document *) *series_documents; /* one for the nation and each province; as what follows */
    uint64_t serial;
    bool *moved; /* one an area */
    struct since since;
    char run[FIGURES_RUN_DIGITS + 17]; /* in figures */
    struct selections selections;
    _Atomic(struct document *) made[PUBLISHED_SINGLE]; /* NULL until asked for, as what follows */
    _Atomic(struct document *) index;
    _Atomic(struct document *) *area_documents; /* one an area */
};

#endif
