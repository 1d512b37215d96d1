/* What committees are to look at, over HTTP: reports that broke a rule and count all the same, and last tries that were
 * refused. The newest come first. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/service/intake.h>

#include "committee_desk.h"
#include "committee_http.h"
#include "page.h"

/* Opens an entry, which the caller ends. */
static void open_entry(struct json_writer *json, const struct election_register *reg, uint32_t index)
{
    const struct unit *unit = &reg->units[index];
    json_open_object(json, NULL);
    json_put_text(json, "unit", unit->code);
    json_put_text(json, "name", unit->name);
    json_put_text(json, "commune", reg->areas[unit->commune].code);
    desk_put_text(json, "contact", unit->contact);
}

static void put_count(struct json_writer *json, const struct election *election, int32_t seq, int32_t voted,
                      int64_t as_of, int64_t received_ms)
{
    json_put_integer(json, "seq", seq);
    json_put_integer(json, "voted", voted);
    desk_put_moment(json, "as_of", election, as_of);
    desk_put_moment(json, "received", election, received_ms / 1000);
}

static bool is_of_area(const struct election_register *reg, uint32_t area, uint32_t unit)
{
    return register_area_contains(reg, area, reg->units[unit].commune);
}

static struct json_writer open_list(struct buffer *body, const char *area, const char *name)
{
    struct json_writer json = desk_open_json(body);
    json_put_text(&json, "area", area);
    json_open_array(&json, name);
    return json;
}

/* ---- flagged ---- */

/* What orders flagged reports. */
struct flagged_place {
    int64_t received_ms;
    uint32_t unit;
    int32_t seq;
};

/* A page on its way: the best of what has been read. */
struct flagged_listing {
    struct http_exchange *exchange;
    const struct intake_desk *desk;
    uint32_t area;
    bool has_after;
    struct flagged_place after;
    size_t limit;
    int64_t total;
    struct store_flagged *rows; /* behind `after`, at most one more than the limit once a province is read */
    size_t count;
};

static int compare(const struct flagged_place *a, const struct flagged_place *b)
{
    if (a->received_ms != b->received_ms) {
        return a->received_ms > b->received_ms ? -1 : 1;
    }
    if (a->unit != b->unit) {
        return a->unit < b->unit ? -1 : 1;
    }
    return a->seq < b->seq ? -1 : a->seq > b->seq ? 1 : 0;
}

static struct flagged_place place_of(const struct store_flagged *flagged)
{
    return (struct flagged_place){flagged->received_ms, flagged->unit, flagged->seq};
}

static int compare_rows(const void *one, const void *other)
{
    struct flagged_place a = place_of(one);
    struct flagged_place b = place_of(other);
    return compare(&a, &b);
}

static bool on_flagged(void *context, const struct store_flagged *flagged, size_t count)
{
    struct flagged_listing *listing = context;
    if (count > 0) {
        listing->rows = memory_resize(listing->rows, listing->count + count, sizeof *listing->rows);
    }
    for (size_t i = 0; i < count; i++) {
        struct flagged_place place = place_of(&flagged[i]);
        if (!is_of_area(listing->desk->reg, listing->area, flagged[i].unit)) {
            continue;
        }
        listing->total++;
        if (!listing->has_after || compare(&place, &listing->after) > 0) {
            listing->rows[listing->count++] = flagged[i];
        }
    }
    if (listing->count > 0) {
        qsort(listing->rows, listing->count, sizeof *listing->rows, compare_rows);
    }
    listing->count = listing->count > listing->limit + 1 ? listing->limit + 1 : listing->count;
    return http_is_awaited(listing->exchange);
}

static void answer_flagged(const struct flagged_listing *listing)
{
    const struct election_register *reg = listing->desk->reg;
    struct buffer body = {0};
    struct json_writer json = open_list(&body, reg->areas[listing->area].code, "flagged");
    size_t listed = listing->count < listing->limit ? listing->count : listing->limit;
    for (size_t i = 0; i < listed; i++) {
        const struct store_flagged *row = &listing->rows[i];
        open_entry(&json, reg, row->unit);
        put_count(&json, listing->desk->election, row->seq, row->voted, row->as_of, row->received_ms);
        json_put_text(&json, "flags", row->flags);
        json_close_object(&json);
    }
    char next[PAGE_AFTER_BYTES];
    if (listed < listing->count) {
        const struct store_flagged *last = &listing->rows[listed - 1];
        (void)snprintf(next, sizeof next, "%" PRId64 ".%d.%s", last->received_ms, last->seq,
                       reg->units[last->unit].code);
    }
    json_close_array(&json);
    desk_answer_page(listing->desk, listing->exchange, &json, listing->total,
                     listed < listing->count ? next : NULL);
}

