/* The frozen documents of one revision, and how long they live. */
#include <turnout/service/publication.h>

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/wire/atom_feed.h>
#include <turnout/wire/documents.h>
#include <turnout/wire/http_date.h>

#include "public_listings.h"
#include "publication_private.h"

static int64_t revision_of(const struct publication *publication)
{
    return publication->areas[REGISTER_NATION].totals.revision;
}

static void find_moved(struct publication *publication, const struct publication *previous)
{
    uint32_t count = publication->figures.reg->area_count;
    bool is_first = previous == NULL || previous->figures.reg != publication->figures.reg;
    publication->serial = previous == NULL ? 1 : previous->serial + 1;
    publication->moved = memory_new_array(count, sizeof *publication->moved);
    for (uint32_t area = 0; area < count; area++) {
        publication->moved[area] =
            is_first || !figures_are_same(&previous->areas[area], &publication->areas[area]);
    }
    if (!is_first && (previous->phase != publication->phase ||
                      strcmp(previous->figures.publication, publication->figures.publication) != 0)) {
        publication->moved[REGISTER_NATION] = true;
    }
    publication->movement =
        movement_after(previous == NULL ? NULL : &previous->movement, revision_of(publication),
                       publication->moved, publication->reg->province_count);
}

static void name_run(struct publication *publication)
{
    if (publication->figures.run != NULL) {
        (void)snprintf(publication->run, sizeof publication->run, "%s%" PRIx64, publication->figures.run,
                       publication->movement.serial);
        publication->figures.run = publication->run;
    }
}

static size_t document_count(const struct election_register *reg)
{
    return PUBLISHED_SINGLE + reg->area_count + reg->province_count;
}

/* Makes the large documents that readers have asked for lately, so that no worker stops for them when they ask again.
 * Others are not made: rendering and compressing them costs as much as taking a thousand reports. */
static void make_large(struct publication *publication, const struct publication *previous)
{
    static const enum publication_document large[] = {PUBLISHED_SNAPSHOT, PUBLISHED_CSV};
    for (size_t i = 0; previous != NULL && i < sizeof large / sizeof large[0]; i++) {
        uint64_t asked = atomic_load(&previous->asked[large[i]]);
        if (asked != 0 && publication->serial - asked <= PUBLICATION_ASKED_LATELY) {
            (void)publication_document(publication, large[i], 0);
        }
        atomic_store(&publication->asked[large[i]], asked); /* to make it is not to ask for it */
    }
}

struct publication *publication_new(const struct publication *previous, const struct figures *figures,
                                    struct election_register *reg, struct area_figures *areas,
                                    enum election_phase phase, struct ledger_page *page, struct shelf *shelf)
{
    struct publication *publication = memory_new(sizeof *publication);
    atomic_init(&publication->references, 1);
    publication->figures = *figures;
    publication->figures.reg = reg;
    publication->figures.areas = areas;
    publication->reg = reg;
    register_acquire(reg);
    publication->areas = areas;
    publication->phase = phase;
    publication->page = page;
    ledger_page_acquire(page);
    publication->shelf = shelf;
    shelf_acquire(shelf);
    find_moved(publication, previous);
    name_run(publication);
    publication->documents = memory_new_array(document_count(reg), sizeof *publication->documents);
    http_date_write(figures->generated_at, publication->last_modified);
    (void)publication_document(publication, PUBLISHED_TURNOUT, 0);
    make_large(publication, previous);
    return publication;
}

static size_t areas_of(const struct series *series)
{
    return (size_t)series_register(series)->province_count + 1;
}

void publication_show_series(struct publication *publication, struct series *series)
{
    publication->series = series;
    series_acquire(series);
    publication->series_documents = memory_new_array(areas_of(series), sizeof *publication->series_documents);
}

static void release_series(struct publication *publication)
{
    for (size_t i = 0; publication->series != NULL && i < areas_of(publication->series); i++) {
        document_free(atomic_load(&publication->series_documents[i]));
    }
    free(publication->series_documents);
    series_release(publication->series);
}

void publication_acquire(struct publication *publication)
{
    atomic_fetch_add_explicit(&publication->references, 1, memory_order_relaxed);
}

