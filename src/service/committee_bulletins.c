/* A bulletin that a person asks for: begun here, frozen by whichever server signs, and answered when this server's
 * readers are shown it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/store/frozen_files.h>

#include "committee_private.h"

/* Somebody who waits for a bulletin; first on the way to the tally and back. */
struct waiting_bulletin {
    struct write_message write;
    int64_t begun; /* the answer: its number */
    struct waiting_bulletin *next;
    struct committee *committee;
    int64_t number; /* 0: not known yet */
    int64_t deadline_ms;
    char who[LOG_WHO_BYTES];
    char label[BULLETIN_LABEL_BYTES];
    committee_bulletin_fn *on_bulletin;
    void *context;
};

/* Ends *place, which is a place in the list. */
static void answer(struct waiting_bulletin **place, enum turnout_error error, const char *why)
{
    struct waiting_bulletin *waiting = *place;
    *place = waiting->next;
    waiting->on_bulletin(waiting->context, error, why, waiting->number);
    free(waiting);
}

static struct waiting_bulletin **place_of(struct waiting_bulletin *waiting)
{
    struct waiting_bulletin **place = &waiting->committee->waiting_bulletins;
    while (*place != waiting) {
        place = &(*place)->next;
    }
    return place;
}

/* Answers the requests that wait for a bulletin that readers can have now. */
static void answer_waiting(struct committee *committee)
{
    int64_t now_ms = clock_monotonic_ms();
    struct waiting_bulletin **place = &committee->waiting_bulletins;
    while (*place != NULL) {
        struct waiting_bulletin *waiting = *place;
        if (waiting->number > 0 && committee->publication != NULL &&
            shelf_find(publication_shelf(committee->publication), waiting->number) != NULL) {
            answer(place, TURNOUT_OK, "");
        } else if (waiting->number > 0 && now_ms >= waiting->deadline_ms) {
            answer(place, TURNOUT_UNAVAILABLE, "it is begun, and not frozen yet");
        } else {
            place = &waiting->next;
        }
    }
}

static void on_begun(void *context, enum turnout_error error, const char *why, int64_t number)
{
    struct waiting_bulletin *waiting = context;
    waiting->begun = number;
    tally_written(&waiting->write, error, why);
}

static void begin(struct write_message *write, struct store *store)
{
    struct waiting_bulletin *waiting = (struct waiting_bulletin *)write;
    const struct store_beginning beginning = {clock_wall_ms() / 1000, waiting->label, BULLETIN_DUE_ASKED};
    store_begin_bulletin(store, &beginning, on_begun, waiting);
}

static void on_written(struct write_message *write)
{
    struct waiting_bulletin *waiting = (struct waiting_bulletin *)write;
    if (write->error != TURNOUT_OK) {
        log_warning("bulletin-asked", log_text("who", waiting->who), log_text("label", waiting->label),
                    log_text("failed", write->why));
        answer(place_of(waiting), write->error, write->why);
    } else if (waiting->begun == BULLETIN_UNDER_WAY) {
        answer(place_of(waiting), TURNOUT_UNAVAILABLE, "another bulletin is being frozen");
    } else {
        log_info("bulletin-asked", log_text("who", waiting->who), log_text("label", waiting->label),
                 log_number("bulletin", waiting->begun));
        waiting->number = waiting->begun;
        answer_waiting(waiting->committee);
    }
}

void committee_begin_bulletin(struct committee *committee, const struct principal *principal,
                              const char *label, committee_bulletin_fn *on_bulletin, void *context)
{
    assert(principal->role == ROLE_ADMIN && principal->area == REGISTER_NATION);
    struct waiting_bulletin *waiting = memory_new(sizeof *waiting);
    *waiting = (struct waiting_bulletin){.write = {.begin = begin, .on_written = on_written},
                                         .next = committee->waiting_bulletins,
                                         .committee = committee,
                                         .deadline_ms = clock_monotonic_ms() + COMMITTEE_BULLETIN_MS,
                                         .on_bulletin = on_bulletin,
                                         .context = context};
    bool fits = slice_copy(slice_of(label), waiting->label, sizeof waiting->label);
    assert(fits);
    principal_write_who(principal, waiting->who);
    committee->waiting_bulletins = waiting;
    committee_write(committee, &waiting->write);
}

void committee_set_publication(struct committee *committee, struct publication *publication)
{
    publication_acquire(publication);
    publication_release(committee->publication);
    committee->publication = publication;
    answer_waiting(committee);
}

void committee_link_is_lost(struct committee *committee)
{
    struct waiting_bulletin **place = &committee->waiting_bulletins;
    while (*place != NULL) {
        if ((*place)->number > 0) {
            answer(place, TURNOUT_UNAVAILABLE, "the link to Redis was lost");
        } else {
            place = &(*place)->next; /* its own answer comes */
        }
    }
}
