/* The public endpoints: which document is asked for. */
#include <turnout/net/public_http.h>

#include <string.h>

#include <turnout/service/document.h>

#include "asked_area.h"
#include "bulletin_answer.h"
#include "diff_http.h"
#include "frozen_http.h"
#include "page.h"
#include "public_answer.h"
#include "retry_after.h"
#include "series_http.h"
#include "static_http.h"

enum { SINCE_BYTES = 64, SELECTION_BYTES = 512 };

/* The handler of a document that takes no parameter. */
#define GET_DOCUMENT(name, which)                                                                            \
    static void name(void *context, struct http_exchange *exchange, const struct http_request *request,      \
                     struct slice segment, struct slice body)                                                \
    {                                                                                                        \
        (void)segment;                                                                                       \
        (void)body;                                                                                          \
        public_answer_published(context, exchange, request, which, 0);                                       \
    }

GET_DOCUMENT(get_index, PUBLISHED_INDEX)
GET_DOCUMENT(get_nist, PUBLISHED_NIST)
GET_DOCUMENT(get_milestones, PUBLISHED_MILESTONES)
GET_DOCUMENT(get_feed, PUBLISHED_FEED)
GET_DOCUMENT(get_rounds, PUBLISHED_ROUNDS)
GET_DOCUMENT(get_bulletins, PUBLISHED_BULLETINS)
GET_DOCUMENT(get_keys, PUBLISHED_KEYS)

/* False after refusing: a bulletin's documents are whole, so `at` goes with no parameter that takes a part of one. */
static bool at_stands_alone(struct http_exchange *exchange, const struct http_request *request)
{
    static const char *const others[] = {"since", "fields", "level"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (http_query_has(request->query, "at") && http_query_has(request->query, others[i])) {
            http_refuse_parameter(exchange, others[i],
                                  "at is not taken together with this one: a bulletin's documents are whole");
            return false;
        }
    }
    return true;
}

static void get_turnout(void *context, struct http_exchange *exchange, const struct http_request *request,
                        struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    struct public_reader *reader = context;
    char since[SINCE_BYTES] = "";
    if (!at_stands_alone(exchange, request) ||
        frozen_http_answer(reader, exchange, request, FROZEN_TURNOUT)) {
        return;
    }
    if (!http_query_has(request->query, "since")) {
        public_answer_published(reader, exchange, request, PUBLISHED_TURNOUT, 0);
        return;
    }
    const struct document *changes = http_query_value(request->query, "since", since, sizeof since)
                                         ? publication_since(reader->publication, since)
                                         : NULL;
    if (changes != NULL) {
        public_answer(reader, exchange, request, changes);
    } else {
        http_refuse_parameter(exchange, "since", "since is the next of the document before, or a revision");
    }
}

static void get_area(void *context, struct http_exchange *exchange, const struct http_request *request,
                     struct slice segment, struct slice body)
{
    (void)body;
    struct public_reader *reader = context;
    uint32_t area = area_of_path(publication_figures(reader->publication)->reg, exchange, segment);
    if (area != REGISTER_NONE) {
        public_answer_published(reader, exchange, request, PUBLISHED_AREA, area);
    }
}

/* `?fields=` and `?level=`; zeroed where neither is there. False after refusing. */
static bool read_selection(struct http_exchange *exchange, struct slice query,
                           struct selection *ret_selection)
{
    static const struct {
        const char *name;
        enum turnout_error (*read)(const char *names, struct selection *selection, struct error *error);
    } parameters[] = {{"fields", selection_read_fields}, {"level", selection_read_levels}};
    *ret_selection = (struct selection){0};
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        char names[SELECTION_BYTES];
        struct error error = {.text = "names, separated by commas"};
        if (http_query_has(query, parameters[i].name) &&
            (!http_query_value(query, parameters[i].name, names, sizeof names) ||
             parameters[i].read(names, ret_selection, &error) != TURNOUT_OK)) {
            http_refuse_parameter(exchange, parameters[i].name, error.text);
            return false;
        }
    }
    return true;
}

