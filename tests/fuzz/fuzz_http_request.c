/* The request parser. Whatever the bytes: it says the same however they are cut; what it calls whole is a head that a
 * far simpler reader takes apart in the same way; and nothing about the body is left to guess. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <turnout/wire/http_request.h>

enum {
    INPUT_BYTES_MAX = 2 * REQUEST_HEAD_BYTES_MAX,
    EVERY_CUT_BYTES_MAX = 256, /* above it only some of the cuts: they are quadratic */
    CUTS = 16,
};

struct outcome {
    enum http_parse found;
    int status;        /* of a bad one */
    size_t head_bytes; /* of a whole one, as what follows */
    enum http_method method;
    uint64_t body_bytes;
    uint32_t header_count;
    bool keep_alive;
};

static struct outcome parse_cut(const uint8_t *data, size_t length)
{
    char *copy = fuzz_copy(data, length);
    struct http_request request;
    struct error error = {.text = ""};
    struct outcome outcome = {0};
    outcome.found = http_request_parse(copy, length, &request, &outcome.status, &error);
    assert((outcome.found == HTTP_REQUEST_BAD) == (error.text[0] != '\0'));
    if (outcome.found == HTTP_REQUEST_COMPLETE) {
        outcome.head_bytes = request.head_bytes;
        outcome.method = request.method;
        outcome.body_bytes = request.body_bytes;
        outcome.header_count = request.header_count;
        outcome.keep_alive = request.keep_alive;
    }
    free(copy);
    return outcome;
}

static void check_same(const struct outcome *cut, const struct outcome *whole)
{
    assert(cut->found == whole->found && cut->status == whole->status);
    assert(cut->head_bytes == whole->head_bytes && cut->method == whole->method);
    assert(cut->body_bytes == whole->body_bytes && cut->header_count == whole->header_count);
    assert(cut->keep_alive == whole->keep_alive);
}

/* Fewer bytes say "not yet", and from some point on what all of them say. */
static void check_cuts(const uint8_t *data, size_t size, const struct outcome *whole)
{
    size_t step = size <= EVERY_CUT_BYTES_MAX ? 1 : size / CUTS;
    bool is_decided = false;
    for (size_t length = 0; length < size; length += step) {
        struct outcome cut = parse_cut(data, length);
        assert(!is_decided || cut.found != HTTP_REQUEST_PARTIAL);
        is_decided = cut.found != HTTP_REQUEST_PARTIAL;
        if (is_decided) {
            check_same(&cut, whole);
        }
        if (whole->found == HTTP_REQUEST_COMPLETE) {
            assert(is_decided == (length >= whole->head_bytes));
        }
    }
}

/* ---- a whole one ---- */

static void check_line_ends(struct slice head)
{
    size_t lines = 0;
    for (size_t i = 0; i < head.length; i++) {
        char c = head.bytes[i];
        assert(c != '\0' && (c >= ' ' || c < 0 || c == '\t' || c == '\r' || c == '\n'));
        assert(c != '\r' || (i + 1 < head.length && head.bytes[i + 1] == '\n'));
        assert(c != '\n' || (i > 0 && head.bytes[i - 1] == '\r'));
        lines += c == '\n';
    }
    assert(lines >= 2 && head.length <= REQUEST_HEAD_BYTES_MAX);
    assert(memcmp(head.bytes + head.length - 4, "\r\n\r\n", 4) == 0);
}

static bool lies_within(struct slice part, struct slice whole)
{
    return part.bytes >= whole.bytes && part.bytes + part.length <= whole.bytes + whole.length;
}

/* The head again, line by line, as a script would read it. */
static void check_headers(const struct http_request *request, struct slice head, bool is_version_1_0)
{
    struct slice rest = head;
    (void)text_split(&rest, '\n');
    size_t hosts = 0;
    size_t lengths = 0;
    size_t authorizations = 0;
    for (uint32_t i = 0; i < request->header_count; i++) {
        struct slice value = text_split(&rest, '\n');
        struct slice name = text_split(&value, ':');
        value.length--; /* the CR */
        const struct http_header *header = &request->headers[i];
        assert(lies_within(header->name, head) && lies_within(header->value, head));
        assert(name.length > 0 && header->name.bytes == name.bytes && header->name.length == name.length);
        value = slice_trim(value);
        assert(header->value.length == value.length &&
               memcmp(header->value.bytes, value.bytes, value.length) == 0);
        assert(!slice_equals_ignoring_case(name, "Transfer-Encoding"));
        hosts += slice_equals_ignoring_case(name, "Host");
        authorizations += slice_equals_ignoring_case(name, "Authorization");
        if (slice_equals_ignoring_case(name, "Content-Length")) {
            uint64_t number;
            lengths++;
            assert(text_parse_unsigned(value, UINT64_MAX, &number) && number == request->body_bytes);
        }
    }
    assert(rest.length == 2); /* the empty line */
    assert(hosts == 1 || (hosts == 0 && is_version_1_0));
    assert(authorizations <= 1);
    assert(lengths == 1 || (lengths == 0 && request->body_bytes == 0));
}

