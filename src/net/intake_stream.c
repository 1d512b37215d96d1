/* The stream session. It outlives its connection while reports of it are with the tally: their answers then
 * have nowhere to go, and the last one frees the session. */
#include <turnout/net/intake_stream.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/service/committee.h>
#include <turnout/service/intake.h>
#include <turnout/service/principal.h>
#include <turnout/wire/json_writer.h>
#include <turnout/wire/line_framer.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/text_members.h>

#include "committee_desk.h"
#include "too_many.h"

enum { TOKEN_LINE_BYTES = 512 }; /* more than a token has: what is longer is a bad token, not a bad report */

struct stream {
    struct connection *connection; /* NULL: it is gone */
    const struct intake_desk *desk;
    struct visit *visit;      /* a reference, since the stream may outlive its connection */
    struct principal voucher; /* a relay that has shown its token */
    bool is_vouched;
    struct line_framer framer;
    size_t unanswered;
    bool has_half_line;
    bool is_ending;       /* nothing more is read; the last answer finishes the connection */
    struct buffer answer; /* the one being written */
};

static bool is_full(const struct stream *stream)
{
    size_t unanswered_max = visit_is_throttled(stream->visit) ? 1 : STREAM_UNANSWERED_MAX;
    return stream->unanswered >= unanswered_max ||
           connection_unsent_bytes(stream->connection) > STREAM_UNSENT_BYTES_MAX;
}

static void stream_free(struct stream *stream)
{
    visit_release(stream->visit);
    buffer_done(&stream->answer);
    free(stream);
}

/* Reading stops while the peer is owed or owes too much, and goes on when it does not. */
static void govern(struct stream *stream, bool full)
{
    if (full || stream->is_ending) {
        connection_pause(stream->connection);
    } else {
        connection_resume(stream->connection);
    }
}

static void send_answer(struct stream *stream)
{
    buffer_append_char(&stream->answer, '\n');
    int failed =
        evbuffer_add(connection_output(stream->connection), stream->answer.bytes, stream->answer.length);
    assert(failed == 0);
    connection_send(stream->connection);
}

static void on_answer(void *context, uint64_t tag, const struct report_result *result)
{
    struct stream *stream = context;
    assert(stream->unanswered > 0);
    stream->unanswered--;
    too_many_note_result(stream->visit, result);
    if (stream->connection == NULL) {
        if (stream->unanswered == 0) {
            stream_free(stream);
        }
        return;
    }
    buffer_clear(&stream->answer);
    result_json_write(&stream->answer, result, tag);
    send_answer(stream);
}

/* Nothing more is read; what is unanswered still gets its answer. */
static void end(struct stream *stream)
{
    stream->is_ending = true;
    connection_pause(stream->connection);
    connection_set_deadline(stream->connection, STREAM_END_MS);
    connection_send(stream->connection); /* for on_sent, even when there is nothing to send */
}

static void write_welcome(struct buffer *out, const struct principal *relay, const struct intake_desk *desk)
{
    char expires[RFC3339_BYTES];
    rfc3339_format(relay->expires, desk->election->offset_s, expires);
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_integer(&json, "line", 1);
    json_put_text(&json, "status", "welcome");
    json_put_text(&json, "area", desk->reg->areas[relay->area].code);
    json_put_text(&json, "until", expires);
    json_close_object(&json);
}

static void write_refusal(struct buffer *out, enum admission admission, const struct error *why)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_integer(&json, "line", 1);
    json_put_text(&json, "status", "rejected");
    json_put_text(&json, "code", desk_admission_code(admission));
    json_put_text(&json, "detail", why->text);
    json_close_object(&json);
}

/* Whether the first line is a relay's token and not a report; then it is answered. Who comes with a bad one is not
 * listened to any longer: they think that they vouch. */
static bool take_token(struct stream *stream, struct slice line)
{
    char token[TOKEN_LINE_BYTES];
    const struct text_member members[] = {{"token", token, sizeof token, TEXT_REQUIRED}};
    if (stream->framer.line_number != 1 || text_members_parse(line, members, 1, NULL) != TURNOUT_OK) {
        return false;
    }
    struct principal relay;
    struct error why;
    enum admission admission = committee_admit_token(stream->desk->committee, slice_of(token), ROLE_RELAY,
                                                     clock_wall_ms() / 1000, &relay, &why);
    buffer_clear(&stream->answer);
    if (admission == ADMITTED) {
        stream->voucher = relay;
        stream->is_vouched = true;
        visit_note_success(stream->visit);
        write_welcome(&stream->answer, &relay, stream->desk);
    } else {
        visit_note_failure(stream->visit);
        write_refusal(&stream->answer, admission, &why);
    }
    send_answer(stream);
    if (admission != ADMITTED) {
        end(stream);
    }
    return true;
}

