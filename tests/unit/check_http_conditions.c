/* What is read of a parsed head: its headers, the coding it wants, its validators, and the parameters of a query. */
#include <turnout/wire/http_request.h>

#include <stdio.h>
#include <string.h>

#include <check.h>

#include "suite.h"

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"

static struct http_request parsed(const char *text)
{
    struct http_request request;
    int status;
    ck_assert_int_eq(http_request_parse(text, strlen(text), &request, &status, NULL), HTTP_REQUEST_COMPLETE);
    return request;
}

TEST(headers_are_found_in_any_case)
{
    struct http_request request = parsed(GET "Accept:  a b \t\r\nEmpty:\r\nACCEPT: second\r\n\r\n");
    ck_assert(slice_equals(http_request_header(&request, "aCCept"), "a b"));
    ck_assert_ptr_nonnull(http_request_header(&request, "empty").bytes);
    ck_assert_uint_eq(http_request_header(&request, "empty").length, 0);
    ck_assert_ptr_null(http_request_header(&request, "Accep").bytes);
}

static const struct {
    const char *headers;
    int chosen; /* -1: none is acceptable */
} codings[] = {
    {"", HTTP_CODING_IDENTITY},
    {"Accept-Encoding:\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: gzip\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: br\r\n", HTTP_CODING_BROTLI},
    {"Accept-Encoding: deflate, GZip\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: gzip, deflate, br, zstd\r\n", HTTP_CODING_BROTLI},
    {"Accept-Encoding: zstd\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: gzipx, xgzip\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: deflate\r\nAccept-Encoding: gzip\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: ,,gzip,\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: *\r\n", HTTP_CODING_BROTLI},
    {"Accept-Encoding: *, br;q=0\r\n", HTTP_CODING_GZIP},
    /* the highest weight */
    {"Accept-Encoding: br;q=0.5, gzip;q=0.8\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: br;q=0.8, gzip;q=0.8\r\n", HTTP_CODING_BROTLI},
    {"Accept-Encoding: gzip;q=1.0, br;q=0.999\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: br;q=0.5, gzip;q=0.5, identity\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: br;q=0.25, *;q=0.5\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: *;q=0.25, identity;q=0.5\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: gzip ; q = 0.001\r\n", HTTP_CODING_GZIP}, /* as much as identity that is not named */
    {"Accept-Encoding: br;q=0.5, gzip;q=0.6, br;q=0.75\r\n", HTTP_CODING_BROTLI},
    {"Accept-Encoding: br;q=1.5, gzip\r\n", HTTP_CODING_BROTLI},
    /* a weight of 0, or what is none, refuses */
    {"Accept-Encoding: gzip;q=0\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: gzip; Q=0.000\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: gzip;q=\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: br;q=9\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: *;q=0, identity\r\n", HTTP_CODING_IDENTITY},
    {"Accept-Encoding: *;q=0, gzip\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: identity;q=0, gzip;q=0.5\r\n", HTTP_CODING_GZIP},
    {"Accept-Encoding: identity;q=0, *\r\n", HTTP_CODING_BROTLI},
    /* none */
    {"Accept-Encoding: *;q=0\r\n", -1},
    {"Accept-Encoding: identity;q=0\r\n", -1},
    {"Accept-Encoding: identity;q=0, *;q=0\r\n", -1},
    {"Accept-Encoding: zstd, identity;q=0\r\n", -1},
    {"Accept-Encoding: br;q=0, gzip;q=0, identity;q=0, *\r\n", -1},
};

LOOP_TEST(codings_are_chosen_by_weight, COUNT(codings))
{
    char text[256];
    enum http_coding coding = HTTP_CODINGS;
    ck_assert_int_gt(snprintf(text, sizeof text, GET "%s\r\n", codings[_i].headers), 0);
    struct http_request request = parsed(text);
    bool is_there = http_request_choose_coding(&request, &coding);
    ck_assert_msg((is_there ? (int)coding : -1) == codings[_i].chosen, "%s%d", codings[_i].headers, coding);
}