static void on_walked(void *context, enum turnout_error error, const char *why)
{
    struct flagged_listing *listing = context;
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(listing->exchange, error, why);
    } else {
        answer_flagged(listing);
    }
    free(listing->rows);
    free(listing);
}

static bool read_place(const struct election_register *reg, const char *text, struct flagged_place *ret_place)
{
    struct slice rest = slice_of(text);
    uint64_t received_ms;
    uint64_t seq;
    if (!text_parse_unsigned(text_split(&rest, '.'), INT64_MAX, &received_ms) ||
        !text_parse_unsigned(text_split(&rest, '.'), SEQ_MAX, &seq)) {
        return false;
    }
    *ret_place = (struct flagged_place){(int64_t)received_ms, register_find_unit(reg, rest), (int32_t)seq};
    return ret_place->unit != REGISTER_NONE;
}

void committee_get_flagged(void *context, struct http_exchange *exchange, const struct http_request *request,
                           struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    struct page page;
    struct flagged_place after = {0};
    uint32_t area = desk_admit_area(desk, exchange, request, segment);
    if (area == REGISTER_NONE || !page_read(exchange, request, PAGE_ROWS, PAGE_ROWS, &page)) {
        return;
    }
    if (page.after[0] != '\0' && !read_place(desk->reg, page.after, &after)) {
        page_refuse_after(exchange);
        return;
    }
    struct flagged_listing *listing = memory_new(sizeof *listing);
    *listing = (struct flagged_listing){.exchange = exchange,
                                        .desk = desk,
                                        .area = area,
                                        .has_after = page.after[0] != '\0',
                                        .after = after,
                                        .limit = page.limit};
    http_answer_later(exchange);
    committee_walk_flagged(desk->committee, area, on_flagged, on_walked, listing);
}

/* ---- refused ---- */

/* A page being written, under the lock of the table. */
struct refused_listing {
    const struct intake_desk *desk;
    uint32_t area;
    uint64_t before; /* 0: from the newest */
    size_t limit;
    size_t listed;
    uint64_t last_listed;
    bool has_more;
    int64_t total;
    struct json_writer *json;
};

static void on_refusal(void *context, const struct refusal *refusal)
{
    struct refused_listing *listing = context;
    if (!is_of_area(listing->desk->reg, listing->area, refusal->unit)) {
        return;
    }
    listing->total++;
    if (listing->before > 0 && refusal->number >= listing->before) {
        return;
    }
    if (listing->listed == listing->limit) {
        listing->has_more = true;
        return;
    }
    struct json_writer *json = listing->json;
    listing->listed++;
    listing->last_listed = refusal->number;
    open_entry(json, listing->desk->reg, refusal->unit);
    put_count(json, listing->desk->election, refusal->seq, refusal->voted, refusal->as_of,
              refusal->received_ms);
    json_put_text(json, "code", report_code_name(refusal->code));
    json_put_text(json, "detail", refusal->detail);
    json_close_object(json);
}

void committee_get_refused(void *context, struct http_exchange *exchange, const struct http_request *request,
                           struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    struct page page;
    uint64_t before = 0;
    uint32_t area = desk_admit_area(desk, exchange, request, segment);
    if (area == REGISTER_NONE || !page_read(exchange, request, PAGE_ROWS, PAGE_ROWS, &page)) {
        return;
    }
    if (page.after[0] != '\0' &&
        (!text_parse_unsigned(slice_of(page.after), INT64_MAX, &before) || before == 0)) {
        page_refuse_after(exchange);
        return;
    }
    struct buffer document = {0};
    struct json_writer json = open_list(&document, desk->reg->areas[area].code, "refused");
    struct refused_listing listing = {
        .desk = desk, .area = area, .before = before, .limit = page.limit, .json = &json};
    refusals_each(intake_refusals(desk->intake), on_refusal, &listing);
    char next[PAGE_AFTER_BYTES];
    (void)snprintf(next, sizeof next, "%" PRIu64, listing.last_listed);
    json_close_array(&json);
    desk_answer_page(desk, exchange, &json, listing.total, listing.has_more ? next : NULL);
}
