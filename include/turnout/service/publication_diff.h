/* The changes between two bulletins, or from a bulletin to what a publication shows, as a document (wire/diff.h). */
#ifndef TURNOUT_SERVICE_PUBLICATION_DIFF_H
#define TURNOUT_SERVICE_PUBLICATION_DIFF_H

#include <turnout/service/publication.h>

enum diff_outcome {
    DIFF_MADE,
    DIFF_NO_FIGURES, /* a bulletin frozen by an older server lacks them */
    DIFF_NO_AREA,    /* no area of this code then */
};

/* `to` is the later bulletin; NULL: what is shown now. `area` is a code; empty: the nation. The caller frees
 * *ret_document. */
enum diff_outcome publication_diff(const struct publication *publication, const struct bulletin *from,
                                   const struct bulletin *to, const char *area,
                                   struct document **ret_document);

#endif
