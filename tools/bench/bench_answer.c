/* As the servers spell them. */
#include "bench_answer.h"

#include <string.h>

#include <turnout/base/limits.h>

static const char *find(struct slice bytes, const char *text)
{
    return bytes.length == 0 ? NULL : memmem(bytes.bytes, bytes.length, text, strlen(text));
}

/* The number that the bytes begin with. */
static bool read_number(struct slice bytes, uint64_t most, uint64_t *ret_number)
{
    struct slice digits = {bytes.bytes, 0};
    while (digits.length < bytes.length && bytes.bytes[digits.length] >= '0' &&
           bytes.bytes[digits.length] <= '9') {
        digits.length++;
    }
    return text_parse_unsigned(digits, most, ret_number);
}

/* What stands behind a place in the bytes. */
static struct slice rest_behind(struct slice bytes, const char *place, size_t length)
{
    const char *start = place + length;
    return (struct slice){start, bytes.length - (size_t)(start - bytes.bytes)};
}

size_t answer_http_find(struct slice bytes, int *ret_status, struct slice *ret_body)
{
    static const char version[] = "HTTP/1.1 ";
    static const char length_name[] = "\r\nContent-Length: ";
    static const char head_end[] = "\r\n\r\n";
    const char *end = find(bytes, head_end);
    if (end == NULL || find(bytes, version) != bytes.bytes) {
        return 0;
    }
    struct slice head = {bytes.bytes, (size_t)(end - bytes.bytes) + 2};
    const char *length_at = find(head, length_name);
    uint64_t length;
    uint64_t status;
    if (length_at == NULL ||
        !read_number(rest_behind(head, length_at, strlen(length_name)), REQUEST_BODY_BYTES_MAX, &length) ||
        !read_number(rest_behind(head, head.bytes, strlen(version)), 999, &status)) {
        return 0;
    }
    size_t whole = (size_t)(end - bytes.bytes) + strlen(head_end) + (size_t)length;
    *ret_status = (int)status;
    *ret_body = (struct slice){end + strlen(head_end), (size_t)length};
    return whole <= bytes.length ? whole : 0;
}

bool answer_is_accepted(struct slice json, uint64_t *ret_line)
{
    static const char line_name[] = "{\"line\":";
    *ret_line = 0;
    if (find(json, line_name) == json.bytes &&
        !read_number(rest_behind(json, json.bytes, strlen(line_name)), UINT32_MAX, ret_line)) {
        return false;
    }
    return find(json, "\"status\":\"accepted\"") != NULL;
}

bool answer_is_welcome(struct slice json)
{
    return find(json, "{\"line\":1,\"status\":\"welcome\"") == json.bytes;
}
