/* The figures of a bulletin, and the documents made from them: the same bytes from every server, for as long as the
 * bulletin exists. */
#ifndef TURNOUT_SERVICE_FROZEN_VIEW_H
#define TURNOUT_SERVICE_FROZEN_VIEW_H

#include <turnout/service/shelf.h>
#include <turnout/wire/figures.h>

/* Fills in the bulletin's figures. `now` supplies what no bulletin has: the election itself, the previous one, and
 * the key. No area has milestones. Borrowed like the bulletin and what `now` has. They are parsed once, by the thread
 * that asks first. False where the bulletin, frozen by an older server, lacks them. */
bool frozen_view_figures(const struct bulletin *bulletin, const struct figures *now,
                         struct figures *ret_figures);

/* A document of the bulletin: FROZEN_TURNOUT, FROZEN_SNAPSHOT, or FROZEN_CSV plus the index of its form; made on
 * first use, by any thread. Borrowed like the bulletin. NULL where it has none. */
const struct document *frozen_document(const struct bulletin *bulletin, const struct figures *now,
                                       size_t which);

#endif
