/* One document for each number of provinces, because what moved later is in every question that asks further back. */
#include "since.h"

#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/wire/documents.h>

static int64_t revision_of(const struct figures *figures)
{
    return figures->areas[REGISTER_NATION].totals.revision;
}

struct since since_after(const struct since *previous, const struct figures *figures, const bool *has_moved)
{
    uint32_t count = figures->reg->province_count;
    return (struct since){.movement = movement_after(previous == NULL ? NULL : &previous->movement,
                                                     revision_of(figures), has_moved, count),
                          .documents = memory_new_array(count, sizeof *previous->documents)};
}

void since_done(struct since *since)
{
    for (uint32_t i = 0; i < since->movement.province_count; i++) {
        document_free(atomic_load(&since->documents[i]));
    }
    free(since->documents);
    movement_done(&since->movement);
}

/* A revision of another run, of this server or of another one, says nothing about this one's: it becomes one that was never
 * shown. */
static bool parse(const struct figures *figures, const char *text, int64_t *ret_revision)
{
    struct slice run = slice_of(text);
    struct slice digits = text_split(&run, '.');
    uint64_t revision;
    if (!text_parse_unsigned(digits, INT64_MAX / 4, &revision)) {
        return false;
    }
    if (run.bytes != NULL && (run.length == 0 || strspn(run.bytes, "0123456789abcdef") != run.length)) {
        return false;
    }
    bool is_of_this_run = run.bytes == NULL || (figures->run != NULL && slice_equals(run, figures->run));
    *ret_revision = is_of_this_run ? (int64_t)revision : -1;
    return true;
}

bool since_find(struct since *since, const struct figures *figures, const char *text,
                const struct document **ret_document)
{
    int64_t revision;
    if (!parse(figures, text, &revision)) {
        return false;
    }
    uint32_t count = movement_count_since(&since->movement, revision);
    *ret_document = NULL;
    if (count == since->movement.province_count) {
        return true;
    }
    *ret_document = atomic_load(&since->documents[count]);
    if (*ret_document == NULL) {
        bool *moved = memory_new_array(figures->reg->area_count, sizeof *moved);
        struct buffer rendered = {0};
        movement_mark_since(&since->movement, revision, moved);
        document_changes_json(&rendered, figures, moved);
        free(moved);
        *ret_document = document_keep(&since->documents[count],
                                      document_new(&rendered, DOCUMENT_JSON, revision_of(figures)));
    }
    return true;
}
