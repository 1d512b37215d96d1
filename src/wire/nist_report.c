/* Turnout as an ElectionReport of NIST SP 1500-100 version 2. The standard is about results; this uses the elements
 * for areas, registered voters and ballots cast. It has no null: figures that are not shown are left out. */
#include <turnout/wire/documents.h>

#include <stdio.h>

#include <turnout/base/rfc3339.h>

#include "document_envelope.h"

#define NIST "ElectionResults."

enum { GP_UNIT_ID_BYTES = AREA_CODE_BYTES + sizeof "area-" };

/* Identifiers begin with a letter, as in XML. */
static void write_id(const struct area *area, char ret_id[GP_UNIT_ID_BYTES])
{
    (void)snprintf(ret_id, GP_UNIT_ID_BYTES, "area-%s", area->code);
}

static void put_reference(struct json_writer *json, const char *key, const struct area *area)
{
    char id[GP_UNIT_ID_BYTES];
    write_id(area, id);
    json_put_text(json, key, id);
}

/* ---- texts ---- */

static void put_language(struct json_writer *json, const char *language, const char *content)
{
    json_open_object(json, NULL);
    json_put_text(json, "@type", NIST "LanguageString");
    json_put_text(json, "Language", language);
    json_put_text(json, "Content", content);
    json_close_object(json);
}

/* The election's own language is not known. */
static void put_name(struct json_writer *json, const char *name, const char *name_en)
{
    json_open_object(json, "Name");
    json_put_text(json, "@type", NIST "InternationalizedText");
    json_open_array(json, "Text");
    put_language(json, "und", name);
    if (name_en[0] != '\0') {
        put_language(json, "en", name_en);
    }
    json_close_array(json);
    json_close_object(json);
}

static void put_identifier(struct json_writer *json, const char *value)
{
    json_open_array(json, "ExternalIdentifier");
    json_open_object(json, NULL);
    json_put_text(json, "@type", NIST "ExternalIdentifier");
    json_put_text(json, "Type", "national-level");
    json_put_text(json, "Value", value);
    json_close_object(json);
    json_close_array(json);
}

/* ---- areas ---- */

static const char *count_status_of(const struct figures *figures, uint32_t index)
{
    const struct area_figures *counted = &figures->areas[index];
    if (!document_is_shown(counted)) {
        return "unknown";
    }
    if (counted->totals.units_reported == 0) {
        return "not-processed";
    }
    return counted->totals.units_final == figures->reg->areas[index].units ? "completed" : "in-process";
}

static void put_count_status(struct json_writer *json, const struct figures *figures, uint32_t index)
{
    json_open_array(json, "CountStatus");
    json_open_object(json, NULL);
    json_put_text(json, "@type", NIST "CountStatus");
    json_put_text(json, "Type", "total");
    json_put_text(json, "Status", count_status_of(figures, index));
    json_close_object(json);
    json_close_array(json);
}

static void put_children(struct json_writer *json, const struct figures *figures, const struct area *area)
{
    if (area->level == AREA_COMMUNE || area->children == 0) {
        return; /* units are not public */
    }
    json_open_array(json, "ComposingGpUnitIds");
    for (uint32_t i = 0; i < area->children; i++) {
        put_reference(json, NULL, &figures->reg->areas[area->first_child + i]);
    }
    json_close_array(json);
}

static void put_gp_unit(struct json_writer *json, const struct figures *figures, uint32_t index)
{
    const struct area *area = &figures->reg->areas[index];
    const struct area_figures *counted = &figures->areas[index];
    json_open_object(json, NULL);
    put_reference(json, "@id", area);
    json_put_text(json, "@type", NIST "ReportingUnit");
    if (area->level == AREA_NATION) {
        json_put_text(json, "Type", "country");
    } else {
        json_put_text(json, "Type", "other");
        json_put_text(json, "OtherType", area_level_name(area->level));
    }
    put_name(json, area->name, area->name_en);
    put_identifier(json, area->code);
    put_children(json, figures, area);
    json_put_integer(json, "TotalSubUnits", area->units);
    if (document_is_shown(counted)) {
        json_put_integer(json, "SubUnitsReported", counted->totals.units_reported);
        json_put_integer(json, "VotersRegistered", counted->totals.registered);
        json_put_integer(json, "VotersParticipated", counted->totals.voted);
    }
    put_count_status(json, figures, index);
    json_close_object(json);
}

static void put_ballots(struct json_writer *json, const struct figures *figures, uint32_t index)
{
    if (document_is_shown(&figures->areas[index])) {
        json_open_object(json, NULL);
        json_put_text(json, "@type", NIST "BallotCounts");
        put_reference(json, "GpUnitId", &figures->reg->areas[index]);
        json_put_text(json, "Type", "total");
        json_put_integer(json, "BallotsCast", figures->areas[index].totals.voted);
        json_close_object(json);
    }
}

/* ---- the report ---- */

static void put_election(struct json_writer *json, const struct figures *figures)
{
    const struct election *election = figures->election;
    char closes[RFC3339_BYTES];
    rfc3339_format(election->closes, election->offset_s, closes);
    closes[sizeof election->date - 1] = '\0';
    json_open_array(json, "Election");
    json_open_object(json, NULL);
    json_put_text(json, "@type", NIST "Election");
    put_name(json, election->name, election->name_en);
    put_identifier(json, election->id);
    json_put_text(json, "Type", "other");
    json_put_text(json, "OtherType", "not stated");
    json_put_text(json, "StartDate", election->date);
    json_put_text(json, "EndDate", closes);
    put_reference(json, "ElectionScopeId", &figures->reg->areas[REGISTER_NATION]);
    put_count_status(json, figures, REGISTER_NATION);
    json_open_array(json, "BallotCounts");
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        put_ballots(json, figures, i);
    }
    json_close_array(json);
    json_close_object(json);
    json_close_array(json);
}

void document_nist_json(struct buffer *out, const struct figures *figures)
{
    const struct area *nation = &figures->reg->areas[REGISTER_NATION];
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_text(&json, "@type", NIST "ElectionReport");
    json_put_text(&json, "Format", "summary-contest");
    document_put_moment(&json, "GeneratedDate", figures, figures->generated_at);
    json_put_text(&json, "Issuer", nation->name);
    json_put_text(&json, "IssuerAbbreviation", nation->code);
    json_put_integer(&json, "SequenceStart", 1);
    json_put_integer(&json, "SequenceEnd", 1);
    json_put_text(&json, "Status", document_status(figures));
    json_put_boolean(&json, "IsTest", figures->test);
    json_put_text(&json, "VendorApplicationId", "turnoutd");
    json_put_text(&json, "Notes",
                  "Turnout alone: how many have voted, as polling units report it, and not for whom. Where "
                  "figures are under verification or held back, they are left out.");
    json_open_array(&json, "GpUnit");
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        put_gp_unit(&json, figures, i);
    }
    json_close_array(&json);
    put_election(&json, figures);
    json_close_object(&json);
}
