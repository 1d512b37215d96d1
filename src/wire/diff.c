/* The changes between two times, area by area, with their reasons counted from the ledger. A unit's entry belongs to
 * a side when the province's ledger had it at the reading of the figures, an entry of the election by its time. */
#include <turnout/wire/diff.h>

#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/election/bulletin.h>
#include <turnout/election/percent.h>
#include <turnout/wire/documents.h>

#include "document_envelope.h"

/* ---- why ---- */

/* The number of entries of each kind about an area. */
struct reasons {
    int64_t corrections;
    int64_t roll_changes;
    int64_t decisions;
    int64_t voided;
    int64_t register_changes;
};

static void count_entry(struct reasons *reasons, enum ledger_kind kind)
{
    if (kind == LEDGER_CORRECTION) {
        reasons->corrections++;
    } else if (kind == LEDGER_ROLL_CHANGE) {
        reasons->roll_changes++;
    } else if (kind <= LEDGER_SUPERSEDED) {
        reasons->decisions++;
    } else if (kind == LEDGER_VOIDED) {
        reasons->voided++;
    } else if (kind >= LEDGER_COMMUNE_ADDED) {
        reasons->register_changes++;
    }
}

/* The area, in the later register, that an entry is about. */
static uint32_t area_of(const struct diff *diff, const struct ledger_entry *entry)
{
    uint32_t area = entry->area_code[0] == '\0'
                        ? REGISTER_NATION
                        : register_find_area(diff->after.figures->reg, slice_of(entry->area_code));
    return area == REGISTER_NONE ? REGISTER_NATION : area;
}

/* Whether the side's figures include the entry. The province is empty when unknown, because the unit is gone. */
static bool knows(const struct diff_side *side, const struct ledger_entry *entry, const char *province)
{
    if (side->bulletin == 0) {
        return true;
    }
    if (!ledger_kind_is_of_report(entry->kind) || province[0] == '\0') {
        return entry->when_ms <= 1000 * side->figures->generated_at + 999;
    }
    uint32_t area = register_find_area(side->figures->reg, slice_of(province));
    return area != REGISTER_NONE && !ledger_id_is_behind(entry->id, side->figures->areas[area].ledger_id);
}

/* Whether an entry is between the sides and about the requested area, or something in it. */
static bool belongs(const struct diff *diff, const struct ledger_entry *entry)
{
    const struct election_register *reg = diff->after.figures->reg;
    uint32_t area = area_of(diff, entry);
    if (!register_area_contains(reg, diff->area, area)) {
        return false;
    }
    const char *province = area == REGISTER_NATION ? "" : reg->areas[register_province_of(reg, area)].code;
    return knows(&diff->after, entry, province) && !knows(&diff->before, entry, province);
}

/* ---- areas ---- */

static void put_side(struct json_writer *json, const char *key, const struct area_figures *counted)
{
    if (counted == NULL || !document_is_shown(counted)) {
        json_put_text(json, key, NULL);
        return;
    }
    json_open_object(json, key);
    json_put_integer(json, "registered", counted->totals.registered);
    json_put_integer(json, "voted", counted->totals.voted);
    document_put_percent(json, "percent", counted, counted->totals.voted, counted->totals.registered);
    json_put_integer(json, "units_reported", counted->totals.units_reported);
    json_put_integer(json, "held", counted->totals.held);
    json_close_object(json);
}

static void put_reasons(struct json_writer *json, const struct area_figures *before,
                        const struct area_figures *after, const struct reasons *reasons)
{
    int64_t known = before == NULL ? 0 : before->totals.revision;
    json_open_object(json, "why");
    json_put_integer(json, "reports", after->totals.revision - known);
    json_put_integer(json, "corrections", reasons->corrections);
    json_put_integer(json, "roll_changes", reasons->roll_changes);
    json_put_integer(json, "decisions", reasons->decisions);
    json_put_integer(json, "voided", reasons->voided);
    json_put_integer(json, "register_changes", reasons->register_changes);
    json_close_object(json);
}

static void put_area(struct json_writer *json, const struct diff *diff, uint32_t index,
                     const struct reasons *reasons)
{
    static const struct reasons none = {.corrections = 0};
    const struct election_register *reg = diff->after.figures->reg;
    const struct area *area = &reg->areas[index];
    const struct area_figures *after = &diff->after.figures->areas[index];
    uint32_t in_before = register_find_area(diff->before.figures->reg, slice_of(area->code));
    const struct area_figures *before =
        in_before == REGISTER_NONE ? NULL : &diff->before.figures->areas[in_before];
    bool has_moved =
        before == NULL || !figures_are_same(before, after) || memcmp(reasons, &none, sizeof none) != 0;
    if (!has_moved && index != diff->area) {
        return;
    }
    json_open_object(json, NULL);
    json_put_text(json, "code", area->code);
    json_put_text(json, "level", area_level_name(area->level));
    json_put_text(json, "name", area->name);
    put_side(json, "before", before);
    put_side(json, "after", after);
    put_reasons(json, before, after, reasons);
    json_close_object(json);
}

static void put_areas(struct json_writer *json, const struct diff *diff)
{
    const struct election_register *reg = diff->after.figures->reg;
    const struct area *area = &reg->areas[diff->area];
    uint32_t children = area->level == AREA_COMMUNE ? 0 : area->children;
    struct reasons *reasons = memory_new_array(reg->area_count, sizeof *reasons);
    for (size_t i = 0; i < diff->entry_count; i++) {
        if (!belongs(diff, &diff->entries[i])) {
            continue;
        }
        for (uint32_t at = area_of(diff, &diff->entries[i]); at != REGISTER_NONE;
             at = reg->areas[at].parent) {
            count_entry(&reasons[at], diff->entries[i].kind);
        }
    }
    json_open_array(json, "areas");
    put_area(json, diff, diff->area, &reasons[diff->area]);
    for (uint32_t i = 0; i < children; i++) {
        put_area(json, diff, area->first_child + i, &reasons[area->first_child + i]);
    }
    json_close_array(json);
    free(reasons);
}

/* ---- the document ---- */

static void put_when(struct json_writer *json, const char *key, const struct diff_side *side)
{
    json_open_object(json, key);
    if (side->bulletin > 0) {
        json_put_integer(json, "bulletin", side->bulletin);
        json_put_text(json, "round", side->label);
    } else {
        json_put_text(json, "bulletin", NULL);
        json_put_text(json, "round", NULL);
    }
    document_put_moment(json, "time", side->figures, side->figures->generated_at);
    json_close_object(json);
}

static void put_entries(struct json_writer *json, const struct diff *diff)
{
    int64_t total = 0;
    json_open_array(json, "changes");
    for (size_t i = 0; i < diff->entry_count; i++) {
        if (belongs(diff, &diff->entries[i]) && total++ < DIFF_ENTRIES_MAX) {
            document_put_entry(json, diff->after.figures, &diff->entries[i], NULL);
        }
    }
    json_close_array(json);
    json_put_integer(json, "total", total);
}

void document_diff_json(struct buffer *out, const struct figures *now, const struct diff *diff)
{
    struct json_writer json = document_open(out, now);
    put_when(&json, "from", &diff->before);
    put_when(&json, "to", &diff->after);
    put_areas(&json, diff);
    put_entries(&json, diff);
    json_close_object(&json);
}
