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
    publication->since =
        since_after(previous == NULL ? NULL : &previous->since, &publication->figures, publication->moved);
}

static void name_run(struct publication *publication)
{
    if (publication->figures.run != NULL) {
        (void)snprintf(publication->run, sizeof publication->run, "%s%" PRIx64, publication->figures.run,
                       publication->since.movement.serial);
        publication->figures.run = publication->run;
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
    publication->area_documents = memory_new_array(reg->area_count, sizeof *publication->area_documents);

    http_date_write(figures->generated_at, publication->last_modified);

    struct buffer rendered = {0};
    document_turnout_json(&rendered, &publication->figures);
    publication->turnout = document_new(&rendered, DOCUMENT_JSON, revision_of(publication));
    document_snapshot_json(&rendered, &publication->figures);
    publication->snapshot = document_new(&rendered, DOCUMENT_JSON, revision_of(publication));
    buffer_done(&rendered);
    const struct document *csv = publication_snapshot_csv(publication, (struct csv_form){.separator = ','});
    assert(csv != NULL);
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
    document_free(publication->turnout);
    document_free(publication->snapshot);
    document_free(atomic_load(&publication->corrections));
    document_free(atomic_load(&publication->changes));
    document_free(atomic_load(&publication->bulletins));
    document_free(atomic_load(&publication->keys));
    document_free(atomic_load(&publication->index));
    since_done(&publication->since);
    selections_done(&publication->selections);
    ledger_page_release(publication->page);
    shelf_release(publication->shelf);
    release_series(publication);
    for (size_t i = 0; i < CSV_FORMS; i++) {
        document_free(atomic_load(&publication->csv[i]));
        document_free(atomic_load(&publication->rounds_csv[i]));
    }
    document_free(atomic_load(&publication->milestones));
    document_free(atomic_load(&publication->feed));
    document_free(atomic_load(&publication->nist));
    document_free(atomic_load(&publication->rounds));
    for (uint32_t area = 0; area < publication->reg->area_count; area++) {
        document_free(atomic_load(&publication->area_documents[area]));
    }
    register_release(publication->reg);
    free(publication->area_documents);
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

const struct document *publication_turnout(const struct publication *publication)
{
    return publication->turnout;
}

const struct document *publication_snapshot(const struct publication *publication)
{
    return publication->snapshot;
}

typedef void csv_fn(struct buffer *out, const struct figures *figures, char separator, bool bom);

/* The CSV in this form, made where it is asked for first. */
static const struct document *csv_in_form(const struct publication *publication,
                                          _Atomic(struct document *) documents[CSV_FORMS], csv_fn *render,
                                          struct csv_form form)
{
    size_t place = csv_form_place(form);
    const struct document *known = atomic_load(&documents[place]);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    render(&rendered, &publication->figures, form.separator, form.bom);
    return document_keep(&documents[place], document_new(&rendered, DOCUMENT_CSV, revision_of(publication)));
}

const struct document *publication_snapshot_csv(struct publication *publication, struct csv_form form)
{
    return csv_in_form(publication, publication->csv, document_snapshot_csv, form);
}

const struct document *publication_rounds_csv(struct publication *publication, struct csv_form form)
{
    return csv_in_form(publication, publication->rounds_csv, document_rounds_csv, form);
}

/* The document that is kept there, made where it is asked for first. */
static const struct document *kept_json(const struct publication *publication,
                                        _Atomic(struct document *) *place,
                                        void (*render)(struct buffer *out, const struct figures *figures))
{
    const struct document *known = atomic_load(place);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    render(&rendered, &publication->figures);
    return document_keep(place, document_new(&rendered, DOCUMENT_JSON, revision_of(publication)));
}

const struct document *publication_rounds(struct publication *publication)
{
    return kept_json(publication, &publication->rounds, document_rounds_json);
}

const struct document *publication_nist(struct publication *publication)
{
    return kept_json(publication, &publication->nist, document_nist_json);
}

const struct document *publication_milestones(struct publication *publication)
{
    return kept_json(publication, &publication->milestones, document_milestones_json);
}

const struct document *publication_area(struct publication *publication, uint32_t area)
{
    assert(area < publication->figures.reg->area_count);
    const struct document *known = atomic_load(&publication->area_documents[area]);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    document_area_json(&rendered, &publication->figures, area);
    return document_keep(&publication->area_documents[area],
                         document_new(&rendered, DOCUMENT_JSON, revision_of(publication)));
}

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

struct document *publication_corrections_page(const struct publication *publication, const char *after,
                                              size_t limit)
{
    const struct ledger_page *ledger = publication->page;
    struct ledger_place place;
    if (after[0] != '\0' && !parse_place(slice_of(after), &place)) {
        return NULL;
    }
    size_t first = after[0] == '\0' ? 0 : ledger_page_find(ledger, &place);
    size_t left = ledger_page_count(ledger) - first;
    struct corrections page = {.entries = ledger_page_entries(ledger) + first,
                               .count = left < limit ? left : limit,
                               .total = ledger_page_total(ledger)};
    char next[48];
    if (left > limit) {
        place = ledger_page_place(ledger, first + limit - 1);
        int length = snprintf(next, sizeof next, "%" PRId64 ".%" PRIu32, place.when_ms, place.shown);
        assert(length > 0 && (size_t)length < sizeof next);
        page.next = next;
    }
    struct buffer rendered = {0};
    document_corrections_json(&rendered, &publication->figures, &page);
    return document_new(&rendered, DOCUMENT_JSON, revision_of(publication));
}

const struct document *publication_corrections(struct publication *publication)
{
    const struct document *known = atomic_load(&publication->corrections);
    if (known != NULL) {
        return known;
    }
    return document_keep(&publication->corrections,
                         publication_corrections_page(publication, "", CORRECTIONS_MAX));
}

struct document *publication_series_part(const struct publication *publication, struct series_query query)
{
    if (!series_query_settle(publication->series, &query)) {
        return NULL;
    }
    struct buffer rendered = {0};
    document_series_json(&rendered, &publication->figures, publication->series, &query);
    return document_new(&rendered, DOCUMENT_JSON, revision_of(publication));
}

const struct series *publication_series(const struct publication *publication)
{
    return publication->series;
}

const struct document *publication_series_day(struct publication *publication, uint32_t area)
{
    const struct document *known = atomic_load(&publication->series_documents[area]);
    if (known != NULL) {
        return known;
    }
    struct document *made =
        publication_series_part(publication, (struct series_query){.area = area, .step = 1});
    assert(made != NULL); /* a day is never too much */
    return document_keep(&publication->series_documents[area], made);
}

/* Of every bulletin on the shelf, in the order of their numbers. The caller frees the list. */
static const struct bulletin_summary **summaries_of(const struct publication *publication)
{
    size_t count = shelf_count(publication->shelf);
    const struct bulletin_summary **summaries = memory_new_array(count, sizeof(struct bulletin_summary *));
    for (size_t i = 0; i < count; i++) {
        summaries[i] = bulletin_summary_of(shelf_at(publication->shelf, i));
    }
    return summaries;
}

/* Its tag is of its bytes alone: they stay as they are while there is nothing to be told of. */
const struct document *publication_feed(struct publication *publication)
{
    const struct document *known = atomic_load(&publication->feed);
    if (known != NULL) {
        return known;
    }
    const struct bulletin_summary **summaries = summaries_of(publication);
    struct feed feed = {.bulletins = summaries,
                        .bulletin_count = shelf_count(publication->shelf),
                        .corrections = ledger_page_entries(publication->page),
                        .correction_count = ledger_page_count(publication->page)};
    struct buffer rendered = {0};
    document_feed_atom(&rendered, &publication->figures, &feed);
    free(summaries);
    return document_keep(&publication->feed, document_new(&rendered, DOCUMENT_ATOM, 0));
}

const struct document *publication_bulletins(struct publication *publication)
{
    const struct document *known = atomic_load(&publication->bulletins);
    if (known != NULL) {
        return known;
    }
    size_t count = shelf_count(publication->shelf);
    const struct bulletin_summary **summaries = summaries_of(publication);
    struct buffer rendered = {0};
    document_bulletins_json(&rendered, &publication->figures, summaries, count);
    free(summaries);
    return document_keep(&publication->bulletins,
                         document_new(&rendered, DOCUMENT_JSON, revision_of(publication)));
}

const struct document *publication_keys(struct publication *publication)
{
    return kept_json(publication, &publication->keys, document_keys_json);
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

const struct document *publication_changes(struct publication *publication)
{
    const struct document *known = atomic_load(&publication->changes);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    document_changes_json(&rendered, &publication->figures, publication->moved);
    return document_keep(&publication->changes,
                         document_new(&rendered, DOCUMENT_JSON, revision_of(publication)));
}
