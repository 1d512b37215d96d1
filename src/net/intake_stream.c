/* The stream session. It outlives its connection while reports of it are with the store: their answers then
 * have nowhere to go, and the last one frees the session. */
#include <turnout/net/intake_stream.h>

#include <assert.h>
#include <stdlib.h>

#include <event2/buffer.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>
#include <turnout/wire/line_framer.h>
#include <turnout/wire/report_json.h>

struct stream {
    struct connection *connection; /* NULL: it is gone */
    struct intake *intake;
    struct line_framer framer;
    size_t unanswered;
    bool has_half_line;
    bool is_ending;       /* nothing more is read; the last answer finishes the connection */
    struct buffer answer; /* the one being written */
};

static bool is_full(const struct stream *stream)
{
    return stream->unanswered >= STREAM_UNANSWERED_MAX ||
           connection_unsent_bytes(stream->connection) > STREAM_UNSENT_BYTES_MAX;
}

/* Reading stops while the peer is owed or owes too much, and goes on when it does not. */
static void govern(struct stream *stream)
{
    if (is_full(stream) || stream->is_ending) {
        connection_pause(stream->connection);
    } else {
        connection_resume(stream->connection);
    }
}

static void on_answer(void *context, uint64_t tag, const struct report_result *result)
{
    struct stream *stream = context;
    assert(stream->unanswered > 0);
    stream->unanswered--;
    if (stream->connection == NULL) {
        if (stream->unanswered == 0) {
            buffer_done(&stream->answer);
            free(stream);
        }
        return;
    }
    buffer_clear(&stream->answer);
    result_json_write(&stream->answer, result, tag);
    buffer_append_char(&stream->answer, '\n');
    int failed =
        evbuffer_add(connection_output(stream->connection), stream->answer.bytes, stream->answer.length);
    assert(failed == 0);
    connection_send(stream->connection);
}

static void take_line(struct stream *stream, enum line_found found, struct slice line)
{
    uint64_t number = stream->framer.line_number;
    if (found == LINE_TOO_LONG) {
        stream->unanswered++;
        intake_refuse(stream->intake, CODE_TOO_LARGE, "a report is at most 4096 bytes", on_answer, stream,
                      number);
    } else if (line.length > 0) {
        stream->unanswered++;
        intake_submit(stream->intake, line.bytes, line.length, on_answer, stream, number);
    }
}

static size_t on_bytes(void *session, const char *bytes, size_t length)
{
    struct stream *stream = session;
    size_t taken = 0;
    bool has_new_line = false;
    while (taken < length && !is_full(stream)) {
        struct slice line;
        size_t step;
        enum line_found found =
            line_framer_next(&stream->framer, bytes + taken, length - taken, &line, &step);
        taken += step;
        if (found == LINE_NONE) {
            break;
        }
        has_new_line = true;
        take_line(stream, found, line);
    }
    bool has_half_line = !is_full(stream) && (taken < length || stream->framer.skipping);
    if (!has_half_line) {
        connection_set_deadline(stream->connection, STREAM_IDLE_MS);
    } else if (!stream->has_half_line || has_new_line) { /* not again for each byte of it */
        connection_set_deadline(stream->connection, STREAM_LINE_MS);
    }
    stream->has_half_line = has_half_line;
    govern(stream);
    return taken;
}

/* Nothing more is read; what is unanswered still gets its answer. */
static void end(struct stream *stream)
{
    stream->is_ending = true;
    connection_pause(stream->connection);
    connection_set_deadline(stream->connection, STREAM_END_MS);
    connection_send(stream->connection); /* for on_sent, even when there is nothing to send */
}

static void on_end(void *session, const char *bytes, size_t length)
{
    struct stream *stream = session;
    if (length > 0) { /* a last line without its end: whole JSON counts, half of it is malformed */
        stream->framer.line_number++;
        take_line(stream, LINE_WHOLE, (struct slice){bytes, length});
    }
    end(stream);
}

static void on_deadline(void *session)
{
    struct stream *stream = session;
    if (stream->has_half_line && !stream->framer.skipping && !stream->is_ending) {
        stream->unanswered++;
        intake_refuse(stream->intake, CODE_MALFORMED, "the line was not finished within 10 s", on_answer,
                      stream, stream->framer.line_number + 1);
        end(stream);
    } else {
        connection_close(stream->connection);
    }
}

static void on_sent(void *session)
{
    struct stream *stream = session;
    if (stream->is_ending && stream->unanswered == 0) {
        connection_finish(stream->connection);
    } else {
        govern(stream);
    }
}

static void on_drain(void *session)
{
    end(session);
}

static void on_closed(void *session)
{
    struct stream *stream = session;
    stream->connection = NULL;
    if (stream->unanswered == 0) {
        buffer_done(&stream->answer);
        free(stream);
    }
}

void intake_stream_serve(struct connection *connection, struct intake *intake)
{
    static const struct connection_session calls = {.on_bytes = on_bytes,
                                                    .on_end = on_end,
                                                    .on_deadline = on_deadline,
                                                    .on_sent = on_sent,
                                                    .on_drain = on_drain,
                                                    .on_closed = on_closed};
    struct stream *stream = memory_new(sizeof *stream);
    stream->connection = connection;
    stream->intake = intake;
    line_framer_init(&stream->framer, REPORT_BYTES_MAX);
    connection_buffer_little(connection);
    connection_set_deadline(connection, STREAM_IDLE_MS);
    connection_attach(connection, &calls, stream);
}
