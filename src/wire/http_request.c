/* The request parser. One pass from the first byte to the empty line; the first invalid byte ends it. Codings,
 * validators and the query are in http_conditions.c. */
#include <turnout/wire/http_request.h>

#include <string.h>
#include <strings.h>

/* Above this JavaScript cannot represent every integer; no body is ever that large. */
static const uint64_t body_bytes_countable_max = UINT64_C(1) << 53;

enum { CONTENT_LENGTH_DIGITS_MAX = 18, METHOD_BYTES_MAX = 7 };

/* Byte classes. */
enum {
    IN_TOKEN = 1,  /* methods and header names: RFC 9110 section 5.6.2 */
    IN_TARGET = 2, /* visible ASCII without '#', which would begin a fragment */
    IN_HOST = 4,   /* RFC 3986 section 3.2: a name or address, with a port */
    VISIBLE = IN_TARGET,
    IN_TOKEN_ONLY = IN_TARGET | IN_TOKEN,
    IN_HOST_ONLY = IN_TARGET | IN_HOST,
    ANYWHERE = IN_TARGET | IN_TOKEN | IN_HOST,
};

/* clang-format off */
#define ANYWHERE_4(a, b, c, d) [a] = ANYWHERE, [b] = ANYWHERE, [c] = ANYWHERE, [d] = ANYWHERE
static const unsigned char byte_class[256] = {
    ANYWHERE_4('0', '1', '2', '3'), ANYWHERE_4('4', '5', '6', '7'), ANYWHERE_4('8', '9', '-', '.'),
    ANYWHERE_4('A', 'B', 'C', 'D'), ANYWHERE_4('E', 'F', 'G', 'H'), ANYWHERE_4('I', 'J', 'K', 'L'),
    ANYWHERE_4('M', 'N', 'O', 'P'), ANYWHERE_4('Q', 'R', 'S', 'T'), ANYWHERE_4('U', 'V', 'W', 'X'),
    ANYWHERE_4('Y', 'Z', '_', '~'),
    ANYWHERE_4('a', 'b', 'c', 'd'), ANYWHERE_4('e', 'f', 'g', 'h'), ANYWHERE_4('i', 'j', 'k', 'l'),
    ANYWHERE_4('m', 'n', 'o', 'p'), ANYWHERE_4('q', 'r', 's', 't'), ANYWHERE_4('u', 'v', 'w', 'x'),
    ANYWHERE_4('y', 'z', '!', '$'), ANYWHERE_4('%', '&', '\'', '*'), ['+'] = ANYWHERE,
    ['('] = IN_HOST_ONLY, [')'] = IN_HOST_ONLY, [','] = IN_HOST_ONLY, [':'] = IN_HOST_ONLY,
    [';'] = IN_HOST_ONLY, ['='] = IN_HOST_ONLY, ['['] = IN_HOST_ONLY, [']'] = IN_HOST_ONLY,
    ['^'] = IN_TOKEN_ONLY, ['`'] = IN_TOKEN_ONLY, ['|'] = IN_TOKEN_ONLY, ['#'] = IN_TOKEN,
    ['"'] = VISIBLE, ['/'] = VISIBLE, ['<'] = VISIBLE, ['>'] = VISIBLE, ['?'] = VISIBLE, ['@'] = VISIBLE,
    ['\\'] = VISIBLE, ['{'] = VISIBLE, ['}'] = VISIBLE,
};
/* clang-format on */

static bool is_in(char byte, unsigned class)
{
    return (byte_class[(unsigned char)byte] & class) != 0;
}

static bool is_in_value(char byte)
{
    return ((unsigned char)byte >= ' ' && byte != 0x7f) || byte == '\t';
}

/* A parse in progress. */
struct parse {
    const char *at;
    const char *end; /* end of the bytes at hand, or of the longest allowed head */
    bool is_longest; /* it is the end of the longest allowed head */
    bool version_1_0;
    bool host_seen;
    bool length_seen;
    bool authorization_seen;
    struct slice target_host; /* host of an absolute target; else empty */
    struct http_request *request;
    int status; /* of the answer to a bad request */
    struct error *error;
};