static void answer_selection(struct public_reader *reader, struct http_exchange *exchange,
                             const struct http_request *request, const struct selection *selection,
                             const struct csv_form *form)
{
    struct document *own;
    const struct document *document = publication_selection(reader->publication, selection, form, &own);
    if (own != NULL) {
        public_answer_own(reader, exchange, request, own);
        return;
    }
    if (document != NULL) {
        public_answer(reader, exchange, request, document);
        return;
    }
    char headers[RETRY_AFTER_BYTES];
    retry_after_header(headers);
    http_answer_problem(
        exchange, 503, "busy", "Busy",
        "too many different fields and levels with communes are being asked for: ask again, or take the "
        "whole document",
        "", headers);
}

static void get_snapshot_json(void *context, struct http_exchange *exchange,
                              const struct http_request *request, struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    struct public_reader *reader = context;
    struct selection selection;
    if (!at_stands_alone(exchange, request) || !read_selection(exchange, request->query, &selection) ||
        frozen_http_answer(reader, exchange, request, FROZEN_SNAPSHOT)) {
        return;
    }
    if (selection_is_all(&selection)) {
        public_answer_published(reader, exchange, request, PUBLISHED_SNAPSHOT, 0);
    } else {
        answer_selection(reader, exchange, request, &selection, NULL);
    }
}

/* `?bom=1` and `?sep=;` (or a comma or a tab). False after refusing what is none of these. */
static bool read_csv_form(struct http_exchange *exchange, struct slice query, struct csv_form *ret_form)
{
    char bom[4] = "0";
    char separator[4] = ",";
    bool has_bom = !http_query_has(query, "bom") || http_query_value(query, "bom", bom, sizeof bom);
    bool has_separator =
        !http_query_has(query, "sep") || http_query_value(query, "sep", separator, sizeof separator);
    has_bom = has_bom && (strcmp(bom, "0") == 0 || strcmp(bom, "1") == 0);
    has_separator = has_separator && strlen(separator) == 1 && strchr(",;\t", separator[0]) != NULL;
    if (!has_bom || !has_separator) {
        http_refuse_parameter(exchange, has_bom ? "sep" : "bom",
                              "bom is 0 or 1; sep is a comma, a semicolon (%3B) or a tab (%09)");
        return false;
    }
    *ret_form = (struct csv_form){.separator = separator[0], .bom = bom[0] == '1'};
    return true;
}

static void get_snapshot_csv(void *context, struct http_exchange *exchange,
                             const struct http_request *request, struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    struct public_reader *reader = context;
    struct selection selection;
    struct csv_form form;
    if (!at_stands_alone(exchange, request) || !read_csv_form(exchange, request->query, &form) ||
        !read_selection(exchange, request->query, &selection) ||
        frozen_http_answer(reader, exchange, request, FROZEN_CSV + csv_form_place(form))) {
        return;
    }
    if (selection_is_all(&selection)) {
        public_answer_published(reader, exchange, request, PUBLISHED_CSV, csv_form_place(form));
    } else {
        answer_selection(reader, exchange, request, &selection, &form);
    }
}

static void get_rounds_csv(void *context, struct http_exchange *exchange, const struct http_request *request,
                           struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    struct public_reader *reader = context;
    struct csv_form form;
    if (read_csv_form(exchange, request->query, &form)) {
        public_answer_published(reader, exchange, request, PUBLISHED_ROUNDS_CSV, csv_form_place(form));
    }
}

static void get_corrections(void *context, struct http_exchange *exchange, const struct http_request *request,
                            struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    struct public_reader *reader = context;
    struct page page;
    if (!http_query_has(request->query, "after") && !http_query_has(request->query, "limit")) {
        public_answer_published(reader, exchange, request, PUBLISHED_CORRECTIONS, 0);
        return;
    }
    if (!page_read(exchange, request, CORRECTIONS_MAX, CORRECTIONS_MAX, &page)) {
        return;
    }
    struct document *own = publication_corrections_page(reader->publication, page.after, page.limit);
    if (own == NULL) {
        page_refuse_after(exchange);
        return;
    }
    public_answer_own(reader, exchange, request, own);
}