TEST(codings_have_a_header)
{
    ck_assert_str_eq(http_coding_header(HTTP_CODING_BROTLI), "Content-Encoding: br\r\n");
    ck_assert_str_eq(http_coding_header(HTTP_CODING_GZIP), "Content-Encoding: gzip\r\n");
    ck_assert_str_eq(http_coding_header(HTTP_CODING_IDENTITY), "");
}

static const struct {
    const char *headers;
    bool matches; /* "a,b" with its quotes */
} validators[] = {
    {"", false},
    {"If-None-Match: \"a,b\"\r\n", true},
    {"If-None-Match: W/\"a,b\"\r\n", true},
    {"If-None-Match: *\r\n", true},
    {"If-None-Match: \"x\", W/\"y\",\"a,b\"\r\n", true},
    {"If-None-Match: \"x\"\r\nIf-None-Match: \"a,b\"\r\n", true},
    {"If-None-Match: \"x\"\r\n", false},
    {"If-None-Match: \"a\"\r\n", false},
    {"If-None-Match: \"A,B\"\r\n", false},
    {"If-None-Match: a,b\r\n", false},
    {"If-None-Match: \"a,b\r\n", false},
    {"If-None-Match: \"xa,b\"\r\n", false},
    {"If-None-Match: w/\"a,b\"\r\n", false},
    {"If-None-Match: W/\r\n", false},
    {"If-None-Match: \"\r\n", false},
    {"If-None-Match: \"\"\r\n", false},
    {"If-None-Match:\r\n", false},
};

LOOP_TEST(entity_tags, COUNT(validators))
{
    char text[256];
    ck_assert_int_gt(snprintf(text, sizeof text, GET "%s\r\n", validators[_i].headers), 0);
    struct http_request request = parsed(text);
    ck_assert_int_eq(http_request_etag_matches(&request, "\"a,b\""), validators[_i].matches);
    ck_assert_int_eq(http_request_etag_matches(&request, "W/\"a,b\""), validators[_i].matches);
}

static const struct {
    const char *query, *name;
    bool has;
    const char *value; /* NULL: there is none to be had */
} parameters[] = {
    {"", "a", false, NULL},
    {"a=b", "a", true, "b"},
    {"a", "a", true, ""},
    {"a=", "a", true, ""},
    {"x=1&a=b=c&a=d", "a", true, "b=c"},
    {"&&a=b", "a", true, "b"},
    {"aa=b", "a", false, NULL},
    {"x=a", "a", false, NULL},
    {"A=b", "a", false, NULL},
    {"sep=;", "sep", true, ";"},
    {"sep=%3b", "sep", true, ";"},
    {"sep=%09", "sep", true, "\t"},
    {"a=%e1%BB%87", "a", true, "ệ"},
    {"at=15:00:00+07", "at", true, "15:00:00+07"},
    {"a=%", "a", true, NULL},
    {"a=%4", "a", true, NULL},
    {"a=%4&b=1", "a", true, NULL},
    {"a=%4g", "a", true, NULL},
    {"a=%g4", "a", true, NULL},
    {"a=%00", "a", true, NULL},
    {"a=123456789012345", "a", true, "123456789012345"},
    {"a=1234567890123456", "a", true, NULL}, /* does not fit */
};

LOOP_TEST(query_parameters, COUNT(parameters))
{
    struct slice query = slice_of(parameters[_i].query);
    ck_assert_int_eq(http_query_has(query, parameters[_i].name), parameters[_i].has);
    char value[16];
    bool found = http_query_value(query, parameters[_i].name, value, sizeof value);
    ck_assert_int_eq(found, parameters[_i].value != NULL);
    if (found) {
        ck_assert_str_eq(value, parameters[_i].value);
    }
    ck_assert(!http_query_has((struct slice){0}, parameters[_i].name));
}

SUITE("http_conditions");
