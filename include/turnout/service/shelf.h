/* The bulletins that a server has at hand, ready to be served: their files as they were frozen, and what they say in
 * short. A bulletin and a shelf are immutable and shared by all threads by reference. */
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

/* Takes `bundles`, which is [0] the nation's and then one a province, `count` in all; the array itself is the caller's.
 * TURNOUT_BAD_INPUT when a file is not what the one above it says; then the bundles are freed, too. */
enum turnout_error bulletin_new(struct buffer *bundles, size_t count, struct bulletin **ret_bulletin,
                                struct error *error);
void bulletin_release(struct bulletin *bulletin); /* NULL-safe */

const struct bulletin_summary *bulletin_summary_of(const struct bulletin *bulletin);

/* When it was cut; Unix seconds. */
int64_t bulletin_cut(const struct bulletin *bulletin);

/* `bulletin.txt`, `bulletin.sig` or `areas/<code>.csv`; NULL when there is none. Borrowed. */
struct bulletin_file *bulletin_find_file(const struct bulletin *bulletin, struct slice name);

/* What readers are sent of it; made when it is asked for first. Borrowed like the bulletin. NULL for NULL. */
const struct document *bulletin_file_document(const struct bulletin *bulletin, struct bulletin_file *file);

/* A text that is kept with the part of an area, the nation or a province, and that readers do not see; {NULL, 0} when there
 * is none. Borrowed. */
struct slice bulletin_kept_text(const struct bulletin *bulletin, const char *area, const char *name);

/* The documents of its figures (frozen_view.h), each where it is kept once it was made; NULL until then. */
enum { FROZEN_TURNOUT, FROZEN_SNAPSHOT, FROZEN_CSV, FROZEN_DOCUMENTS = FROZEN_CSV + CSV_FORMS };
_Atomic(struct document *) *bulletin_frozen_document(const struct bulletin *bulletin, size_t which);

/* Its figures, read (frozen_view.c). It is kept once it was made, as the documents are. */
struct frozen_view;
_Atomic(struct frozen_view *) *bulletin_frozen_view(const struct bulletin *bulletin);
void frozen_view_free(struct frozen_view *view); /* NULL-safe */

struct shelf;

/* An empty one. */
struct shelf *shelf_new(void);

/* A new one with this bulletin, which it takes, behind those of `shelf`. */
struct shelf *shelf_with(const struct shelf *shelf, struct bulletin *bulletin);

void shelf_acquire(struct shelf *shelf);
void shelf_release(struct shelf *shelf); /* NULL-safe */

/* In the order of their numbers. */
size_t shelf_count(const struct shelf *shelf);
const struct bulletin *shelf_at(const struct shelf *shelf, size_t place);

/* NULL when it is not there. */
const struct bulletin *shelf_find(const struct shelf *shelf, int64_t number);

#endif
