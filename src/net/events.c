/* Event streams (HTML Living Standard, "Server-sent events"). */
#include <turnout/net/events.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include <turnout/base/memory.h>
#include <turnout/service/document.h>

#include "asked_area.h"

struct stream {
    TAILQ_ENTRY(stream) all;
    struct events *events;
    struct http_exchange *exchange;
    uint32_t area; /* REGISTER_NATION: the nation and the provinces */
};

struct events {
    TAILQ_HEAD(, stream) streams;
    struct event *timer;
    /* What was last told of the current publication: of the nation, and of another area. May be NULL. */
    struct event_bytes *told[2];
};

/* ---- writing ---- */

/* The bytes of an event, written once and lent to every stream that is told it. The worker's own, as all here. */
struct event_bytes {
    uint32_t references;
    const struct document *document; /* that it is of */
    size_t length;
    char bytes[];
};

static int64_t id_of(const struct publication *publication)
{
    return publication_figures(publication)->areas[REGISTER_NATION].totals.revision;
}

/* The document is one line. The caller holds the first reference. */
static struct event_bytes *event_bytes_new(const struct publication *publication,
                                           const struct document *document)
{
    const struct representation *data = &document->forms[HTTP_CODING_IDENTITY];
    struct buffer text = {0};
    buffer_printf(&text, "id: %" PRId64 "\nevent: turnout\ndata: ", id_of(publication));
    buffer_append(&text, data->bytes, data->length);
    buffer_append_text(&text, "\n\n");
    struct event_bytes *event = memory_new(sizeof *event + text.length);
    event->references = 1;
    event->document = document;
    event->length = text.length;
    memcpy(event->bytes, text.bytes, text.length);
    buffer_done(&text);
    return event;
}

static void event_bytes_release(struct event_bytes *event)
{
    if (event != NULL && --event->references == 0) {
        free(event);
    }
}

static void give_back(const void *body, size_t body_bytes, void *lender)
{
    (void)body;
    (void)body_bytes;
    event_bytes_release(lender);
}

/* `document` is one of the current publication, that of the stream's area. */
static void write_event(struct stream *stream, const struct publication *publication,
                        const struct document *document)
{
    struct event_bytes **told = &stream->events->told[stream->area == REGISTER_NATION ? 0 : 1];
    if (*told == NULL || (*told)->document != document) {
        event_bytes_release(*told);
        *told = event_bytes_new(publication, document);
    }
    struct event_bytes *event = *told;
    event->references++;
    http_stream_write(stream->exchange, (struct slice){event->bytes, event->length}, give_back, event);
    http_stream_send(stream->exchange);
}

/* Forgets the events of a publication that is not the current one any more. */
static void forget_told(struct events *events)
{
    for (int i = 0; i < 2; i++) {
        event_bytes_release(events->told[i]);
        events->told[i] = NULL;
    }
}

static const struct document *whole(struct publication *publication, uint32_t area)
{
    return area == REGISTER_NATION ? publication_document(publication, PUBLISHED_TURNOUT, 0)
                                   : publication_document(publication, PUBLISHED_AREA, area);
}

/* What a stream is told of a publication; NULL: nothing. */
static const struct document *news_of(struct publication *publication, uint32_t area, bool has_missed)
{
    if (has_missed) {
        return whole(publication, area);
    }
    if (!publication_has_moved(publication, area)) {
        return NULL;
    }
    return area == REGISTER_NATION ? publication_document(publication, PUBLISHED_CHANGES, 0)
                                   : publication_document(publication, PUBLISHED_AREA, area);
}

void events_tell(struct events *events, const struct publication *before, struct publication *after)
{
    /* This worker was not given the ones between. */
    bool has_missed = before == NULL || publication_serial(after) != publication_serial(before) + 1;
    struct stream *stream;
    forget_told(events);
    TAILQ_FOREACH(stream, &events->streams, all)
    {
        const struct document *document = news_of(after, stream->area, has_missed);
        if (document != NULL) {
            write_event(stream, after, document);
        }
    }
}

/* Shows both sides, and every proxy in between, that the connection is alive. */
static void on_comment(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct events *events = context;
    struct stream *stream;
    TAILQ_FOREACH(stream, &events->streams, all)
    {
        http_stream_write(stream->exchange, slice_of(":\n\n"), NULL, NULL);
        http_stream_send(stream->exchange);
    }
}

/* ---- opening ---- */

static void on_closed(void *context)
{
    struct stream *stream = context;
    TAILQ_REMOVE(&stream->events->streams, stream, all);
    free(stream);
}

/* Also to who names in Last-Event-ID the revision that stands: a milestone, say, is told under the revision of the
 * figures that have reached it, one publication after them. */
void events_open(struct events *events, struct http_exchange *exchange, const struct http_request *request,
                 struct publication *publication)
{
    char retry[32];
    uint32_t area = area_of_query(publication_figures(publication)->reg, exchange, request->query);
    if (area == REGISTER_NONE) {
        return;
    }
    struct stream *stream = memory_new(sizeof *stream);
    *stream = (struct stream){.events = events, .exchange = exchange, .area = area};
    if (!http_stream_begin(exchange, "text/event-stream", "Cache-Control: no-store\r\n", on_closed, stream)) {
        free(stream);
        return;
    }
    TAILQ_INSERT_TAIL(&events->streams, stream, all);
    (void)snprintf(retry, sizeof retry, "retry: %d\n\n", EVENTS_RETRY_MS);
    http_stream_write(exchange, slice_of(retry), NULL, NULL);
    http_stream_send(exchange);
    write_event(stream, publication, whole(publication, area));
}

/* ---- life ---- */

struct events *events_new(struct event_base *base)
{
    struct events *events = memory_new(sizeof *events);
    const struct timeval period = {.tv_sec = EVENTS_COMMENT_S};
    TAILQ_INIT(&events->streams);
    events->timer = event_new(base, -1, EV_PERSIST, on_comment, events);
    assert(events->timer != NULL);
    int failed = event_add(events->timer, &period);
    assert(failed == 0);
    return events;
}

void events_free(struct events *events)
{
    if (events != NULL) {
        assert(TAILQ_EMPTY(&events->streams));
        forget_told(events);
        event_free(events->timer);
        free(events);
    }
}
