/* The figures of a bulletin as readers are shown figures, and the documents of them: the same bytes from every server, for as
 * long as the bulletin is there. */
#ifndef TURNOUT_SERVICE_FROZEN_VIEW_H
#define TURNOUT_SERVICE_FROZEN_VIEW_H

#include <turnout/service/shelf.h>
#include <turnout/wire/figures.h>

/* `now` says what belongs to no bulletin: the election itself, the one before, and its key. No area has milestones. Borrowed
 * like the bulletin and what `now` has. They are read once, by whatever thread asks first. False where the bulletin does not
 * have them: it was frozen by an older server. */
bool frozen_view_figures(const struct bulletin *bulletin, const struct figures *now,
                         struct figures *ret_figures);

/* The document, FROZEN_TURNOUT, FROZEN_SNAPSHOT or FROZEN_CSV and the place of its form; made when it is asked for first, by
 * any thread. Borrowed like the bulletin. NULL where it has none. */
const struct document *frozen_document(const struct bulletin *bulletin, const struct figures *now,
                                       size_t which);

#endif
