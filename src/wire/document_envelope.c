/* The envelope, and values that may not be shown. */
#include "document_envelope.h"

#include <turnout/base/rfc3339.h>
#include <turnout/election/percent.h>

bool document_is_shown(const struct area_figures *counted)
{
    return counted->verified && !counted->withheld;
}

void document_put_moment(struct json_writer *json, const char *key, const struct figures *figures,
                         int64_t moment)
{
    char text[RFC3339_BYTES];
    rfc3339_format(moment, figures->election->offset_s, text);
    json_put_text(json, key, text);
}

void document_put_as_of(struct json_writer *json, const struct figures *figures,
                        const struct area_figures *counted)
{
    if (document_is_shown(counted) && counted->totals.as_of != 0) {
        document_put_moment(json, "as_of", figures, counted->totals.as_of);
    } else {
        json_put_text(json, "as_of", NULL);
    }
}

void document_put_milestone(struct json_writer *json, const char *key, const struct figures *figures,
                            const struct area_figures *counted, enum mark mark)
{
    if (document_is_shown(counted) && counted->milestones[mark].is_reached) {
        document_put_moment(json, key, figures, counted->milestones[mark].as_of);
    } else {
        json_put_text(json, key, NULL);
    }
}

void document_put_count(struct json_writer *json, const char *key, const struct area_figures *counted,
                        int64_t count)
{
    if (document_is_shown(counted)) {
        json_put_integer(json, key, count);
    } else {
        json_put_text(json, key, NULL);
    }
}

void document_put_percent(struct json_writer *json, const char *key, const struct area_figures *counted,
                          int64_t part, int64_t whole)
{
    char text[PERCENT_TEXT_BYTES];
    percent_format_json(document_is_shown(counted) ? percent_of(part, whole) : PERCENT_NONE, text);
    json_put_raw(json, key, text);
}

void document_put_points(struct json_writer *json, const char *key, bool is_known, int32_t hundredths)
{
    char text[PERCENT_TEXT_BYTES + 1] = "-";
    if (!is_known) {
        json_put_text(json, key, NULL);
        return;
    }
    percent_format_json(hundredths < 0 ? -hundredths : hundredths, text + 1);
    json_put_raw(json, key, hundredths < 0 ? text : text + 1);
}

const char *document_status(const struct figures *figures)
{
    const struct area_figures *nation = &figures->areas[REGISTER_NATION];
    uint32_t units = figures->reg->areas[REGISTER_NATION].units;
    bool complete = document_is_shown(nation) && units > 0 && nation->totals.units_final == units;
    return complete ? "unofficial-complete" : "unofficial-partial";
}

/* Units' clocks may be ahead: a document is never dated before the latest count in it. */
static int64_t generated_at_of(const struct figures *figures)
{
    int64_t as_of = figures->areas[REGISTER_NATION].totals.as_of;
    return figures->generated_at > as_of ? figures->generated_at : as_of;
}

struct json_writer document_open(struct buffer *out, const struct figures *figures)
{
    const struct election *election = figures->election;
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_open_object(&json, "election");
    json_put_text(&json, "id", election->id);
    json_put_text(&json, "name", election->name);
    json_put_text(&json, "date", election->date);
    document_put_moment(&json, "opens", figures, election->opens);
    document_put_moment(&json, "closes", figures, election->closes);
    json_put_text(&json, "timezone", election->timezone);
    json_close_object(&json);
    json_put_text(&json, "status", document_status(figures));
    json_put_boolean(&json, "test", figures->test);
    json_put_text(&json, "durability", figures->durability);
    json_put_text(&json, "publication", figures->publication);
    json_put_text(&json, "signing_key", figures->signing_key);
    json_put_integer(&json, "revision", figures->areas[REGISTER_NATION].totals.revision);
    document_put_as_of(&json, figures, &figures->areas[REGISTER_NATION]);
    document_put_moment(&json, "generated_at", figures, generated_at_of(figures));
    document_put_previous_election(&json, figures);
    return json;
}
