/* The ledger over HTTP, with who has changed what: the election's lines and those of an area's units, the newest
 * first. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/wire/documents.h>

#include "committee_desk.h"
#include "committee_http.h"
#include "page.h"

enum { LEDGER_LINES = 100 }; /* a page, also at most */

/* What orders lines of several ledgers. */
struct place {
    uint64_t ms;
    uint64_t number; /* within the millisecond */
    uint32_t province;
};

struct row {
    struct place place;
    struct log_line line;
};

/* A page on its way: the newest of what has been read. */
struct listing {
    struct http_exchange *exchange;
    const struct intake_desk *desk;
    uint32_t area;
    size_t limit;
    struct row *rows;
    size_t count;
    bool has_end;     /* a ledger has more lines than were read of it */
    struct place end; /* behind this nothing is known for certain */
};

static int compare(const struct place *a, const struct place *b)
{
    if (a->ms != b->ms) {
        return a->ms > b->ms ? -1 : 1;
    }
    if (a->number != b->number) {
        return a->number > b->number ? -1 : 1;
    }
    return a->province < b->province ? -1 : a->province > b->province ? 1 : 0;
}

static int compare_rows(const void *one, const void *other)
{
    const struct row *a = one;
    const struct row *b = other;
    return compare(&a->place, &b->place);
}

/* `<milliseconds>-<number>` */
static bool read_id(struct slice id, struct place *ret_place)
{
    return text_parse_unsigned(text_split(&id, '-'), UINT64_MAX, &ret_place->ms) &&
           text_parse_unsigned(id, UINT64_MAX, &ret_place->number);
}

/* What concerns the whole election concerns everybody. */
static bool concerns(const struct listing *listing, const struct log_line *line)
{
    const struct election_register *reg = listing->desk->reg;
    struct ledger_entry entries[LOG_LINE_ENTRIES_MAX];
    if (log_line_ledger_entries(line, reg, entries) == 0) {
        return false;
    }
    uint32_t area = register_find_area(reg, slice_of(entries[0].area_code));
    return area == REGISTER_NONE || area == REGISTER_NATION ||
           register_area_contains(reg, listing->area, area);
}

static bool on_lines(void *context, uint32_t province, const struct store_ledger_line *lines, size_t count)
{
    struct listing *listing = context;
    struct place place = {0};
    listing->rows = memory_resize(listing->rows, listing->count + count + 1, sizeof *listing->rows);
    for (size_t i = 0; i < count; i++) {
        (void)read_id(slice_of(lines[i].id), &place);
        place.province = province;
        if (concerns(listing, &lines[i].line)) {
            listing->rows[listing->count++] = (struct row){place, lines[i].line};
        }
    }
    if (count == listing->limit && (!listing->has_end || compare(&place, &listing->end) < 0)) {
        listing->has_end = true;
        listing->end = place;
    }
    qsort(listing->rows, listing->count, sizeof *listing->rows, compare_rows);
    listing->count = listing->count > listing->limit + 1 ? listing->limit + 1 : listing->count;
    return http_is_awaited(listing->exchange);
}

static void put_row(struct json_writer *json, const struct listing *listing, const struct row *row)
{
    const struct figures figures = {.election = listing->desk->election, .reg = listing->desk->reg};
    struct ledger_entry entries[LOG_LINE_ENTRIES_MAX];
    size_t count = log_line_ledger_entries(&row->line, figures.reg, entries);
    for (size_t i = 0; i < count; i++) {
        document_put_entry(json, &figures, &entries[i], row->line.who);
    }
}

static void answer_ledger(const struct listing *listing)
{
    const struct election_register *reg = listing->desk->reg;
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    json_put_text(&json, "area", reg->areas[listing->area].code);
    json_open_array(&json, "ledger");
    size_t listed = 0;
    while (listed < listing->count && listed < listing->limit &&
           (!listing->has_end || compare(&listing->rows[listed].place, &listing->end) <= 0)) {
        put_row(&json, listing, &listing->rows[listed++]);
    }
    json_close_array(&json);
    bool has_next = listed < listing->count || listing->has_end;
    struct place last = listed == listing->limit ? listing->rows[listed - 1].place : listing->end;
    char next[PAGE_AFTER_BYTES];
    (void)snprintf(next, sizeof next, "%" PRIu64 "-%" PRIu64 ".%s", last.ms, last.number,
                   reg->areas[last.province].code);
    desk_answer_page(listing->desk, listing->exchange, &json, -1, has_next ? next : NULL);
}

static void on_walked(void *context, enum turnout_error error, const char *why)
{
    struct listing *listing = context;
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(listing->exchange, error, why);
    } else {
        answer_ledger(listing);
    }
    free(listing->rows);
    free(listing);
}

/* `<id>.<code of the nation or of a province>`. Redis has no line of the id 0-0, and looks for none before it. */
static bool read_after(const struct election_register *reg, const char *text,
                       struct committee_ledger_place *ret_after)
{
    struct slice code = slice_of(text);
    struct slice id = text_split(&code, '.');
    struct place place;
    ret_after->province = register_find_area(reg, code);
    return read_id(id, &place) && (place.ms > 0 || place.number > 0) &&
           slice_copy(id, ret_after->id, sizeof ret_after->id) && ret_after->province <= reg->province_count;
}

void committee_get_ledger(void *context, struct http_exchange *exchange, const struct http_request *request,
                          struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    struct page page;
    struct committee_ledger_place after;
    uint32_t area = desk_admit_area(desk, exchange, request, segment);
    if (area == REGISTER_NONE || !page_read(exchange, request, LEDGER_LINES, LEDGER_LINES, &page)) {
        return;
    }
    bool has_after = page.after[0] != '\0';
    if (has_after && !read_after(desk->reg, page.after, &after)) {
        page_refuse_after(exchange);
        return;
    }
    struct listing *listing = memory_new(sizeof *listing);
    *listing = (struct listing){.exchange = exchange, .desk = desk, .area = area, .limit = page.limit};
    http_answer_later(exchange);
    committee_walk_ledger(desk->committee, area, has_after ? &after : NULL, page.limit, on_lines, on_walked,
                          listing);
}
