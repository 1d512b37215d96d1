/* Keeps the few selections of a publication that were made, by the fields and levels that were asked for. */
#include "selections.h"

#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/wire/documents.h>

struct kept_selection {
    struct selection_wanted wanted;
    struct document *document;
};

static void free_kept(struct kept_selection *kept)
{
    if (kept != NULL) {
        document_free(kept->document);
        free(kept);
    }
}

void selections_done(struct selections *selections)
{
    for (size_t i = 0; i < SELECTIONS_MAX; i++) {
        free_kept(atomic_load(&selections->kept[i]));
    }
}

static bool is_same(const struct selection_wanted *a, const struct selection_wanted *b)
{
    return a->selection.fields == b->selection.fields && a->selection.levels == b->selection.levels &&
           a->separator == b->separator && a->bom == b->bom;
}

static struct document *render(const struct figures *figures, const struct selection_wanted *wanted)
{
    struct buffer rendered = {0};
    bool is_json = wanted->separator == '\0';
    if (is_json) {
        document_selection_json(&rendered, figures, &wanted->selection);
    } else {
        document_selection_csv(&rendered, figures, wanted->separator, wanted->bom, &wanted->selection);
    }
    return document_new(&rendered, is_json ? DOCUMENT_JSON : DOCUMENT_CSV,
                        figures->areas[REGISTER_NATION].totals.revision);
}

static struct kept_selection *make(const struct figures *figures, const struct selection_wanted *wanted)
{
    struct kept_selection *made = memory_new(sizeof *made);
    *made = (struct kept_selection){*wanted, render(figures, wanted)};
    return made;
}

/* NULL when there is no room for it. */
static const struct document *find_kept(struct selections *selections, const struct figures *figures,
                                        const struct selection_wanted *wanted)
{
    struct kept_selection *made = NULL;
    for (size_t i = 0; i < SELECTIONS_MAX; i++) {
        struct kept_selection *kept = atomic_load(&selections->kept[i]);
        if (kept == NULL) {
            made = made == NULL ? make(figures, wanted) : made;
            if (atomic_compare_exchange_strong(&selections->kept[i], &kept, made)) {
                return made->document;
            }
        }
        if (is_same(&kept->wanted, wanted)) { /* perhaps another worker's, of just now */
            free_kept(made);
            return kept->document;
        }
    }
    free_kept(made);
    return NULL;
}

const struct document *selections_find(struct selections *selections, const struct figures *figures,
                                       const struct selection_wanted *wanted, struct document **ret_own)
{
    bool is_large = selection_has_level(&wanted->selection, AREA_COMMUNE);
    *ret_own = is_large ? NULL : render(figures, wanted);
    return is_large ? find_kept(selections, figures, wanted) : *ret_own;
}
