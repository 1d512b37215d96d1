/* A rendered document in every coding that readers may ask for. Immutable once it is made. */
#ifndef TURNOUT_SERVICE_DOCUMENT_H
#define TURNOUT_SERVICE_DOCUMENT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/http_request.h>

enum { ETAG_BYTES = 64 };

#define CONTENT_JSON "application/json"
#define CONTENT_CSV  "text/csv; charset=utf-8; header=present"

/* The same content in one coding. */
struct representation {
    char *bytes;
    size_t length;
    char etag[ETAG_BYTES]; /* strong, with its quotes */
};

struct document {
    const char *content_type;
    struct representation forms[HTTP_CODINGS];
};

/* Takes what was rendered into `rendered`, which is empty afterwards. */
struct document *document_new(struct buffer *rendered, const char *content_type, int64_t revision);
void document_free(struct document *document); /* NULL-safe */

/* Puts a freshly made document into its place, and returns the one that is there: when another worker was first, the
 * other's, and `made` is freed. */
const struct document *document_keep(_Atomic(struct document *) *place, struct document *made);

#endif