static void get_events(void *context, struct http_exchange *exchange, const struct http_request *request,
                       struct slice segment, struct slice body)
{
    (void)segment;
    (void)body;
    struct public_reader *reader = context;
    events_open(reader->events, exchange, request, reader->publication);
}

/* `name` is that of a file within the bulletin. */
static void answer_file(const struct public_reader *reader, struct http_exchange *exchange,
                        const struct http_request *request, struct slice number, struct slice name)
{
    const struct bulletin *bulletin = bulletin_of_path(reader->publication, exchange, number);
    if (bulletin == NULL) {
        return;
    }
    struct bulletin_file *file = bulletin_find_file(bulletin, name);
    if (file != NULL && file->has_units &&
        publication_figures(reader->publication)->election->hides_unit_figures) {
        http_answer_problem(exchange, 403, "units-not-public", "Units are not public",
                            "the figures of single units are for committees and for the units of the commune",
                            "", NULL);
        return;
    }
    bulletin_answer(reader->publication, bulletin, bulletin_file_document(bulletin, file), exchange, request,
                    reader->counters);
}

static void get_bulletin_statement(void *context, struct http_exchange *exchange,
                                   const struct http_request *request, struct slice segment,
                                   struct slice body)
{
    (void)body;
    answer_file(context, exchange, request, segment, slice_of(BULLETIN_STATEMENT_FILE));
}

static void get_bulletin_signature(void *context, struct http_exchange *exchange,
                                   const struct http_request *request, struct slice segment,
                                   struct slice body)
{
    (void)body;
    answer_file(context, exchange, request, segment, slice_of(BULLETIN_SIGNATURE_FILE));
}

/* The segment is `<number>/areas/<code>.csv`. */
static void get_bulletin_area(void *context, struct http_exchange *exchange,
                              const struct http_request *request, struct slice segment, struct slice body)
{
    (void)body;
    struct slice name = segment;
    struct slice number = text_split(&name, '/');
    answer_file(context, exchange, request, number, name);
}

const struct http_route public_http_routes[] = {
    {HTTP_GET, "/v1", get_index},
    {HTTP_GET, "/v1/turnout", get_turnout},
    {HTTP_GET, "/v1/areas/", get_area},
    {HTTP_GET, "/v1/snapshot.json", get_snapshot_json},
    {HTTP_GET, "/v1/snapshot.csv", get_snapshot_csv},
    {HTTP_GET, "/v1/nist.json", get_nist},
    {HTTP_GET, "/v1/milestones", get_milestones},
    {HTTP_GET, "/v1/feed.atom", get_feed},
    {HTTP_GET, "/v1/rounds", get_rounds},
    {HTTP_GET, "/v1/rounds.csv", get_rounds_csv},
    {HTTP_GET, "/v1/series", series_http_get},
    {HTTP_GET, "/v1/diff", diff_http_get},
    {HTTP_GET, "/v1/corrections", get_corrections},
    {HTTP_GET, "/v1/bulletins", get_bulletins},
    {HTTP_GET, "/v1/bulletins/*/bulletin.txt", get_bulletin_statement},
    {HTTP_GET, "/v1/bulletins/*/bulletin.sig", get_bulletin_signature},
    {HTTP_GET, "/v1/bulletins/*/areas/", get_bulletin_area},
    {HTTP_GET, "/v1/keys", get_keys},
    {HTTP_GET, "/v1/events", get_events},
    {HTTP_GET, "/", static_http_get},
    {HTTP_GET, "/a/", static_http_get},
    {HTTP_GET, "/bulletin/", static_http_get},
    {HTTP_GET, "/check", static_http_get},
    {HTTP_GET, "/embed/", static_http_get},
    {HTTP_GET, "/assets/", static_http_get},
};
const size_t public_http_route_count = sizeof public_http_routes / sizeof public_http_routes[0];

bool public_http_is_serving(void *context, struct http_exchange *exchange)
{
    const struct public_reader *reader = context;
    if (reader->publication != NULL) {
        return true;
    }
    char headers[RETRY_AFTER_BYTES];
    retry_after_header(headers);
    http_answer_problem(exchange, 503, "starting", "The server is starting",
                        "there is nothing to show yet: ask again", "", headers);
    return false;
}
