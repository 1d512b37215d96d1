/* The complete areas, in order of completion. */
#include <turnout/wire/documents.h>

#include <stdlib.h>

#include <turnout/base/memory.h>

#include "document_envelope.h"

/* An area of which every registered voter has voted, and since when. */
struct complete {
    int64_t as_of;
    uint32_t area;
};

static int compare_complete(const void *one, const void *other)
{
    const struct complete *a = one;
    const struct complete *b = other;
    if (a->as_of != b->as_of) {
        return a->as_of < b->as_of ? -1 : 1;
    }
    return a->area < b->area ? -1 : a->area > b->area;
}

static void put_complete(struct json_writer *json, const struct figures *figures, uint32_t index)
{
    const struct area *area = &figures->reg->areas[index];
    json_open_object(json, NULL);
    json_put_text(json, "code", area->code);
    json_put_text(json, "parent", figures->reg->areas[area->parent].code);
    json_put_text(json, "name", area->name);
    json_put_text(json, "name_en", area->name_en[0] == '\0' ? NULL : area->name_en);
    document_put_milestone(json, "reached_100_at", figures, &figures->areas[index], MARK_100);
    json_close_object(json);
}

static void put_list(struct json_writer *json, const char *key, const struct figures *figures,
                     enum area_level level)
{
    struct complete *list = memory_new_array(figures->reg->area_count, sizeof *list);
    size_t count = 0;
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        const struct milestone *milestone = &figures->areas[i].milestones[MARK_100];
        if (figures->reg->areas[i].level == level && milestone->is_reached &&
            document_is_shown(&figures->areas[i])) {
            list[count++] = (struct complete){milestone->as_of, i};
        }
    }
    qsort(list, count, sizeof *list, compare_complete);
    json_open_array(json, key);
    for (size_t i = 0; i < count; i++) {
        put_complete(json, figures, list[i].area);
    }
    json_close_array(json);
    free(list);
}

void document_milestones_json(struct buffer *out, const struct figures *figures)
{
    struct json_writer json = document_open(out, figures);
    put_list(&json, "provinces_complete", figures, AREA_PROVINCE);
    put_list(&json, "communes_complete", figures, AREA_COMMUNE);
    json_close_object(&json);
}