/* Each step returns COMPLETE once its part is parsed. */

static enum http_parse bad(struct parse *parse, int status, const char *why)
{
    parse->status = status;
    (void)error_fail(parse->error, TURNOUT_BAD_INPUT, NULL, "%s", why);
    return HTTP_REQUEST_BAD;
}

static enum http_parse run_out(struct parse *parse)
{
    return parse->is_longest ? bad(parse, 400, "the request line and headers are too long")
                             : HTTP_REQUEST_PARTIAL;
}

static enum http_parse pass(struct parse *parse, const char *expected, const char *why)
{
    for (const char *c = expected; *c != '\0'; c++) {
        if (parse->at == parse->end) {
            return run_out(parse);
        }
        if (*parse->at != *c) {
            return bad(parse, 400, why);
        }
        parse->at++;
    }
    return HTTP_REQUEST_COMPLETE;
}

static struct slice scan(struct parse *parse, unsigned class)
{
    const char *start = parse->at;
    while (parse->at < parse->end && is_in(*parse->at, class)) {
        parse->at++;
    }
    return (struct slice){start, (size_t)(parse->at - start)};
}

static enum http_parse parse_method(struct parse *parse)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST", [HTTP_OPTIONS] = "OPTIONS"};
    struct slice method = scan(parse, IN_TOKEN);
    if (method.length > METHOD_BYTES_MAX) {
        return bad(parse, 501, "the method is not one of GET, HEAD, POST, OPTIONS");
    }
    if (parse->at == parse->end) {
        return run_out(parse);
    }
    if (method.length == 0 || *parse->at != ' ') {
        return bad(parse, 400, "must begin with a method and one space");
    }
    parse->at++;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (slice_equals(method, names[i])) {
            parse->request->method = (enum http_method)i;
            return HTTP_REQUEST_COMPLETE;
        }
    }
    return bad(parse, 501, "the method is not one of GET, HEAD, POST, OPTIONS");
}

/* Whether the target begins, as far as it has arrived, with the scheme of an absolute one; *ret_length is the length
 * of the scheme once complete. */
static bool begins_with_scheme(struct slice target, size_t *ret_length)
{
    static const char *const schemes[] = {"http://", "https://"};
    bool begins = false;
    *ret_length = 0;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t length = strlen(schemes[i]);
        size_t at_hand = target.length < length ? target.length : length;
        if (strncasecmp(target.bytes, schemes[i], at_hand) == 0) {
            begins = true;
            *ret_length = at_hand == length ? length : *ret_length;
        }
    }
    return begins;
}

static bool is_host(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!is_in(text.bytes[i], IN_HOST)) {
            return false;
        }
    }
    return true;
}

/* Splits a complete target; its first `scheme` bytes are the scheme of an absolute one. */
static enum http_parse take_target(struct parse *parse, struct slice target, size_t scheme_length)
{
    struct slice path = {target.bytes + scheme_length, target.length - scheme_length};
    if (scheme_length > 0) {
        size_t host_length = 0;
        while (host_length < path.length && strchr("/?", path.bytes[host_length]) == NULL) {
            host_length++;
        }
        parse->target_host = (struct slice){path.bytes, host_length};
        path = (struct slice){path.bytes + host_length, path.length - host_length};
        if (host_length == 0 || !is_host(parse->target_host)) {
            return bad(parse, 400, "the target's host is not a host and port");
        }
    }
    const char *mark = memchr(path.bytes, '?', path.length);
    size_t path_length = mark == NULL ? path.length : (size_t)(mark - path.bytes);
    parse->request->query =
        mark == NULL ? (struct slice){0} : (struct slice){mark + 1, path.length - path_length - 1};
    /* An absolute target without a path means "/": the one that its scheme ends with. */
    parse->request->path = path_length == 0 ? (struct slice){target.bytes + scheme_length - 1, 1}
                                            : (struct slice){path.bytes, path_length};
    return HTTP_REQUEST_COMPLETE;
}