/* Of an absolute target the path alone is left in `path`, and its host is the one in Host. */
static void check_absolute(const struct http_request *request, struct slice *path)
{
    if (path->bytes[0] == '/' || path->bytes[0] == '*') {
        return;
    }
    struct slice rest = *path;
    struct slice scheme = text_split(&rest, ':');
    assert(slice_equals_ignoring_case(scheme, "http") || slice_equals_ignoring_case(scheme, "https"));
    assert(rest.length > 2 && memcmp(rest.bytes, "//", 2) == 0);
    rest = (struct slice){rest.bytes + 2, rest.length - 2};
    const char *slash = memchr(rest.bytes, '/', rest.length);
    size_t host_length = slash == NULL ? rest.length : (size_t)(slash - rest.bytes);
    struct slice host = http_request_header(request, "Host");
    assert(host_length > 0 && host.length == host_length &&
           strncasecmp(host.bytes, rest.bytes, host_length) == 0);
    *path = slash == NULL ? slice_of("/") : (struct slice){slash, rest.length - host_length};
}

static void check_request_line(const struct http_request *request, struct slice head,
                               bool *ret_is_version_1_0)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "OPTIONS"};
    struct slice rest = head;
    struct slice line = text_split(&rest, '\n');
    line.length--;
    assert(slice_equals(text_split(&line, ' '), names[request->method]));
    struct slice query = text_split(&line, ' ');
    struct slice path = text_split(&query, '?');
    check_absolute(request, &path);
    assert(path.length == request->path.length && memcmp(path.bytes, request->path.bytes, path.length) == 0);
    assert(query.length == request->query.length && lies_within(request->path, head));
    assert(path.bytes[0] == '/' || (slice_equals(path, "*") && request->method == HTTP_OPTIONS));
    *ret_is_version_1_0 = slice_equals(line, "HTTP/1.0");
    assert(*ret_is_version_1_0 || slice_equals(line, "HTTP/1.1"));
    assert(!*ret_is_version_1_0 || (!request->keep_alive && !request->expects_continue));
    assert(request->body_bytes == 0 || request->method == HTTP_POST);
}

/* What handlers ask of a request: answers within their room, and none that contradict each other. */
static void check_conditions(const struct http_request *request)
{
    enum { SMALL = 4, LARGE = REQUEST_TARGET_BYTES_MAX + 1 };
    static const char *const parameters[] = {"a", "area", "sep", ""};
    enum http_coding coding = HTTP_CODINGS;
    bool is_acceptable = http_request_choose_coding(request, &coding);
    assert(is_acceptable == (coding != HTTP_CODINGS));
    (void)http_request_etag_matches(request, "\"a\"");
    for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++) {
        char *small = malloc(SMALL);
        char *large = malloc(LARGE);
        assert(small != NULL && large != NULL);
        bool fits_large = http_query_value(request->query, parameters[i], large, LARGE);
        bool fits_small = http_query_value(request->query, parameters[i], small, SMALL);
        assert(!fits_large || http_query_has(request->query, parameters[i]));
        assert(fits_small == (fits_large && strlen(large) < SMALL));
        assert(!fits_small || strcmp(small, large) == 0);
        free(small);
        free(large);
    }
}

static void check_whole(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size);
    struct http_request request;
    int status;
    struct error error;
    enum http_parse found = http_request_parse(copy, size, &request, &status, &error);
    assert(found == HTTP_REQUEST_COMPLETE && request.head_bytes <= size);
    struct slice head = {copy, request.head_bytes};
    bool is_version_1_0;
    check_line_ends(head);
    check_request_line(&request, head, &is_version_1_0);
    check_headers(&request, head, is_version_1_0);
    check_conditions(&request);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct outcome whole = parse_cut(data, size);
    check_cuts(data, size, &whole);
    if (whole.found == HTTP_REQUEST_COMPLETE) {
        check_whole(data, size);
    }
    assert(whole.found != HTTP_REQUEST_PARTIAL || size < REQUEST_HEAD_BYTES_MAX);
    return 0;
}
