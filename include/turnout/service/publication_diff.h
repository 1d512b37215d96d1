/* What moved between two bulletins, or from one until what a publication shows, as a document (wire/diff.h). */
#ifndef TURNOUT_SERVICE_PUBLICATION_DIFF_H
#define TURNOUT_SERVICE_PUBLICATION_DIFF_H

#include <turnout/service/publication.h>

enum diff_outcome {
    DIFF_MADE,
    DIFF_NO_FIGURES, /* a bulletin that was frozen by an older server */
    DIFF_NO_AREA,    /* none of this code, or none yet */
};

/* `to` is NULL for what is shown now; else it is the later one. `area` is a code; empty: the nation. The caller frees
 * *ret_document. */
enum diff_outcome publication_diff(const struct publication *publication, const struct bulletin *from,
                                   const struct bulletin *to, const char *area,
                                   struct document **ret_document);

#endif
