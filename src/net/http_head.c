/* Writes the status line and the headers of an answer. */
#include "http_head.h"

#include <assert.h>

#include <turnout/base/clock.h>
#include <turnout/wire/http_date.h>

enum { USUAL_HEAD_BYTES = 511 };

const char *http_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].status == status) {
            return texts[i].text;
        }
    }
    assert(!"a status without a text");
    return "";
}

/* Written once a second. */
static void write_date(struct buffer *head)
{
    static _Thread_local int64_t written_at = -1;
    static _Thread_local char date[HTTP_DATE_BYTES];
    int64_t now = clock_wall_ms() / 1000;
    if (now != written_at) {
        http_date_write(now, date);
        written_at = now;
    }
    buffer_append_text(head, "Date: ");
    buffer_append_text(head, date);
    buffer_append_text(head, "\r\n");
}

void http_write_head(struct buffer *head, const struct http_answer *answer, bool is_public, bool keeps_alive)
{
    buffer_reserve(head, USUAL_HEAD_BYTES);
    buffer_append_text(head, "HTTP/1.1 ");
    buffer_append_integer(head, answer->status);
    buffer_append_char(head, ' ');
    buffer_append_text(head, http_status_text(answer->status));
    buffer_append_text(head, "\r\n");
    write_date(head);
    buffer_append_text(head, "X-Content-Type-Options: nosniff\r\n");
    if (answer->content_type != NULL) {
        buffer_append_text(head, "Content-Type: ");
        buffer_append_text(head, answer->content_type);
        buffer_append_text(head, "\r\n");
        if (answer->body_bytes != HTTP_ENDLESS) {
            buffer_append_text(head, "Content-Length: ");
            buffer_append_integer(head, (int64_t)answer->body_bytes);
            buffer_append_text(head, "\r\n");
        }
    } else if (answer->status != 204 && answer->status != 304) {
        buffer_append_text(head, "Content-Length: 0\r\n");
    }
    if (is_public) {
        buffer_append_text(head,
                           "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: ETag, Date\r\n");
    }
    if (answer->headers != NULL) {
        buffer_append_text(head, answer->headers);
    }
    if (!keeps_alive) {
        buffer_append_text(head, "Connection: close\r\n");
    }
    buffer_append_text(head, "\r\n");
}
