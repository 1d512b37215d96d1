/* The frozen documents of one revision, and how long they live. */
#include <turnout/service/publication.h>

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/wire/documents.h>
#include <turnout/wire/http_date.h>

#include "movement.h"
#include "selections.h"

static const char csv_separators[CSV_FORMS / 2] = {',', ';', '\t'};

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
    uint64_t serial;
    bool *moved; /* one an area */
    struct movement movement;
    struct selections selections;
    _Atomic(struct document *)
        *since; /* by how many provinces have moved; NULL until asked for, as what follows */
    _Atomic(struct document *) corrections;
    _Atomic(struct document *) changes;
    _Atomic(struct document *) bulletins;
    _Atomic(struct document *) keys;
    _Atomic(struct document *) index;
    _Atomic(struct document *) csv[CSV_FORMS];
    _Atomic(struct document *) rounds;
    _Atomic(struct document *) rounds_csv[CSV_FORMS];
    _Atomic(struct document *) *area_documents; /* one an area; NULL until asked for */
};

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
    uint32_t province_count = publication->figures.reg->province_count;
    publication->movement = movement_after(previous == NULL ? NULL : &previous->movement,
                                           revision_of(publication), publication->moved, province_count);
    publication->since = memory_new_array(province_count, sizeof *publication->since);
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
    publication->area_documents = memory_new_array(reg->area_count, sizeof *publication->area_documents);

    http_date_write(figures->generated_at, publication->last_modified);

    struct buffer rendered = {0};
    document_turnout_json(&rendered, &publication->figures);
    publication->turnout = document_new(&rendered, CONTENT_JSON, revision_of(publication));
    document_snapshot_json(&rendered, &publication->figures);
    publication->snapshot = document_new(&rendered, CONTENT_JSON, revision_of(publication));
    buffer_done(&rendered);
    const struct document *csv = publication_snapshot_csv(publication, (struct csv_form){.separator = ','});
    assert(csv != NULL);
    return publication;
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
    ledger_page_release(publication->page);
    shelf_release(publication->shelf);
    for (size_t i = 0; i < CSV_FORMS; i++) {
        document_free(atomic_load(&publication->csv[i]));
        document_free(atomic_load(&publication->rounds_csv[i]));
    }
    document_free(atomic_load(&publication->rounds));
    for (uint32_t area = 0; area < publication->reg->area_count; area++) {
        document_free(atomic_load(&publication->area_documents[area]));
    }
    for (uint32_t i = 0; i < publication->reg->province_count; i++) {
        document_free(atomic_load(&publication->since[i]));
    }
    movement_done(&publication->movement);
    selections_done(&publication->selections);
    register_release(publication->reg);
    free(publication->since);
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
    size_t place = form.bom ? CSV_FORMS / 2 : 0;
    for (size_t i = 0; i < CSV_FORMS / 2; i++) {
        if (csv_separators[i] == form.separator) {
            place += i;
        }
    }
    const struct document *known = atomic_load(&documents[place]);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    render(&rendered, &publication->figures, form.separator, form.bom);
    return document_keep(&documents[place], document_new(&rendered, CONTENT_CSV, revision_of(publication)));
}

const struct document *publication_snapshot_csv(struct publication *publication, struct csv_form form)
{
    return csv_in_form(publication, publication->csv, document_snapshot_csv, form);
}

const struct document *publication_rounds_csv(struct publication *publication, struct csv_form form)
{
    return csv_in_form(publication, publication->rounds_csv, document_rounds_csv, form);
}

const struct document *publication_rounds(struct publication *publication)
{
    const struct document *known = atomic_load(&publication->rounds);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    document_rounds_json(&rendered, &publication->figures);
    return document_keep(&publication->rounds,
                         document_new(&rendered, CONTENT_JSON, revision_of(publication)));
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
                         document_new(&rendered, CONTENT_JSON, revision_of(publication)));
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
    return document_new(&rendered, CONTENT_JSON, revision_of(publication));
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

const struct document *publication_bulletins(struct publication *publication)
{
    const struct document *known = atomic_load(&publication->bulletins);
    if (known != NULL) {
        return known;
    }
    size_t count = shelf_count(publication->shelf);
    const struct bulletin_summary **summaries = memory_new_array(count, sizeof(struct bulletin_summary *));
    for (size_t i = 0; i < count; i++) {
        summaries[i] = bulletin_summary_of(shelf_at(publication->shelf, i));
    }
    struct buffer rendered = {0};
    document_bulletins_json(&rendered, &publication->figures, summaries, count);
    free(summaries);
    return document_keep(&publication->bulletins,
                         document_new(&rendered, CONTENT_JSON, revision_of(publication)));
}

const struct document *publication_keys(struct publication *publication)
{
    const struct document *known = atomic_load(&publication->keys);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    document_keys_json(&rendered, &publication->figures);
    return document_keep(&publication->keys, document_new(&rendered, CONTENT_JSON, revision_of(publication)));
}

const struct document *publication_index(struct publication *publication,
                                         const struct document_listing *listings, size_t count)
{
    const struct document *known = atomic_load(&publication->index);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    document_index_json(&rendered, &publication->figures, listings, count);
    return document_keep(&publication->index,
                         document_new(&rendered, CONTENT_JSON, revision_of(publication)));
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
                         document_new(&rendered, CONTENT_JSON, revision_of(publication)));
}

/* False when it is neither `<revision>` nor what a document says as `next`. A revision of another run, of this server or of
 * another one, says nothing about this one's: it becomes one that was never shown. */
static bool parse_since(const struct publication *publication, const char *text, int64_t *ret_revision)
{
    struct slice run = slice_of(text);
    struct slice digits = text_split(&run, '.');
    uint64_t revision;
    if (!text_parse_unsigned(digits, INT64_MAX / 4, &revision)) {
        return false;
    }
    if (run.bytes != NULL && (run.length == 0 || strspn(run.bytes, "0123456789abcdef") != run.length)) {
        return false;
    }
    const char *own = publication->figures.run;
    bool is_of_this_run = run.bytes == NULL || (own != NULL && slice_equals(run, own));
    *ret_revision = is_of_this_run ? (int64_t)revision : -1;
    return true;
}

const struct document *publication_since(struct publication *publication, const char *since)
{
    int64_t revision;
    if (!parse_since(publication, since, &revision)) {
        return NULL;
    }
    uint32_t count = movement_count_since(&publication->movement, revision);
    if (count == publication->figures.reg->province_count) {
        return publication->turnout;
    }
    const struct document *known = atomic_load(&publication->since[count]);
    if (known != NULL) {
        return known;
    }
    bool *moved = memory_new_array(publication->figures.reg->area_count, sizeof *moved);
    struct buffer rendered = {0};
    movement_mark_since(&publication->movement, revision, moved);
    document_changes_json(&rendered, &publication->figures, moved);
    free(moved);
    return document_keep(&publication->since[count],
                         document_new(&rendered, CONTENT_JSON, revision_of(publication)));
}

const struct document *publication_selection(struct publication *publication,
                                             const struct selection *selection, const struct csv_form *form,
                                             struct document **ret_own)
{
    struct selection_wanted wanted = {.selection = *selection};
    if (form != NULL) {
        wanted.separator = form->separator;
        wanted.bom = form->bom;
    }
    return selections_find(&publication->selections, &publication->figures, &wanted, ret_own);
}
