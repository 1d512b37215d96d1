/* Content codings, validators and query parameters of a parsed request. */
#include <turnout/wire/http_request.h>

#include <string.h>

/* The next header with this name from *index on; *index moves past it. */
static bool next_header(const struct http_request *request, const char *name, uint32_t *index,
                        struct slice *ret_value)
{
    while (*index < request->header_count) {
        const struct http_header *header = &request->headers[(*index)++];
        if (slice_equals_ignoring_case(header->name, name)) {
            *ret_value = header->value;
            return true;
        }
    }
    return false;
}

struct slice http_request_header(const struct http_request *request, const char *name)
{
    uint32_t index = 0;
    struct slice value = {0};
    (void)next_header(request, name, &index, &value);
    return value;
}

/* ---- codings ---- */

enum { WEIGHT_MAX = 1000, WEIGHT_LEAST = 1 };

/* Parses a weight such as `0.5` into thousandths. An invalid weight refuses, like 0. */
static unsigned parse_weight(struct slice text)
{
    if (text.length == 0 || (text.bytes[0] != '0' && text.bytes[0] != '1')) {
        return 0;
    }
    unsigned weight = 0;
    for (size_t i = 0; i < sizeof "1.000" - 1; i++) {
        bool is_digit = i < text.length && text.bytes[i] >= '0' && text.bytes[i] <= '9';
        if (i != 1) { /* at the decimal point */
            weight = 10 * weight + (is_digit ? (unsigned)(text.bytes[i] - '0') : 0);
        }
    }
    return weight < WEIGHT_MAX ? weight : WEIGHT_MAX;
}

/* The weight in the parameters of a coding; the greatest when there is none. */
static unsigned weight_of(struct slice parameters)
{
    while (parameters.bytes != NULL) {
        struct slice value = slice_trim(text_split(&parameters, ';'));
        struct slice name = slice_trim(text_split(&value, '='));
        if (slice_equals_ignoring_case(name, "q")) {
            return parse_weight(slice_trim(value));
        }
    }
    return WEIGHT_MAX;
}

/* 0: not acceptable. */
static unsigned weight_of_coding(const struct http_request *request, const char *coding)
{
    bool named = false;
    unsigned named_weight = 0;
    unsigned rest_weight = strcmp(coding, "identity") == 0 ? WEIGHT_LEAST : 0;
    uint32_t index = 0;
    struct slice list;
    while (next_header(request, "Accept-Encoding", &index, &list)) {
        while (list.bytes != NULL) {
            struct slice parameters = text_split(&list, ',');
            struct slice name = slice_trim(text_split(&parameters, ';'));
            unsigned weight = weight_of(parameters);
            if (slice_equals_ignoring_case(name, coding)) {
                named = true;
                named_weight = weight > named_weight ? weight : named_weight;
            } else if (slice_equals(name, "*")) {
                rest_weight = weight;
            }
        }
    }
    return named ? named_weight : rest_weight;
}

bool http_request_choose_coding(const struct http_request *request, enum http_coding *ret_coding)
{
    static const char *const names[HTTP_CODINGS] = {
        [HTTP_CODING_BROTLI] = "br", [HTTP_CODING_GZIP] = "gzip", [HTTP_CODING_IDENTITY] = "identity"};
    unsigned highest = 0;
    for (enum http_coding coding = 0; coding < HTTP_CODINGS; coding++) {
        unsigned weight = weight_of_coding(request, names[coding]);
        if (weight > highest) {
            highest = weight;
            *ret_coding = coding;
        }
    }
    return highest > 0;
}

const char *http_coding_header(enum http_coding coding)
{
    static const char *const lines[HTTP_CODINGS] = {[HTTP_CODING_BROTLI] = "Content-Encoding: br\r\n",
                                                    [HTTP_CODING_GZIP] = "Content-Encoding: gzip\r\n",
                                                    [HTTP_CODING_IDENTITY] = ""};
    return lines[coding];
}

const char *http_coding_mark(enum http_coding coding)
{
    static const char *const marks[HTTP_CODINGS] = {
        [HTTP_CODING_BROTLI] = "-br", [HTTP_CODING_GZIP] = "-gzip", [HTTP_CODING_IDENTITY] = ""};
    return marks[coding];
}

/* ---- versions ---- */

/* Splits the first entity tag off a list, without its `W/`. False at the end, and at the first malformed tag. A comma
 * may be inside the quotes, so the list cannot be split at commas. */
static bool next_etag(struct slice *list, struct slice *ret_etag)
{
    size_t at = 0;
    while (at < list->length && strchr(" \t,", list->bytes[at]) != NULL) {
        at++;
    }
    if (at + 2 < list->length && memcmp(list->bytes + at, "W/", 2) == 0) {
        at += 2;
    }
    if (at >= list->length || list->bytes[at] != '"') {
        return false;
    }
    const char *start = list->bytes + at;
    const char *end = memchr(start + 1, '"', list->length - at - 1);
    if (end == NULL) {
        return false;
    }
    *ret_etag = (struct slice){start, (size_t)(end - start) + 1};
    size_t taken = (size_t)(end - list->bytes) + 1;
    *list = (struct slice){list->bytes + taken, list->length - taken};
    return true;
}

bool http_request_etag_matches(const struct http_request *request, const char *etag)
{
    const char *opaque = strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
    uint32_t index = 0;
    struct slice list;
    while (next_header(request, "If-None-Match", &index, &list)) {
        if (slice_equals(list, "*")) {
            return true;
        }
        struct slice candidate;
        while (next_etag(&list, &candidate)) {
            if (slice_equals(candidate, opaque)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- parameters ---- */

/* The raw value of the first parameter with this name; empty when there is no '='. */
static bool find_parameter(struct slice query, const char *name, struct slice *ret_value)
{
    while (query.length > 0) {
        struct slice value = text_split(&query, '&');
        if (value.length > 0 && slice_equals(text_split(&value, '='), name)) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

bool http_query_has(struct slice query, const char *name)
{
    struct slice value;
    return find_parameter(query, name, &value);
}

/* A plus stays a plus: it occurs in times, and no value here has spaces. */
bool http_query_value(struct slice query, const char *name, char *ret_value, size_t capacity)
{
    struct slice raw;
    if (!find_parameter(query, name, &raw)) {
        return false;
    }
    size_t length = 0;
    for (size_t i = 0; i < raw.length; i++) {
        char c = raw.bytes[i];
        if (c == '%') {
            unsigned high = i + 2 < raw.length ? text_hex_digit(raw.bytes[i + 1]) : 16;
            unsigned low = i + 2 < raw.length ? text_hex_digit(raw.bytes[i + 2]) : 16;
            c = (char)(high << 4 | low);
            i += 2;
            if (high > 15 || low > 15 || c == '\0') {
                return false;
            }
        }
        if (length + 1 >= capacity) {
            return false;
        }
        ret_value[length++] = c;
    }
    if (capacity == 0) {
        return false;
    }
    ret_value[length] = '\0';
    return true;
}
