/* What readers are sent of a document: its bytes in every coding, each with its ETag. Immutable. */
#ifndef TURNOUT_SERVICE_DOCUMENT_H
#define TURNOUT_SERVICE_DOCUMENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>
#include <turnout/wire/http_request.h>

enum { ETAG_BYTES = 64 };

#define DOCUMENT_JSON "application/json"
#define DOCUMENT_ATOM "application/atom+xml; charset=utf-8"
#define DOCUMENT_CSV  "text/csv; charset=utf-8; header=present"

/* The same content in one coding. */
struct representation {
    const char *bytes;
    size_t length;
    char etag[ETAG_BYTES]; /* strong, with its quotes */
};

struct document {
    const char *content_type;
    struct representation forms[HTTP_CODINGS];
    char *owned[HTTP_CODINGS]; /* private */
};

/* The forms of a table. */
enum { CSV_FORMS = 6 };
struct csv_form {
    char separator; /* ',' ';' or tab */
    bool bom;
};

/* Its place among them, from 0 to CSV_FORMS - 1, and back. */
size_t csv_form_place(struct csv_form form);
struct csv_form csv_form_at(size_t place);

/* Takes what was rendered into `rendered`. `version` begins the ETag. */
struct document *document_new(struct buffer *rendered, const char *content_type, int64_t version);

/* Of bytes that live longer than it. */
struct document *document_of(struct slice bytes, const char *content_type, int64_t version);

/* Frees what it is in other codings, where it is for one reader. */
void document_shed(struct document *document, enum http_coding kept);

void document_free(struct document *document); /* NULL-safe */

/* Puts a freshly made document into its place, which was empty: when another thread was first, its document is the one.
 * Returns what is there. */
const struct document *document_keep(_Atomic(struct document *) *place, struct document *made);

#endif
