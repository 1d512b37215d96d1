/* Makes the figures and documents of a bulletin out of the texts that are kept with it. */
#include <turnout/service/frozen_view.h>

#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/wire/documents.h>
#include <turnout/wire/frozen.h>
#include <turnout/wire/frozen_register.h>

struct frozen_view {
    struct election_register *reg; /* a reference */
    struct area_figures *areas;
    const char *durability;
    int64_t generated_at;
    bool is_rehearsal;
};

static bool read_provinces(struct frozen_view *view, const struct bulletin *bulletin)
{
    struct frozen_head head = {.generated_at = 0};
    for (uint32_t province = 1; province <= view->reg->province_count; province++) {
        struct slice text = bulletin_kept_text(bulletin, view->reg->areas[province].code, FROZEN_FILE);
        if (!frozen_read(text, view->reg, province, view->areas, &head)) {
            return false;
        }
    }
    figures_sum_nation(view->reg, view->areas);
    view->is_rehearsal = head.is_rehearsal;
    return true;
}

static struct frozen_view *view_new(const struct bulletin *bulletin)
{
    const char *nation = bulletin_summary_of(bulletin)->statement.nation;
    bool is_durable = false;
    struct election_register *reg =
        frozen_register_read(bulletin_kept_text(bulletin, nation, FROZEN_REGISTER_FILE), &is_durable);
    if (reg == NULL) {
        return NULL;
    }
    struct frozen_view *view = memory_new(sizeof *view);
    view->reg = reg;
    view->areas = memory_new_array(reg->area_count, sizeof *view->areas);
    view->durability = is_durable ? "strict" : "relaxed";
    view->generated_at = bulletin_cut(bulletin);
    if (!read_provinces(view, bulletin)) {
        frozen_view_free(view);
        return NULL;
    }
    return view;
}

void frozen_view_free(struct frozen_view *view)
{
    if (view != NULL) {
        register_release(view->reg);
        free(view->areas);
        free(view);
    }
}

bool frozen_view_figures(const struct bulletin *bulletin, const struct figures *now,
                         struct figures *ret_figures)
{
    _Atomic(struct frozen_view *) *place = bulletin_frozen_view(bulletin);
    struct frozen_view *view = atomic_load(place);
    if (view == NULL) {
        struct frozen_view *made = view_new(bulletin);
        if (made == NULL) {
            return false;
        }
        view = atomic_compare_exchange_strong(place, &view, made) ? made : view;
        if (view != made) { /* another thread was first */
            frozen_view_free(made);
        }
    }
    *ret_figures = (struct figures){.election = now->election,
                                    .reg = view->reg,
                                    .areas = view->areas,
                                    .test = view->is_rehearsal,
                                    .durability = view->durability,
                                    .publication = "rounds",
                                    .signing_key = now->signing_key,
                                    .previous = now->previous,
                                    .generated_at = view->generated_at};
    return true;
}

/* ---- documents ---- */

const struct document *frozen_document(const struct bulletin *bulletin, const struct figures *now,
                                       size_t which)
{
    _Atomic(struct document *) *place = bulletin_frozen_document(bulletin, which);
    const struct document *known = atomic_load(place);
    if (known != NULL) {
        return known;
    }
    struct figures figures;
    if (!frozen_view_figures(bulletin, now, &figures)) {
        return NULL;
    }
    struct buffer rendered = {0};
    if (which == FROZEN_TURNOUT) {
        document_turnout_json(&rendered, &figures);
    } else if (which == FROZEN_SNAPSHOT) {
        document_snapshot_json(&rendered, &figures);
    } else {
        struct csv_form form = csv_form_at(which - FROZEN_CSV);
        document_snapshot_csv(&rendered, &figures, form.separator, form.bom);
    }
    return document_keep(place, document_new(&rendered, which < FROZEN_CSV ? DOCUMENT_JSON : DOCUMENT_CSV,
                                             bulletin_summary_of(bulletin)->statement.number));
}
