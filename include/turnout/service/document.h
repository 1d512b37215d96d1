/* A public document: its bytes in every coding, each with its ETag. Immutable. */
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

/* The forms of a CSV table. */
enum { CSV_FORMS = 6 };
struct csv_form {
    char separator; /* ',' ';' or tab */
    bool bom;
};

/* The index of a form, 0 to CSV_FORMS - 1, and back. */
size_t csv_form_place(struct csv_form form);
struct csv_form csv_form_at(size_t place);

/* Takes the content of `rendered`. `version` begins the ETag. */
struct document *document_new(struct buffer *rendered, const char *content_type, int64_t version);

/* The same from bytes that outlive the document. */
struct document *document_of(struct slice bytes, const char *content_type, int64_t version);

/* Frees the other codings, for a document made for one reader. */
void document_shed(struct document *document, enum http_coding kept);

void document_free(struct document *document); /* NULL-safe */

/* Stores a new document at an empty place. If another thread was first, its document is kept and `made` is freed.
 * Returns the stored one. */
const struct document *document_keep(_Atomic(struct document *) *place, struct document *made);

#endif
