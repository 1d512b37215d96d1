/* The figures of a bulletin as readers are shown figures, and the documents of them: the same bytes from every server, for as
 * long as the bulletin is there. */
#ifndef TURNOUT_SERVICE_FROZEN_VIEW_H
#define TURNOUT_SERVICE_FROZEN_VIEW_H

#include <turnout/service/shelf.h>
#include <turnout/wire/figures.h>

struct frozen_view;

/* `now` says what belongs to no bulletin: the election itself, the one before, and its key. No area has milestones. Borrowed while the view is there. NULL where the
 * bulletin does not have them: it was frozen by an older server. */
struct frozen_view *frozen_view_new(const struct bulletin *bulletin, const struct figures *now);
void frozen_view_free(struct frozen_view *view); /* NULL-safe */

const struct figures *frozen_view_figures(const struct frozen_view *view);

/* The document, FROZEN_TURNOUT, FROZEN_SNAPSHOT or FROZEN_CSV and the place of its form; made when it is asked for first, by
 * any thread. Borrowed like the bulletin. NULL as above. */
const struct document *frozen_document(const struct bulletin *bulletin, const struct figures *now,
                                       size_t which);

#endif
