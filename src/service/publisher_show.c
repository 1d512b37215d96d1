/* What the publisher shows: the figures as they are, or those that stand while figures are held back. */
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/service/counters.h>
#include <turnout/wire/figures.h>

#include "publisher_private.h"

/* Makes a publication of these figures and hands it on. Takes the figures. Figures that are shown again may be of an
 * earlier register. */
static void publish(struct publisher *publisher, struct election_register *reg, struct area_figures *areas,
                    int64_t generated_at)
{
    int64_t started_us = clock_monotonic_us();
    publisher->shows_durable = atomic_load(publisher->options.is_durable);
    struct figures figures = {
        .election = publisher->options.election,
        .previous = publisher->options.previous,
        .test = publisher->meta.phase == PHASE_REHEARSAL,
        .durability = publisher->shows_durable ? "strict" : "relaxed",
        .publication = publication_mode_name(publisher->meta.publication),
        .signing_key = publisher->options.signing_key,
        .run = publisher->run,
        .generated_at = generated_at,
    };
    bool is_of_now = reg == publisher->options.reg;
    if (is_of_now) {
        milestone_board_put(publisher->milestones, areas);
    }
    struct publication *previous = publisher->shown;
    publisher->shown =
        publication_new(previous, &figures, reg, areas, publisher->meta.phase,
                        ledger_reader_page(publisher->ledgers), bulletins_shelf(publisher->bulletins));
    publication_show_series(publisher->shown, series_reader_series(publisher->series));
    publication_release(previous);
    counter_add(&publisher->counters.publications, 1);
    counter_add(&publisher->counters.render_us, (uint64_t)(clock_monotonic_us() - started_us));
    const struct totals *nation = &areas[REGISTER_NATION].totals;
    atomic_store(&publisher->counters.revision, (uint64_t)nation->revision);
    atomic_store(&publisher->counters.voted, (uint64_t)nation->voted);
    publisher->on_published(publisher->context, publisher->shown);
    health_note_publication(publisher->options.health);
    if (is_of_now) {
        milestone_board_show(publisher->milestones, areas);
    }
}

static struct area_figures *copy_areas(const struct election_register *reg, const struct area_figures *areas)
{
    struct area_figures *copy = memory_resize(NULL, reg->area_count, sizeof *copy);
    memcpy(copy, areas, reg->area_count * sizeof *copy);
    return copy;
}

/* The figures as they are. */
static void publish_current(struct publisher *publisher)
{
    struct election_register *reg = publisher->options.reg;
    figures_sum_nation(reg, publisher->areas);
    for (uint32_t province = 1; province <= reg->province_count; province++) {
        memcpy(publisher->areas[province].ledger_id, ledger_reader_last(publisher->ledgers, province),
               LEDGER_ID_BYTES);
    }
    publisher->shows_rehearsal = publisher->meta.phase == PHASE_REHEARSAL;
    publisher->is_withheld = false;
    publisher->shown_picture[0] = '\0';
    publish(publisher, reg, copy_areas(reg, publisher->areas), clock_wall_ms() / 1000);
}

/* The figures as they were, under the phase and mode as they are. */
static void publish_again(struct publisher *publisher)
{
    const struct figures *figures = publication_figures(publisher->shown);
    struct election_register *reg = publication_register(publisher->shown);
    publish(publisher, reg, copy_areas(reg, figures->areas), figures->generated_at);
}

/* No figures: what was read may not be shown, and there is nothing older. */
static void publish_none(struct publisher *publisher)
{
    uint32_t count = publisher->options.reg->area_count;
    struct area_figures *areas = memory_new_array(count, sizeof *areas);
    for (uint32_t i = 0; i < count; i++) {
        areas[i] = (struct area_figures){.verified = true, .withheld = true};
    }
    publisher->is_withheld = true;
    publisher->shown_picture[0] = '\0';
    publish(publisher, publisher->options.reg, areas, clock_wall_ms() / 1000);
}

static void publish_picture(struct publisher *publisher, const struct picture *picture)
{
    publisher->shows_rehearsal = picture->is_rehearsal;
    publisher->is_withheld = false;
    (void)snprintf(publisher->shown_picture, sizeof publisher->shown_picture, "%s", picture->name);
    struct election_register *reg = publisher->options.reg;
    publish(publisher, reg, copy_areas(reg, picture->areas), picture->generated_at);
}

/* The rehearsal's figures are never shown for the election's. */
static bool is_of_this_phase(const struct publisher *publisher, bool is_rehearsal)
{
    return is_rehearsal == (publisher->meta.phase == PHASE_REHEARSAL);
}

/* Whether what is shown may stay: it is the same picture, even one of an earlier register. Where Redis keeps no
 * picture, anything may stay. */
static bool stands(const struct publisher *publisher, enum picture_state state, const struct picture *picture)
{
    bool is_same =
        state == PICTURE_READY ? strcmp(picture->name, publisher->shown_picture) == 0 : state == PICTURE_NONE;
    return publisher->shown != NULL && is_same && !publisher->is_withheld &&
           is_of_this_phase(publisher, publisher->shows_rehearsal);
}

/* Only figures are held back. The ledger's line that says so is shown at once. */
static void renew_held_back(struct publisher *publisher)
{
    struct picture picture;
    enum picture_state state = bulletins_picture(publisher->bulletins, &publisher->meta, &picture);
    bool has_moved = publisher->meta_moved || publisher->lines_moved || publisher->series_moved;
    if (publisher->shown != NULL && !has_moved) {
        return;
    }
    if (stands(publisher, state, &picture)) {
        publish_again(publisher);
    } else if (state == PICTURE_READY && is_of_this_phase(publisher, picture.is_rehearsal)) {
        publish_picture(publisher, &picture);
    } else {
        publish_none(publisher);
    }
}

/* Keeps what is shown until everything that is to be shown has been read. */
static void renew(struct publisher *publisher)
{
    if (!bulletins_are_loaded(publisher->bulletins, &publisher->meta) &&
        (publisher->shown == NULL || publisher->meta.publication != PUBLICATION_LIVE)) {
        return;
    }
    if (publisher->meta.publication == PUBLICATION_LIVE) {
        publish_current(publisher);
    } else {
        renew_held_back(publisher);
    }
    publisher->moved = false;
    publisher->meta_moved = false;
    publisher->lines_moved = false;
    publisher->series_moved = false;
    publisher->renewed_ms = clock_monotonic_ms();
}

void publisher_show(struct publisher *publisher, bool is_due)
{
    publisher->lines_moved = ledger_reader_take_moved(publisher->ledgers) || publisher->lines_moved;
    publisher->lines_moved = milestone_board_take_moved(publisher->milestones) || publisher->lines_moved;
    publisher->series_moved = series_reader_take_moved(publisher->series) || publisher->series_moved;
    bool has_moved =
        publisher->moved || publisher->meta_moved || publisher->lines_moved || publisher->series_moved;
    if (has_moved || publisher->renewed_ms == 0 || is_due) {
        renew(publisher);
    }
    bool is_told = publisher->shown != NULL && !clock_watch_is_doubted(publisher->options.clock);
    series_reader_step(publisher->series, is_told ? publication_figures(publisher->shown) : NULL,
                       clock_wall_ms() / 1000);
}
