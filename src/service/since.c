/* Documents of what has moved since a revision. There is one for each number of provinces that have moved: what moved
 * later is in every answer that goes further back. */
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

/* Hexadecimal. False when it is none, or too long. */
static bool parse_serial(struct slice text, uint64_t *ret_serial)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t serial = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = strchr(digits, text.bytes[i]);
        if (digit == NULL) {
            return false;
        }
        serial = serial * 16 + (uint64_t)(digit - digits);
    }
    *ret_serial = serial;
    return text.length > 0 && text.length <= 16;
}

/* What another run has shown, of this server or of another one, says nothing about this one's: it becomes what was never
 * shown. */
static bool parse(const struct figures *figures, const char *text, struct movement_place *ret_place)
{
    struct slice run = slice_of(text);
    struct slice digits = text_split(&run, '.');
    uint64_t revision;
    uint64_t serial = 0;
    if (!text_parse_unsigned(digits, INT64_MAX / 4, &revision)) {
        return false;
    }
    *ret_place = (struct movement_place){.revision = (int64_t)revision};
    if (run.bytes == NULL) {
        return true;
    }
    bool is_of_this_run = figures->run != NULL && run.length > FIGURES_RUN_DIGITS &&
                          memcmp(run.bytes, figures->run, FIGURES_RUN_DIGITS) == 0;
    if (is_of_this_run) {
        run = (struct slice){run.bytes + FIGURES_RUN_DIGITS, run.length - FIGURES_RUN_DIGITS};
    }
    bool is_number = parse_serial(run, &serial);
    *ret_place = (struct movement_place){.revision = -1, .serial = is_of_this_run ? serial : 0};
    return is_number;
}

bool since_find(struct since *since, const struct figures *figures, const char *text,
                const struct document **ret_document)
{
    struct movement_place place;
    if (!parse(figures, text, &place)) {
        return false;
    }
    uint32_t count = movement_count_since(&since->movement, place);
    *ret_document = NULL;
    if (count == since->movement.province_count) {
        return true;
    }
    *ret_document = atomic_load(&since->documents[count]);
    if (*ret_document == NULL) {
        bool *moved = memory_new_array(figures->reg->area_count, sizeof *moved);
        struct buffer rendered = {0};
        movement_mark_since(&since->movement, place, moved);
        document_changes_json(&rendered, figures, moved);
        free(moved);
        *ret_document = document_keep(&since->documents[count],
                                      document_new(&rendered, DOCUMENT_JSON, revision_of(figures)));
    }
    return true;
}