static enum http_parse parse_target(struct parse *parse)
{
    struct slice target = scan(parse, IN_TARGET);
    bool is_whole = parse->at < parse->end;
    bool is_path = target.length > 0 && target.bytes[0] == '/';
    bool is_asterisk = parse->request->method == HTTP_OPTIONS && slice_equals(target, "*");
    size_t scheme_length = 0;
    bool is_absolute = !is_path && !is_asterisk && begins_with_scheme(target, &scheme_length);
    if ((!is_path && !is_asterisk && !is_absolute) || (is_whole && is_absolute && scheme_length == 0)) {
        return bad(parse, 400, "the target must be a path");
    }
    if (target.length > REQUEST_TARGET_BYTES_MAX) {
        return bad(parse, 414, "the target is too long");
    }
    if (!is_whole) {
        return run_out(parse);
    }
    if (*parse->at != ' ') {
        return bad(parse, 400, "the target has a character that is not allowed");
    }
    parse->at++;
    return take_target(parse, target, scheme_length);
}

/* One digit of the version; `allowed` are the supported ones. */
static enum http_parse parse_version_digit(struct parse *parse, const char *allowed, char *ret_digit)
{
    if (parse->at == parse->end) {
        return run_out(parse);
    }
    char digit = *parse->at;
    if (digit < '0' || digit > '9') {
        return bad(parse, 400, "the version is not HTTP/1.1");
    }
    if (strchr(allowed, digit) == NULL) {
        return bad(parse, 505, "the version is neither HTTP/1.1 nor HTTP/1.0");
    }
    parse->at++;
    *ret_digit = digit;
    return HTTP_REQUEST_COMPLETE;
}

static enum http_parse parse_version(struct parse *parse)
{
    static const char not_version[] = "the version is not HTTP/1.1";
    char major;
    char minor;
    enum http_parse step = pass(parse, "HTTP/", not_version);
    if (step == HTTP_REQUEST_COMPLETE) {
        step = parse_version_digit(parse, "1", &major);
    }
    if (step == HTTP_REQUEST_COMPLETE) {
        step = pass(parse, ".", not_version);
    }
    if (step == HTTP_REQUEST_COMPLETE) {
        step = parse_version_digit(parse, "01", &minor);
    }
    if (step == HTTP_REQUEST_COMPLETE) {
        parse->version_1_0 = minor == '0';
        parse->request->keep_alive = !parse->version_1_0; /* HTTP/1.0 always closes */
        step = pass(parse, "\r\n", "the request line does not end in CR LF");
    }
    return step;
}

static enum http_parse take_content_length(struct parse *parse, struct slice value)
{
    if (parse->length_seen) {
        return bad(parse, 400, "more than one Content-Length");
    }
    parse->length_seen = true;
    if (value.length > CONTENT_LENGTH_DIGITS_MAX ||
        !text_parse_unsigned(value, UINT64_MAX, &parse->request->body_bytes)) {
        return bad(parse, 400, "Content-Length is not a whole number");
    }
    if (parse->request->body_bytes > body_bytes_countable_max) {
        return bad(parse, 413, "the body is too large");
    }
    if (parse->request->body_bytes > 0 && parse->request->method != HTTP_POST) {
        return bad(parse, 400, "only a POST has a body");
    }
    return HTTP_REQUEST_COMPLETE;
}

static enum http_parse take_host(struct parse *parse, struct slice value)
{
    if (parse->host_seen) {
        return bad(parse, 400, "more than one Host");
    }
    parse->host_seen = true;
    if (!is_host(value)) {
        return bad(parse, 400, "Host is not a host and port");
    }
    struct slice target_host = parse->target_host;
    if (target_host.length > 0 && (target_host.length != value.length ||
                                   strncasecmp(target_host.bytes, value.bytes, value.length) != 0)) {
        return bad(parse, 400, "the target's host is not the one in Host");
    }
    return HTTP_REQUEST_COMPLETE;
}

static void take_connection(struct parse *parse, struct slice value)
{
    while (value.bytes != NULL) {
        struct slice option = slice_trim(text_split(&value, ','));
        if (slice_equals_ignoring_case(option, "close")) {
            parse->request->keep_alive = false;
        }
    }
}

