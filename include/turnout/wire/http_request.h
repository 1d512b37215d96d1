/* HTTP/1.1 requests, parsed strictly (RFC 9112; stricter where its choices have let requests be smuggled; DESIGN
 * section 9). Pure: the result is slices of the input.
 *
 * Accepted: GET, HEAD, POST, OPTIONS; targets of visible ASCII, in origin-form (`/path?query`) or absolute-form
 * (`http://host/path?query`, with the same host as in Host); HTTP/1.1 and HTTP/1.0; CRLF line ends; at most
 * REQUEST_HEADERS_MAX headers in REQUEST_HEAD_BYTES_MAX bytes, request line included; exactly one Host (HTTP/1.0: at
 * most one); at most one Authorization; a body only with exactly one all-digit Content-Length.
 * Refused with HTTP_REQUEST_BAD, as soon as the bytes at hand prove it: any Transfer-Encoding, a bare LF or CR, NUL
 * or another control character, a folded line, a space before a colon, an empty header name, a Content-Length other
 * than 0 on anything but POST, and everything else not listed above. The connection must then be closed. The caller
 * removes empty lines before the request line (RFC 9112 section 2.2). */
#ifndef TURNOUT_WIRE_HTTP_REQUEST_H
#define TURNOUT_WIRE_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/limits.h>
#include <turnout/base/text.h>

enum {
    REQUEST_TARGET_BYTES_MAX = 4096,
    REQUEST_EMPTY_LINES_MAX = 8, /* removed before a request line */
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS };

struct http_header {
    struct slice name;
    struct slice value; /* without the blanks around it */
};

struct http_request {
    enum http_method method;
    struct slice path;     /* begins with '/', or is the `*` of OPTIONS; as sent, not percent-decoded */
    struct slice query;    /* after the first '?'; empty without one */
    bool keep_alive;       /* HTTP/1.1 without Connection: close */
    bool expects_continue; /* Expect: 100-continue, the only expectation there is */
    uint64_t body_bytes;   /* Content-Length; 0 when absent */
    size_t head_bytes;     /* up to and including the empty line */
    struct http_header headers[REQUEST_HEADERS_MAX];
    uint32_t header_count;
};

enum http_parse {
    HTTP_REQUEST_COMPLETE, /* the head is whole; the body follows it */
    HTTP_REQUEST_PARTIAL,  /* nothing wrong so far; call again with the same bytes and more */
    HTTP_REQUEST_BAD,      /* answer with *ret_status and close */
};

/* The number of empty lines (CR LF) at the beginning. */
size_t http_request_empty_lines(const char *bytes, size_t length);

/* Parses the request that begins at bytes[0]. A complete head is parsed once; a partial head is scanned for its end
 * again at each call, bounded by REQUEST_HEAD_BYTES_MAX. *ret_request (slices borrow `bytes`) holds the request on
 * COMPLETE and is unspecified otherwise; *ret_status (400, 413, 414, 417, 501 or 505) and *error are written on
 * BAD. */
enum http_parse http_request_parse(const char *bytes, size_t length, struct http_request *ret_request,
                                   int *ret_status, struct error *error);

/* The value of a header by its case-insensitive name; {NULL, 0} when absent. */
struct slice http_request_header(const struct http_request *request, const char *name);

/* The codings of a document, the smallest first. */
enum http_coding { HTTP_CODING_BROTLI, HTTP_CODING_GZIP, HTTP_CODING_IDENTITY, HTTP_CODINGS };

/* Chooses the coding that Accept-Encoding weighs highest (RFC 9110 section 12.5.3: q=0 refuses, `*` matches the
 * rest), of equal ones the smallest. Identity without the header; identity weighs least where it is not named. False
 * when none is acceptable. */
bool http_request_choose_coding(const struct http_request *request, enum http_coding *ret_coding);

/* Its header line, `Content-Encoding: br` and CRLF; empty for identity. */
const char *http_coding_header(enum http_coding coding);

/* The suffix of its ETags: `-br`; empty for identity. */
const char *http_coding_mark(enum http_coding coding);

/* Whether If-None-Match names `etag` (with its quotes) or is `*`; weak comparison (RFC 9110 section 13.1.2). */
bool http_request_etag_matches(const struct http_request *request, const char *etag);

/* The percent-decoded value of a query parameter ('+' stays '+'). False, with ret_value undefined, when it is absent,
 * malformed, or does not fit. */
bool http_query_value(struct slice query, const char *name, char *ret_value, size_t capacity);

/* Whether the query has this parameter. */
bool http_query_has(struct slice query, const char *name);

#endif
