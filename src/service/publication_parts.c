/* The documents of a publication that are made for what a reader says with its question, and the index. */
#include "publication_private.h"

const struct document *publication_since(struct publication *publication, const char *since)
{
    const struct document *changes;
    if (!since_find(&publication->since, &publication->figures, since, &changes)) {
        return NULL;
    }
    return changes == NULL ? publication->turnout : changes;
}

const struct document *publication_selection(struct publication *publication,
                                             const struct selection *selection, const struct csv_form *form,
                                             struct document **ret_own)
{
    struct selection_wanted wanted = {.selection = *selection};
    if (form != NULL) {
        wanted.separator = form->separator;
        wanted.bom = form->bom;
    }
    return selections_find(&publication->selections, &publication->figures, &wanted, ret_own);
}

const struct document *publication_index(struct publication *publication,
                                         const struct document_listing *listings, size_t count)
{
    const struct document *known = atomic_load(&publication->index);
    if (known != NULL) {
        return known;
    }
    struct buffer rendered = {0};
    document_index_json(&rendered, &publication->figures, listings, count);
    return document_keep(
        &publication->index,
        document_new(&rendered, DOCUMENT_JSON, publication->areas[REGISTER_NATION].totals.revision));
}