static void take_line(struct stream *stream, enum line_found found, struct slice line)
{
    uint64_t number = stream->framer.line_number;
    if (visit_is_blocked(stream->visit)) {
        stream->unanswered++;
        intake_refuse(stream->desk->intake, CODE_TOO_MANY, too_many_why, on_answer, stream, number);
        end(stream);
    } else if (found == LINE_TOO_LONG) {
        stream->unanswered++;
        intake_refuse(stream->desk->intake, CODE_TOO_LARGE, "a report is at most 4096 bytes", on_answer,
                      stream, number);
    } else if (line.length > 0 && !take_token(stream, line)) {
        stream->unanswered++;
        intake_submit(stream->desk->intake, stream->is_vouched ? &stream->voucher : NULL, line.bytes,
                      line.length, on_answer, stream, number);
    }
}

/* Whether a stream begins as HTTP does, with a method and a blank: as no report and no token does. A browser can be had
 * to send such a request anywhere, and its body would be lines. */
static bool begins_as_http(const char *bytes, size_t length)
{
    size_t capitals = 0;
    while (capitals < length && bytes[capitals] >= 'A' && bytes[capitals] <= 'Z') {
        capitals++;
    }
    return capitals > 0 && capitals < length && bytes[capitals] == ' ';
}

static void refuse_http(struct stream *stream)
{
    stream->unanswered++;
    intake_refuse(stream->desk->intake, CODE_MALFORMED, "this port takes reports, one a line, and no HTTP",
                  on_answer, stream, 1);
    end(stream);
}

static size_t on_bytes(void *session, const char *bytes, size_t length)
{
    struct stream *stream = session;
    size_t taken = 0;
    if (stream->framer.line_number == 0 && begins_as_http(bytes, length)) {
        refuse_http(stream);
        return length;
    }
    bool full = is_full(stream); /* once a line: time can change it, and what is left unread must pause */
    while (taken < length && !full && !stream->is_ending) {
        struct slice line;
        size_t step;
        enum line_found found =
            line_framer_next(&stream->framer, bytes + taken, length - taken, &line, &step);
        taken += step;
        if (found == LINE_NONE) {
            break;
        }
        take_line(stream, found, line);
        full = is_full(stream);
    }
    if (stream->is_ending) {
        return taken;
    }
    bool has_half_line = !full && (taken < length || stream->framer.skipping);
    if (!has_half_line) {
        connection_set_deadline(stream->connection, STREAM_IDLE_MS);
    } else if (!stream->has_half_line || memchr(bytes, '\n', taken) != NULL) { /* not for each byte of it */
        connection_set_deadline(stream->connection, STREAM_LINE_MS);
    }
    stream->has_half_line = has_half_line;
    govern(stream, full);
    return taken;
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
        intake_refuse(stream->desk->intake, CODE_MALFORMED, "the line was not finished within 10 s",
                      on_answer, stream, stream->framer.line_number + 1);
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
        govern(stream, is_full(stream));
    }
}

static bool is_awaited(const void *session)
{
    const struct stream *stream = session;
    return stream->unanswered > 0;
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
        stream_free(stream);
    }
}

void intake_stream_serve(struct connection *connection, const struct intake_desk *desk)
{
    static const struct connection_session calls = {.on_bytes = on_bytes,
                                                    .on_end = on_end,
                                                    .on_deadline = on_deadline,
                                                    .on_sent = on_sent,
                                                    .is_awaited = is_awaited,
                                                    .on_drain = on_drain,
                                                    .on_closed = on_closed};
    struct stream *stream = memory_new(sizeof *stream);
    stream->connection = connection;
    stream->desk = desk;
    stream->visit = connection_visit(connection);
    visit_hold(stream->visit);
    line_framer_init(&stream->framer, REPORT_BYTES_MAX);
    connection_set_deadline(connection, STREAM_IDLE_MS);
    connection_attach(connection, &calls, stream);
}
