/* Compares two bulletins, or one and what is shown, and adds what the ledger says of the time between. */
#include <turnout/service/publication_diff.h>

#include <turnout/service/frozen_view.h>
#include <turnout/wire/diff.h>

/* Reads one side of a diff: a bulletin, or the publication where `bulletin` is NULL. False where the bulletin has no
 * figures. */
static bool read_side(const struct publication *publication, const struct bulletin *bulletin,
                      struct figures *figures, struct diff_side *ret_side)
{
    const struct figures *now = publication_figures(publication);
    if (bulletin == NULL) {
        *ret_side = (struct diff_side){.figures = now};
        return true;
    }
    const struct bulletin_statement *statement = &bulletin_summary_of(bulletin)->statement;
    *ret_side = (struct diff_side){figures, statement->number, statement->label};
    return frozen_view_figures(bulletin, now, figures);
}

static enum diff_outcome render(const struct publication *publication, struct diff *diff, const char *area,
                                struct document **ret_document)
{
    const struct figures *now = publication_figures(publication);
    struct buffer rendered = {0};
    diff->area =
        area[0] == '\0' ? REGISTER_NATION : register_find_area(diff->after.figures->reg, slice_of(area));
    if (diff->area == REGISTER_NONE) {
        return DIFF_NO_AREA;
    }
    diff->entries = ledger_page_entries(publication_ledger(publication));
    diff->entry_count = ledger_page_count(publication_ledger(publication));
    document_diff_json(&rendered, now, diff);
    *ret_document = document_new(&rendered, DOCUMENT_JSON, now->areas[REGISTER_NATION].totals.revision);
    return DIFF_MADE;
}

enum diff_outcome publication_diff(const struct publication *publication, const struct bulletin *from,
                                   const struct bulletin *to, const char *area,
                                   struct document **ret_document)
{
    struct figures before;
    struct figures after;
    struct diff diff = {.entry_count = 0};
    return read_side(publication, from, &before, &diff.before) &&
                   read_side(publication, to, &after, &diff.after)
               ? render(publication, &diff, area, ret_document)
               : DIFF_NO_FIGURES;
}
