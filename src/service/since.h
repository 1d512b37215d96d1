/* What has moved since a revision that a reader names: at most as many documents as there are provinces, each made when it is
 * asked for first. Part of a publication. */
#ifndef TURNOUT_SERVICE_SINCE_H
#define TURNOUT_SERVICE_SINCE_H

#include <turnout/service/document.h>
#include <turnout/wire/figures.h>

#include "movement.h"

struct since {
    struct movement movement;
    _Atomic(struct document *) *documents; /* by how many provinces are in it, which is not all of them */
};

/* `has_moved` as for movement_after(). */
struct since since_after(const struct since *previous, const struct figures *figures, const bool *has_moved);
void since_done(struct since *since);

/* `text` is a revision, or what a document says as `next`. False when it is neither. *ret_document is NULL where it is the
 * whole of /v1/turnout. */
bool since_find(struct since *since, const struct figures *figures, const char *text,
                const struct document **ret_document);

#endif