void publication_release(struct publication *publication)
{
    if (publication == NULL ||
        atomic_fetch_sub_explicit(&publication->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    movement_done(&publication->movement);
    selections_done(&publication->selections);
    ledger_page_release(publication->page);
    shelf_release(publication->shelf);
    release_series(publication);
    for (size_t i = 0; i < document_count(publication->reg); i++) {
        document_free(atomic_load(&publication->documents[i]));
    }
    register_release(publication->reg);
    free(publication->documents);
    free(publication->moved);
    free(publication->areas);
    free(publication);
}

struct election_register *publication_register(const struct publication *publication)
{
    return publication->reg;
}

const struct figures *publication_figures(const struct publication *publication)
{
    return &publication->figures;
}

enum election_phase publication_phase(const struct publication *publication)
{
    return publication->phase;
}

const char *publication_last_modified(const struct publication *publication)
{
    return publication->last_modified;
}

const struct series *publication_series(const struct publication *publication)
{
    return publication->series;
}

const struct ledger_page *publication_ledger(const struct publication *publication)
{
    return publication->page;
}

const struct shelf *publication_shelf(const struct publication *publication)
{
    return publication->shelf;
}

uint64_t publication_serial(const struct publication *publication)
{
    return publication->serial;
}

bool publication_has_moved(const struct publication *publication, uint32_t area)
{
    return publication->moved[area];
}

/* ---- corrections, page by page ---- */

/* False when it is no place. */
static bool parse_place(struct slice text, struct ledger_place *ret_place)
{
    struct slice shown = text;
    struct slice when = text_split(&shown, '.');
    uint64_t when_ms;
    uint64_t count;
    if (shown.bytes == NULL || !text_parse_unsigned(when, INT64_MAX, &when_ms) ||
        !text_parse_unsigned(shown, LEDGER_ENTRIES_MAX, &count)) {
        return false;
    }
    *ret_place = (struct ledger_place){(int64_t)when_ms, (uint32_t)count};
    return true;
}

static void render_corrections(struct buffer *out, const struct publication *publication, size_t first,
                               size_t limit)
{
    const struct ledger_page *ledger = publication->page;
    size_t left = ledger_page_count(ledger) - first;
    struct corrections page = {.entries = ledger_page_entries(ledger) + first,
                               .count = left < limit ? left : limit,
                               .total = ledger_page_total(ledger)};
    char next[48];
    if (left > limit) {
        struct ledger_place place = ledger_page_place(ledger, first + limit - 1);
        int length = snprintf(next, sizeof next, "%" PRId64 ".%" PRIu32, place.when_ms, place.shown);
        assert(length > 0 && (size_t)length < sizeof next);
        page.next = next;
    }
    document_corrections_json(out, &publication->figures, &page);
}

struct document *publication_corrections_page(const struct publication *publication, const char *after,
                                              size_t limit)
{
    struct ledger_place place;
    if (after[0] != '\0' && !parse_place(slice_of(after), &place)) {
        return NULL;
    }
    struct buffer rendered = {0};
    render_corrections(&rendered, publication,
                       after[0] == '\0' ? 0 : ledger_page_find(publication->page, &place), limit);
    return document_new(&rendered, DOCUMENT_JSON, revision_of(publication));
}

/* ---- the series ---- */

/* False when it would be too much. */
static bool render_series(struct buffer *out, const struct publication *publication,
                          struct series_query query)
{
    if (!series_query_complete(publication->series, &query)) {
        return false;
    }
    document_series_json(out, &publication->figures, publication->series, &query);
    return true;
}

struct document *publication_series_part(const struct publication *publication, struct series_query query)
{
    struct buffer rendered = {0};
    return render_series(&rendered, publication, query)
               ? document_new(&rendered, DOCUMENT_JSON, revision_of(publication))
               : NULL;
}

/* ---- documents that are kept ---- */

/* What has moved last, of this number of provinces. */
static void render_newest(struct buffer *out, const struct publication *publication, size_t count)
{
    bool *moved = memory_new_array(publication->reg->area_count, sizeof *moved);
    movement_mark_newest(&publication->movement, (uint32_t)count, moved);
    document_changes_json(out, &publication->figures, moved);
    free(moved);
}

/* The feed and the list of bulletins, of every bulletin on the shelf in the order of their numbers. */
static void render_bulletins(struct buffer *out, const struct publication *publication,
                             enum publication_document which)
{
    size_t count = shelf_count(publication->shelf);
    const struct bulletin_summary **summaries = memory_new_array(count, sizeof(struct bulletin_summary *));
    for (size_t i = 0; i < count; i++) {
        summaries[i] = bulletin_summary_of(shelf_at(publication->shelf, i));
    }
    if (which == PUBLISHED_FEED) {
        const struct feed feed = {.bulletins = summaries,
                                  .bulletin_count = count,
                                  .corrections = ledger_page_entries(publication->page),
                                  .correction_count = ledger_page_count(publication->page)};
        document_feed_atom(out, &publication->figures, &feed);
    } else {
        document_bulletins_json(out, &publication->figures, summaries, count);
    }
    free(summaries);
}

static void render(struct buffer *out, const struct publication *publication, enum publication_document which,
                   size_t at)
{
    const struct figures *figures = &publication->figures;
    const struct csv_form form = csv_form_at(at % CSV_FORMS);
    bool is_short = true;
    switch (which) {
    case PUBLISHED_INDEX:
        document_index_json(out, figures, public_listings, public_listing_count);
        break;
    case PUBLISHED_TURNOUT:
        document_turnout_json(out, figures);
        break;
    case PUBLISHED_SNAPSHOT:
        document_snapshot_json(out, figures);
        break;
    case PUBLISHED_CORRECTIONS:
        render_corrections(out, publication, 0, CORRECTIONS_MAX);
        break;
    case PUBLISHED_CHANGES:
        document_changes_json(out, figures, publication->moved);
        break;
    case PUBLISHED_BULLETINS:
    case PUBLISHED_FEED:
        render_bulletins(out, publication, which);
        break;
    case PUBLISHED_KEYS:
        document_keys_json(out, figures);
        break;
    case PUBLISHED_MILESTONES:
        document_milestones_json(out, figures);
        break;
    case PUBLISHED_NIST:
        document_nist_json(out, figures);
        break;
    case PUBLISHED_ROUNDS:
        document_rounds_json(out, figures);
        break;
    case PUBLISHED_CSV:
        document_snapshot_csv(out, figures, form.separator, form.bom);
        break;
    case PUBLISHED_ROUNDS_CSV:
        document_rounds_csv(out, figures, form.separator, form.bom);
        break;
    case PUBLISHED_AREA:
        document_area_json(out, figures, (uint32_t)at);
        break;
    case PUBLISHED_SERIES:
        is_short = render_series(out, publication, (struct series_query){.area = (uint32_t)at, .step = 1});
        break;
    case PUBLISHED_SINCE:
        render_newest(out, publication, at);
        break;
    }
    assert(is_short); /* a day is never too much */
}

static _Atomic(struct document *) *place_of(struct publication *publication, enum publication_document which,
                                            size_t at)
{
    if (which == PUBLISHED_SERIES) {
        return &publication->series_documents[at];
    }
    size_t place =
        which == PUBLISHED_SINCE ? PUBLISHED_SINGLE + publication->reg->area_count + at : which + at;
    assert(place < document_count(publication->reg));
    return &publication->documents[place];
}

/* Written once a publication, not for each reader. */
static void note_asked(struct publication *publication, size_t place)
{
    if (place < PUBLISHED_SINGLE && atomic_load(&publication->asked[place]) != publication->serial) {
        atomic_store(&publication->asked[place], publication->serial);
    }
}

/* The tag of the feed is of its bytes alone: they stay as they are while there is nothing to be told of. */
const struct document *publication_document(struct publication *publication, enum publication_document which,
                                            size_t at)
{
    note_asked(publication, which + at);
    _Atomic(struct document *) *place = place_of(publication, which, at);
    const struct document *known = atomic_load(place);
    if (known != NULL) {
        return known;
    }
    const char *content_type = DOCUMENT_JSON;
    if (which == PUBLISHED_CSV || which == PUBLISHED_ROUNDS_CSV) {
        content_type = DOCUMENT_CSV;
    } else if (which == PUBLISHED_FEED) {
        content_type = DOCUMENT_ATOM;
    }
    struct buffer rendered = {0};
    render(&rendered, publication, which, at);
    return document_keep(
        place, document_new(&rendered, content_type, which == PUBLISHED_FEED ? 0 : revision_of(publication)));
}
