/* The documents of a publication that are made for what a reader says with its question. */
#include "publication_private.h"

const struct document *publication_since(struct publication *publication, const char *since)
{
    struct movement_place place;
    if (!movement_place_parse(since, publication->figures.run, &place)) {
        return NULL;
    }
    uint32_t count = movement_count_since(&publication->movement, place);
    return count == publication->movement.province_count
               ? publication_document(publication, PUBLISHED_TURNOUT, 0)
               : publication_document(publication, PUBLISHED_SINCE, count);
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
