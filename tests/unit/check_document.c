/* A document's forms. */
#include <turnout/service/document.h>

#include <check.h>
#include <sodium.h>
#include <string.h>

#include "suite.h"

/* Of one reader's document only the form that is sent stays in memory. */
LOOP_TEST(what_is_shed_is_gone, HTTP_CODINGS)
{
    struct buffer rendered = {0};
    ck_assert_int_ge(sodium_init(), 0);
    buffer_append_text(&rendered, "{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
    struct document *document = document_new(&rendered, DOCUMENT_JSON, 1);
    struct representation kept = document->forms[_i];
    document_shed(document, (enum http_coding)_i);
    for (int coding = 0; coding < HTTP_CODINGS; coding++) {
        ck_assert((document->owned[coding] != NULL) == (coding == _i));
        ck_assert((document->forms[coding].length > 0) == (coding == _i));
    }
    ck_assert_ptr_eq(document->forms[_i].bytes, kept.bytes);
    ck_assert_str_eq(document->forms[_i].etag, kept.etag);
    document_free(document);
}

SUITE("document");
