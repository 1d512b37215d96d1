/* The bulletins that a server can serve: their files as they were frozen, and a summary of each. A bulletin and a
 * shelf are immutable and shared by all threads by reference. */
#ifndef TURNOUT_SERVICE_SHELF_H
#define TURNOUT_SERVICE_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/service/document.h>
#include <turnout/wire/bulletin_documents.h>

struct bulletin_file {
    const char *content_type;
    struct slice bytes;
    bool has_units;                      /* a commune's */
    _Atomic(struct document *) document; /* private */
};

struct bulletin;

/* Takes the `count` bundles, [0] the nation's and then one a province; the array itself stays the caller's.
 * TURNOUT_BAD_INPUT when a file does not match the one above it; the bundles are freed then, too. */
enum turnout_error bulletin_new(struct buffer *bundles, size_t count, struct bulletin **ret_bulletin,
                                struct error *error);
void bulletin_release(struct bulletin *bulletin); /* NULL-safe */

const struct bulletin_summary *bulletin_summary_of(const struct bulletin *bulletin);

/* When it was cut; Unix seconds. */
int64_t bulletin_cut(const struct bulletin *bulletin);

/* `bulletin.txt`, `bulletin.sig` or `areas/<code>.csv`; NULL when there is none. Borrowed. */
struct bulletin_file *bulletin_find_file(const struct bulletin *bulletin, struct slice name);

/* The file as readers get it; made on first use. Borrowed like the bulletin. NULL for NULL. */
const struct document *bulletin_file_document(const struct bulletin *bulletin, struct bulletin_file *file);

/* A text kept with the nation's or a province's part that readers do not see; {NULL, 0}: none. Borrowed. */
struct slice bulletin_kept_text(const struct bulletin *bulletin, const char *area, const char *name);

/* The places of the documents of its figures (frozen_view.h); NULL until they are made. */
enum { FROZEN_TURNOUT, FROZEN_SNAPSHOT, FROZEN_CSV, FROZEN_DOCUMENTS = FROZEN_CSV + CSV_FORMS };
_Atomic(struct document *) *bulletin_frozen_document(const struct bulletin *bulletin, size_t which);

/* The place of its parsed figures (frozen_view.c); NULL until they are made. */
struct frozen_view;
_Atomic(struct frozen_view *) *bulletin_frozen_view(const struct bulletin *bulletin);
void frozen_view_free(struct frozen_view *view); /* NULL-safe */

struct shelf;

/* An empty one. */
struct shelf *shelf_new(void);

/* A new shelf with the bulletins of `shelf`, then this one, which it takes. */
struct shelf *shelf_with(const struct shelf *shelf, struct bulletin *bulletin);

void shelf_acquire(struct shelf *shelf);
void shelf_release(struct shelf *shelf); /* NULL-safe */

/* In the order of their numbers. */
size_t shelf_count(const struct shelf *shelf);
const struct bulletin *shelf_at(const struct shelf *shelf, size_t place);

/* NULL when it is not there. */
const struct bulletin *shelf_find(const struct shelf *shelf, int64_t number);

#endif
