/* Reads the public documents over HTTP, as anybody would. */
#include "demo/demo_served.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/election/percent.h>

#include "client/http_client.h"
#include "client/turnout_document.h"

enum { REQUEST_TIMEOUT_MS = 10000, ASK_MS = 50, SHOWN_DEADLINE_MS = 30000, PATH_BYTES = 64 };

struct demo_served {
    const struct demo_server *server; /* borrowed */
    struct http_client *client;
    struct http_response response;
    struct turnout_document document;
};

enum turnout_error demo_served_new(const struct demo_server *server, struct demo_served **ret_served,
                                   struct error *error)
{
    char url[DEMO_URL_BYTES];
    struct http_client *client;
    demo_server_url(server, DEMO_PUBLIC, url);
    enum turnout_error code = http_client_new(url, true, REQUEST_TIMEOUT_MS, &client, error);
    if (code != TURNOUT_OK) {
        return code;
    }
    *ret_served = memory_new(sizeof **ret_served);
    (*ret_served)->server = server;
    (*ret_served)->client = client;
    return TURNOUT_OK;
}

void demo_served_free(struct demo_served *served)
{
    if (served == NULL) {
        return;
    }
    turnout_document_done(&served->document);
    http_response_done(&served->response);
    http_client_free(served->client);
    free(served);
}

static enum turnout_error get(struct demo_served *served, const char *path, struct error *error)
{
    enum turnout_error code = http_client_get(served->client, path, NULL, &served->response, error);
    if (code == TURNOUT_OK && served->response.status != 200) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "", "GET %s was answered with %d", path,
                          served->response.status);
    }
    return code;
}

static enum turnout_error get_turnout(struct demo_served *served, struct error *error)
{
    struct turnout_document document;
    enum turnout_error code = get(served, "/v1/turnout", error);
    if (code == TURNOUT_OK) {
        code = turnout_document_parse(served->response.body.bytes, served->response.body.length, &document,
                                      error);
    }
    if (code == TURNOUT_OK) {
        turnout_document_done(&served->document);
        served->document = document;
    }
    return code;
}

enum turnout_error demo_served_await(struct demo_served *served, uint64_t revision,
                                     enum demo_event *ret_event, struct error *error)
{
    int64_t deadline_ms = clock_monotonic_ms() + SHOWN_DEADLINE_MS;
    *ret_event = DEMO_TIME_IS_UP;
    for (;;) {
        enum turnout_error code = get_turnout(served, error);
        if (code == TURNOUT_OK && served->document.revision >= (int64_t)revision) {
            return TURNOUT_OK;
        }
        if (clock_monotonic_ms() > deadline_ms) {
            return code != TURNOUT_OK
                       ? code
                       : error_fail(error, TURNOUT_UNAVAILABLE, "",
                                    "/v1/turnout stays at revision %lld, not %llu",
                                    (long long)served->document.revision, (unsigned long long)revision);
        }
        *ret_event = demo_server_wait(served->server, ASK_MS);
        if (*ret_event != DEMO_TIME_IS_UP) {
            return error_fail(error, TURNOUT_UNAVAILABLE, "", "the wait for /v1/turnout was interrupted");
        }
    }
}

int64_t demo_served_revision(const struct demo_served *served)
{
    return served->document.revision;
}

/* The province with the highest percentage, or the lowest; NULL when none has any. */
static const struct document_area *find_extreme(const struct turnout_document *document, bool highest)
{
    const struct document_area *found = NULL;
    for (size_t i = 0; i < document->province_count; i++) {
        const struct document_area *province = &document->provinces[i];
        if (province->percent == PERCENT_NONE) {
            continue;
        }
        if (found == NULL ||
            (highest ? province->percent > found->percent : province->percent < found->percent)) {
            found = province;
        }
    }
    return found;
}

static void print_extreme(const char *word, const struct document_area *area)
{
    if (area != NULL) {
        char percent[PERCENT_TEXT_BYTES];
        percent_format(area->percent, percent);
        (void)printf("  %s %s %s%%", word, area->name, percent);
    }
}

