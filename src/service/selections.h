/* The selections of a publication that readers have asked for. Those with communes are large: each is made once and
 * kept, and only so many are made, so that nobody keeps a worker busy with ever others. The rest are small, and made
 * for each request. */
#ifndef TURNOUT_SERVICE_SELECTIONS_H
#define TURNOUT_SERVICE_SELECTIONS_H

#include <turnout/service/document.h>
#include <turnout/wire/figures.h>
#include <turnout/wire/selection.h>

enum { SELECTIONS_MAX = 16 };

/* What is asked for. */
struct selection_wanted {
    struct selection selection;
    char separator; /* of a table; NUL: JSON */
    bool bom;
};

struct selections {
    _Atomic(struct kept_selection *) kept[SELECTIONS_MAX]; /* filled from the front */
};

void selections_done(struct selections *selections);

/* *ret_own is NULL, or the document itself, which is the caller's to free. NULL when too many different ones have been
 * asked for. */
const struct document *selections_find(struct selections *selections, const struct figures *figures,
                                       const struct selection_wanted *wanted, struct document **ret_own);

#endif