static enum http_parse take_expect(struct parse *parse, struct slice value)
{
    if (!slice_equals_ignoring_case(value, "100-continue")) {
        return bad(parse, 417, "the only supported expectation is 100-continue");
    }
    parse->request->expects_continue = !parse->version_1_0;
    return HTTP_REQUEST_COMPLETE;
}

/* Handles the headers that frame the request, and those that may occur only once. */
static enum http_parse take_header(struct parse *parse, const struct http_header *header)
{
    if (slice_equals_ignoring_case(header->name, "Host")) {
        return take_host(parse, header->value);
    }
    if (slice_equals_ignoring_case(header->name, "Content-Length")) {
        return take_content_length(parse, header->value);
    }
    if (slice_equals_ignoring_case(header->name, "Transfer-Encoding")) {
        return bad(parse, 400, "Transfer-Encoding is not supported: send Content-Length");
    }
    if (slice_equals_ignoring_case(header->name, "Expect")) {
        return take_expect(parse, header->value);
    }
    if (slice_equals_ignoring_case(header->name, "Authorization")) {
        if (parse->authorization_seen) {
            return bad(parse, 400, "more than one Authorization");
        }
        parse->authorization_seen = true;
    }
    if (slice_equals_ignoring_case(header->name, "Connection")) {
        take_connection(parse, header->value);
    }
    return HTTP_REQUEST_COMPLETE;
}

static enum http_parse parse_header(struct parse *parse)
{
    struct slice name = scan(parse, IN_TOKEN);
    if (parse->at == parse->end) {
        return run_out(parse);
    }
    if (name.length == 0 || *parse->at != ':') {
        return bad(parse, 400, "a header's name must be followed by a colon at once");
    }
    const char *value = ++parse->at;
    while (parse->at < parse->end && is_in_value(*parse->at)) {
        parse->at++;
    }
    struct http_header header = {.name = name,
                                 .value = slice_trim((struct slice){value, (size_t)(parse->at - value)})};
    enum http_parse step = pass(parse, "\r\n", "a header holds a control character or does not end in CR LF");
    if (step != HTTP_REQUEST_COMPLETE) {
        return step;
    }
    if (parse->request->header_count == REQUEST_HEADERS_MAX) {
        return bad(parse, 400, "too many headers");
    }
    parse->request->headers[parse->request->header_count++] = header;
    return take_header(parse, &header);
}

static enum http_parse parse_headers(struct parse *parse)
{
    while (parse->at < parse->end) {
        enum http_parse step;
        if (*parse->at == '\r') {
            step = pass(parse, "\r\n", "the headers do not end in an empty line");
            bool needs_host = !parse->version_1_0 || parse->target_host.length > 0;
            return step == HTTP_REQUEST_COMPLETE && needs_host && !parse->host_seen
                       ? bad(parse, 400, "Host is missing")
                       : step;
        }
        step = parse_header(parse);
        if (step != HTTP_REQUEST_COMPLETE) {
            return step;
        }
    }
    return run_out(parse);
}

size_t http_request_empty_lines(const char *bytes, size_t length)
{
    size_t at = 0;
    while (length - at >= 2 && memcmp(bytes + at, "\r\n", 2) == 0) {
        at += 2;
    }
    return at / 2;
}

enum http_parse http_request_parse(const char *bytes, size_t length, struct http_request *ret_request,
                                   int *ret_status, struct error *error)
{
    bool is_longest = length >= REQUEST_HEAD_BYTES_MAX;
    struct parse parse = {
        .at = bytes,
        .end = bytes + (is_longest ? REQUEST_HEAD_BYTES_MAX : length),
        .is_longest = is_longest,
        .request = ret_request,
        .error = error,
    };
    ret_request->header_count = 0;
    ret_request->body_bytes = 0;
    ret_request->expects_continue = false;
    static enum http_parse (*const steps[])(struct parse *) = {parse_method, parse_target, parse_version,
                                                               parse_headers};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum http_parse step = steps[i](&parse);
        if (step == HTTP_REQUEST_BAD) {
            *ret_status = parse.status;
        }
        if (step != HTTP_REQUEST_COMPLETE) {
            return step;
        }
    }
    ret_request->head_bytes = (size_t)(parse.at - bytes);
    return HTTP_REQUEST_COMPLETE;
}