void demo_served_print_round(const struct demo_served *served, const char *clock)
{
    const struct document_area *nation = &served->document.nation;
    char percent[PERCENT_TEXT_BYTES];
    percent_format(nation->percent, percent);
    (void)printf("%s  %s %lld of %lld  %s%%", clock, nation->name, (long long)nation->voted,
                 (long long)nation->registered, percent);
    print_extreme("ahead:", find_extreme(&served->document, true));
    print_extreme("behind:", find_extreme(&served->document, false));
    (void)printf("  communes complete: %lld of %lld\n", (long long)nation->communes_complete,
                 (long long)nation->communes);
}

void demo_served_print_nation(const struct demo_served *served)
{
    const struct document_area *nation = &served->document.nation;
    char percent[PERCENT_TEXT_BYTES];
    percent_format(nation->percent, percent);
    (void)printf("%s %lld/%lld %s%% at %s\n", nation->code, (long long)nation->voted,
                 (long long)nation->registered, percent, nation->as_of);
}

/* Fetches an area's figures from /v1/areas/{code}. */
static enum turnout_error get_figures(struct demo_served *served, const char *code,
                                      struct checkpoint_figures *ret_figures, struct error *error)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/v1/areas/%s", code);
    enum turnout_error outcome = get(served, path, error);
    if (outcome != TURNOUT_OK) {
        return outcome;
    }
    json_error_t why;
    json_t *document = json_loadb(served->response.body.bytes, served->response.body.length, 0, &why);
    if (document == NULL) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%s is not JSON: %s", path, why.text);
    }
    outcome = checkpoint_figures_of_document(json_object_get(document, "area"), ret_figures, error);
    json_decref(document);
    return outcome;
}

static struct checkpoint_figures figures_of(const struct document_area *area)
{
    return (struct checkpoint_figures){{
        [FIGURE_REGISTERED] = area->registered,
        [FIGURE_VOTED] = area->voted,
        [FIGURE_REMAINING] = area->registered - area->voted,
        [FIGURE_PERCENT] = area->percent,
        [FIGURE_COMMUNES_COMPLETE] = area->communes_complete,
        [FIGURE_COMMUNES] = area->communes,
    }};
}

/* Replaces an area's figures by those of /v1/turnout where a published figure differs. That document has no
 * communes. */
static void compare_turnout(const struct demo_served *served, const struct checkpoint *checkpoint,
                            const char *code, struct checkpoint_figures *figures)
{
    const struct turnout_document *document = &served->document;
    for (size_t i = 0; i <= document->province_count; i++) {
        const struct document_area *area = i == 0 ? &document->nation : &document->provinces[i - 1];
        if (strcmp(area->code, code) == 0) {
            struct checkpoint_figures others = figures_of(area);
            if (!checkpoint_holds(checkpoint, &others)) {
                *figures = others;
            }
        }
    }
}

static void print_figures(const char *before, const struct checkpoint *checkpoint,
                          const struct checkpoint_figures *figures)
{
    struct buffer text = {0};
    checkpoint_write_figures(&text, checkpoint, figures);
    (void)printf("%s%s", before, text.bytes);
    buffer_done(&text);
}

bool demo_served_check(struct demo_served *served, const struct checkpoint *checkpoint,
                       const struct area *area, const char *clock)
{
    struct checkpoint_figures got;
    struct error error;
    if (get_figures(served, area->code, &got, &error) != TURNOUT_OK) {
        (void)printf("%s  NOT HELD  %s (%s): %s %s\n", clock, area->name, area->code, error.field,
                     error.text);
        return false;
    }
    compare_turnout(served, checkpoint, area->code, &got);
    bool holds = checkpoint_holds(checkpoint, &got);
    (void)printf("%s  %s  %s (%s)", clock, holds ? "held" : "NOT HELD", area->name, area->code);
    print_figures(holds ? ": " : ": expected ", checkpoint, &checkpoint->published);
    if (!holds) {
        print_figures("; got ", checkpoint, &got);
    }
    (void)printf("\n");
    return holds;
}
