/* What a parsed request asks for: a coding it can decode, a version it has already, parameters in its query. */
#include <turnout/wire/http_request.h>

#include <string.h>

/* The next header with this name at or behind *index, which moves behind it. */
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

/* Whether the parameters behind a coding leave it any weight: everything but a q of zero does. */
static bool has_weight(struct slice parameters)
{
    while (parameters.bytes != NULL) {
        struct slice parameter = slice_trim(text_split(&parameters, ';'));
        struct slice value = parameter;
        struct slice name = slice_trim(text_split(&value, '='));
        value = slice_trim(value);
        if (slice_equals_ignoring_case(name, "q")) {
            for (size_t i = 0; i < value.length; i++) {
                if (value.bytes[i] >= '1' && value.bytes[i] <= '9') {
                    return true;
                }
            }
            return false;
        }
    }
    return true;
}

bool http_request_accepts_coding(const struct http_request *request, const char *coding)
{
    bool named = false;
    bool named_accepted = false;
    bool rest_accepted = strcmp(coding, "identity") == 0;
    uint32_t index = 0;
    struct slice list;
    while (next_header(request, "Accept-Encoding", &index, &list)) {
        while (list.bytes != NULL) {
            struct slice parameters = text_split(&list, ',');
            struct slice name = slice_trim(text_split(&parameters, ';'));
            bool accepted = has_weight(parameters);
            if (slice_equals_ignoring_case(name, coding)) {
                named = true;
                named_accepted = named_accepted || accepted;
            } else if (slice_equals(name, "*")) {
                rest_accepted = accepted;
            }
        }
    }
    return named ? named_accepted : rest_accepted;
}

/* Splits the first entity tag off a list, without its `W/`. False at the end and where there is none: what
 * follows a mistake is not guessed at. A comma may stand inside the quotes, so the list cannot be split by them. */
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

/* The raw value of the first parameter with this name; an empty one when there is no '='. */
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

/* -1 when it is none. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A plus stays a plus: it stands in times, and nothing here has spaces. */
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
            int high = i + 2 < raw.length ? hex_digit(raw.bytes[i + 1]) : -1;
            int low = i + 2 < raw.length ? hex_digit(raw.bytes[i + 2]) : -1;
            c = (char)(high * 16 + low);
            i += 2;
            if (high < 0 || low < 0 || c == '\0') {
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
