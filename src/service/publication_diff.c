/* Two views side by side, and the ledger as the publication has it. */
#include <turnout/service/publication_diff.h>

#include <turnout/service/frozen_view.h>
#include <turnout/wire/diff.h>

/* Of a bulletin, or of the publication where the view is NULL. */
static struct diff_side side_of(const struct publication *publication, const struct bulletin *bulletin,
                                const struct frozen_view *view)
{
    if (bulletin == NULL) {
        return (struct diff_side){.figures = publication_figures(publication)};
    }
    const struct bulletin_statement *statement = &bulletin_summary_of(bulletin)->statement;
    return (struct diff_side){frozen_view_figures(view), statement->number, statement->label};
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
    const struct figures *now = publication_figures(publication);
    struct frozen_view *before = frozen_view_new(from, now);
    struct frozen_view *after = to == NULL ? NULL : frozen_view_new(to, now);
    enum diff_outcome outcome = DIFF_NO_FIGURES;
    if (before != NULL && (to == NULL || after != NULL)) {
        struct diff diff = {.before = side_of(publication, from, before),
                            .after = side_of(publication, to, after)};
        outcome = render(publication, &diff, area, ret_document);
    }
    frozen_view_free(before);
    frozen_view_free(after);
    return outcome;
}
