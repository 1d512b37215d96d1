/* The JSON documents: an envelope, then areas. An area whose totals failed their check keeps its data from the
 * register and has null for all counts. */
#include <turnout/wire/documents.h>

#include <inttypes.h>
#include <stddef.h>

#include "area_fields.h"
#include "document_envelope.h"

/* For areas nested in their parent. */
#define FIELDS_WITHOUT_PARENT (FIELDS_OF_AREA & ~FIELD_BIT(FIELD_PARENT))

static const char *name_or_null(const char *name)
{
    return name[0] == '\0' ? NULL : name;
}

static void put_area(struct json_writer *json, const char *key, const struct figures *figures, uint32_t index,
                     uint32_t fields)
{
    json_open_object(json, key);
    area_fields_put_json(json, figures, index, fields);
    json_close_object(json);
}

static void put_children(struct json_writer *json, const char *key, const struct figures *figures,
                         uint32_t index)
{
    const struct area *area = &figures->reg->areas[index];
    uint32_t count = area->level == AREA_COMMUNE ? 0 : area->children; /* units are not public */
    json_open_array(json, key);
    for (uint32_t i = 0; i < count; i++) {
        put_area(json, NULL, figures, area->first_child + i, FIELDS_WITHOUT_PARENT);
    }
    json_close_array(json);
}

/* Whether all provinces are included, and how to request later changes. */
static void put_end(struct json_writer *json, const struct figures *figures, bool is_whole)
{
    json_put_boolean(json, "whole", is_whole);
    if (figures->run == NULL) {
        json_put_text(json, "next", NULL);
    } else {
        struct buffer next = {0};
        buffer_printf(&next, "%" PRId64 ".%s", figures->areas[REGISTER_NATION].totals.revision, figures->run);
        json_put_text(json, "next", next.bytes);
        buffer_done(&next);
    }
}

void document_turnout_json(struct buffer *out, const struct figures *figures)
{
    struct json_writer json = document_open(out, figures);
    put_area(&json, "nation", figures, REGISTER_NATION, FIELDS_WITHOUT_PARENT);
    put_children(&json, "provinces", figures, REGISTER_NATION);
    put_end(&json, figures, true);
    json_close_object(&json);
}

void document_changes_json(struct buffer *out, const struct figures *figures, const bool *moved)
{
    struct json_writer json = document_open(out, figures);
    bool is_whole = true;
    put_area(&json, "nation", figures, REGISTER_NATION, FIELDS_WITHOUT_PARENT);
    json_open_array(&json, "provinces");
    for (uint32_t province = 1; province <= figures->reg->province_count; province++) {
        is_whole = is_whole && moved[province];
        if (moved[province]) {
            put_area(&json, NULL, figures, province, FIELDS_WITHOUT_PARENT);
        }
    }
    json_close_array(&json);
    put_end(&json, figures, is_whole);
    json_close_object(&json);
}

void document_area_json(struct buffer *out, const struct figures *figures, uint32_t area)
{
    struct json_writer json = document_open(out, figures);
    put_area(&json, "area", figures, area, FIELDS_OF_AREA);
    put_children(&json, "children", figures, area);
    json_close_object(&json);
}

void document_snapshot_json(struct buffer *out, const struct figures *figures)
{
    document_selection_json(out, figures, &(struct selection){0});
}

void document_selection_json(struct buffer *out, const struct figures *figures,
                             const struct selection *selection)
{
    uint32_t fields = selection->fields == 0 ? FIELDS_OF_SNAPSHOT : selection->fields;
    struct json_writer json = document_open(out, figures);
    json_open_array(&json, "areas");
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        if (selection_has_level(selection, figures->reg->areas[i].level)) {
            put_area(&json, NULL, figures, i, fields);
        }
    }
    json_close_array(&json);
    json_close_object(&json);
}

static void put_value(struct json_writer *json, const char *key, const struct ledger_entry *entry,
                      const char *value)
{
    uint64_t count;
    if (ledger_kind_is_of_counts(entry->kind) && text_parse_unsigned(slice_of(value), VOTERS_MAX, &count)) {
        json_put_integer(json, key, (int64_t)count);
    } else {
        json_put_text(json, key, name_or_null(value));
    }
}

void document_put_entry(struct json_writer *json, const struct figures *figures,
                        const struct ledger_entry *entry, const char *who)
{
    json_open_object(json, NULL);
    document_put_moment(json, "when", figures, entry->when_ms / 1000);
    json_put_text(json, "kind", ledger_kind_name(entry->kind));
    json_put_text(json, "area",
                  entry->area_code[0] == '\0' ? figures->reg->areas[REGISTER_NATION].code : entry->area_code);
    json_put_text(json, "unit", name_or_null(entry->unit_code));
    if (entry->seq > 0) {
        json_put_integer(json, "seq", entry->seq);
    } else {
        json_put_text(json, "seq", NULL);
    }
    put_value(json, "before", entry, entry->before);
    put_value(json, "after", entry, entry->after);
    json_put_text(json, "reason", name_or_null(entry->reason));
    if (who != NULL) {
        json_put_text(json, "who", name_or_null(who));
    }
    json_close_object(json);
}

void document_corrections_json(struct buffer *out, const struct figures *figures,
                               const struct corrections *page)
{
    struct json_writer json = document_open(out, figures);
    json_open_array(&json, "corrections");
    for (size_t i = 0; i < page->count; i++) {
        document_put_entry(&json, figures, &page->entries[i], NULL);
    }
    json_close_array(&json);
    json_put_integer(&json, "total", page->total);
    json_put_text(&json, "next", page->next);
    json_close_object(&json);
}

void document_index_json(struct buffer *out, const struct figures *figures,
                         const struct document_listing *listings, size_t count)
{
    const struct election *election = figures->election;
    struct json_writer json = document_open(out, figures);
    json_put_text(&json, "counted", name_or_null(election->counted));
    json_put_text(&json, "how_counted", name_or_null(election->how_counted));
    json_put_text(&json, "licence", name_or_null(election->licence));
    json_open_array(&json, "documents");
    for (size_t i = 0; i < count; i++) {
        json_open_object(&json, NULL);
        json_put_text(&json, "path", listings[i].path);
        json_put_text(&json, "what", listings[i].what);
        json_put_text(&json, "media_type", listings[i].media_type);
        json_put_text(&json, "schema", listings[i].schema);
        json_put_text(&json, "changes", listings[i].changes);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_close_object(&json);
}

void document_problem_json(struct buffer *out, const struct problem *problem)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    buffer_append_text(out, "\"type\":\"urn:turnout:problem:");
    buffer_append_text(out, problem->code); /* a plain word, like all our codes */
    buffer_append_char(out, '"');
    json.needs_comma = true;
    json_put_integer(&json, "status", problem->status);
    json_put_text(&json, "title", problem->title);
    if (problem->detail[0] != '\0') {
        json_put_text(&json, "detail", problem->detail);
    }
    json_put_text(&json, "code", problem->code);
    if (problem->field[0] != '\0') {
        json_put_text(&json, "field", problem->field);
    }
    if (problem->next_seq != 0) {
        json_put_integer(&json, "next_seq", problem->next_seq);
    }
    if (problem->test) {
        json_put_boolean(&json, "test", true);
    }
    json_close_object(&json);
}
