/* What the files of the publisher share. */
#ifndef TURNOUT_SERVICE_PUBLISHER_PRIVATE_H
#define TURNOUT_SERVICE_PUBLISHER_PRIVATE_H

#include <turnout/service/publisher.h>
#include <turnout/store/meta.h>
#include <turnout/store/read.h>

#include "bulletins.h"
#include "ledger_reader.h"
#include "milestone_board.h"
#include "series_reader.h"

enum { RUN_BYTES = FIGURES_RUN_DIGITS + 1 };

struct publisher {
    struct publisher_options options;
    publisher_published_fn *on_published;
    void *context;
    struct event *timer;
    struct event *meta_timer;    /* NULL: the other one is quick enough */
    struct area_figures *areas;  /* as last read; the nation's is computed */
    struct store_version *known; /* one an area, used for provinces */
    struct store_meta meta;
    struct ledger_reader *ledgers;
    struct milestone_board *milestones;
    struct bulletins *bulletins;
    char run[RUN_BYTES]; /* id of this run */
    struct series_reader *series;
    struct publication *shown;                   /* what the public sees; NULL before the first */
    bool shows_durable;                          /* it says that acknowledged means durable */
    bool shows_rehearsal;                        /* its figures are of the rehearsal */
    bool is_withheld;                            /* it has no figures */
    char shown_picture[STORE_FROZEN_NAME_BYTES]; /* the picture that it shows; empty: none */
    uint32_t answers_awaited;                    /* of the reading under way */
    uint32_t next_province;                      /* to be asked for in it */
    bool reads_all;                              /* the reading under way: also what has not moved */
    bool has_read;                               /* one reading is complete: the first was with all units */
    uint32_t checked;                            /* the province whose units it reads; 0: none */
    uint32_t last_checked;                       /* the last province whose units were read */
    int64_t check_at_ms;                         /* when the next one may be; monotonic */
    bool has_asked_meta; /* it has asked what may be shown, which is its last question */
    bool reading_failed;
    bool reading_is_durable; /* what it shows cannot be lost any more, and is remembered */
    bool is_settled;         /* a write of ours was answered on this link */
    bool is_settling;
    bool wants_all;        /* the next reading reads all */
    bool reads_meta_alone; /* the reading under way */
    bool wants_figures;    /* and one of everything is due after it */
    bool moved;            /* the figures have changed since the last publication */
    bool meta_moved;       /* the same of what may be shown */
    bool lines_moved;      /* the same of the ledgers and the milestones */
    bool series_moved;     /* the same of the series */
    bool is_dark;          /* the last reading failed: said once */
    int64_t renewed_ms;    /* when they were last looked at; monotonic; 0: never */
    struct publisher_counters counters;
};

/* Takes what was read of a province if it adds up. If it does not, or if Redis holds something unreadable, the province
 * is under verification. */
void publisher_take_province(struct publisher *publisher, const struct store_province *province);
void publisher_refuse_province(struct publisher *publisher, uint32_t province, const char *why);

/* The province whose units are read in the reading that begins; 0: none. The provinces take turns, at a limited
 * rate. */
uint32_t publisher_choose_checked(struct publisher *publisher);

/* Tells how many provinces are under verification. */
void publisher_count_unverified(struct publisher *publisher);

/* Makes a publication of what was read, or of what may be shown in its place. Does so only if that has changed, or if
 * it is time to say again that the figures stand. Then goes on with the series. */
void publisher_show(struct publisher *publisher, bool is_due);

#endif
