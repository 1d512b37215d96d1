/* The round board: for each area and round, how many units have reported in it, on time or late, and how many have
 * not. The counts are the tally's. */
#include <turnout/wire/documents.h>

#include <string.h>

#include <turnout/base/rfc3339.h>

#include "csv_document.h"
#include "document_envelope.h"

/* The units of an area in one round. */
struct board_round {
    int64_t heard; /* on time or late */
    int64_t late;
    int64_t no_signal;
    int64_t silent; /* expected, but without a report in this round */
};

/* The number of units expected to report in each round. */
static int64_t expected_of(const struct figures *figures, uint32_t area)
{
    return figures->reg->areas[area].units - figures->areas[area].excused.not_expected;
}

static int64_t never_heard(const struct figures *figures, uint32_t area)
{
    return expected_of(figures, area) - figures->areas[area].totals.units_reported;
}

static struct board_round round_of(const struct figures *figures, uint32_t area, uint32_t round)
{
    const struct totals *totals = &figures->areas[area].totals;
    struct board_round of = {.heard = totals->rounds[round - 1], .late = totals->late[round - 1]};
    of.no_signal = figures->areas[area].excused.no_signal[round - 1];
    of.silent = expected_of(figures, area) - of.heard - of.no_signal;
    return of;
}

/* ---- JSON ---- */

static void put_round(struct json_writer *json, const struct figures *figures, uint32_t area, uint32_t round)
{
    const struct area_figures *counted = &figures->areas[area];
    int64_t expected = expected_of(figures, area);
    struct board_round of = round_of(figures, area, round);
    document_put_count(json, "on_time", counted, of.heard - of.late);
    document_put_count(json, "late", counted, of.late);
    document_put_count(json, "no_signal", counted, of.no_signal);
    document_put_count(json, "silent", counted, of.silent);
    document_put_percent(json, "percent_on_time", counted, of.heard - of.late, expected);
    document_put_percent(json, "percent_heard", counted, of.heard, expected);
}

static void put_area(struct json_writer *json, const struct figures *figures, uint32_t index)
{
    const struct area *area = &figures->reg->areas[index];
    const struct area_figures *counted = &figures->areas[index];
    json_put_text(json, "code", area->code);
    json_put_text(json, "level", area_level_name(area->level));
    json_put_text(json, "parent",
                  area->parent == REGISTER_NONE ? NULL : figures->reg->areas[area->parent].code);
    json_put_text(json, "name", area->name);
    json_put_integer(json, "expected", expected_of(figures, index));
    document_put_count(json, "never_heard", counted, never_heard(figures, index));
}

static void put_area_with_rounds(struct json_writer *json, const struct figures *figures, uint32_t area)
{
    json_open_object(json, NULL);
    put_area(json, figures, area);
    json_open_array(json, "rounds");
    for (uint32_t round = 1; round <= figures->election->round_count; round++) {
        json_open_object(json, NULL);
        put_round(json, figures, area, round);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

void document_put_board_row(struct json_writer *json, const struct figures *figures, uint32_t area,
                            uint32_t round)
{
    json_open_object(json, NULL);
    put_area(json, figures, area);
    put_round(json, figures, area, round);
    json_close_object(json);
}

static void put_rounds(struct json_writer *json, const struct figures *figures)
{
    const struct election *election = figures->election;
    json_open_array(json, "rounds");
    for (uint32_t round = 1; round <= election->round_count; round++) {
        int64_t at = election->rounds[round - 1];
        json_open_object(json, NULL);
        json_put_integer(json, "round", round);
        document_put_moment(json, "at", figures, at);
        document_put_moment(json, "late_after", figures, at + election->rules.late_after_s);
        json_put_boolean(json, "has_begun", at <= figures->generated_at);
        json_close_object(json);
    }
    json_close_array(json);
}

void document_rounds_json(struct buffer *out, const struct figures *figures)
{
    struct json_writer json = document_open(out, figures);
    put_rounds(&json, figures);
    json_open_array(&json, "areas");
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        put_area_with_rounds(&json, figures, i);
    }
    json_close_array(&json);
    json_close_object(&json);
}

/* ---- CSV ---- */

/* `09:00`; on a day after the first `2026-03-16 09:00`. */
static void put_round_name(struct csv_document *table, const struct election *election, uint32_t round)
{
    char moment[RFC3339_BYTES];
    rfc3339_format(election->rounds[round - 1], election->offset_s, moment);
    const size_t day = sizeof election->date - 1;
    bool is_first_day = strncmp(moment, election->date, day) == 0;
    moment[day] = ' ';
    moment[day + sizeof " 09:00" - 1] = '\0';
    csv_put_plain(table, is_first_day ? moment + day + 1 : moment);
}

static void put_row(struct csv_document *table, const struct figures *figures, uint32_t area)
{
    const struct area_figures *counted = &figures->areas[area];
    int64_t expected = expected_of(figures, area);
    csv_put_area(table, figures, area);
    csv_put_number(table, expected);
    csv_put_count(table, counted, never_heard(figures, area));
    csv_put_number(table, figures->areas[REGISTER_NATION].totals.revision);
    for (uint32_t round = 1; round <= figures->election->round_count; round++) {
        csv_put_percent(table, counted, round_of(figures, area, round).heard, expected);
    }
    csv_end_row(table);
}

void document_rounds_csv(struct buffer *out, const struct figures *figures, char separator, bool bom)
{
    static const char *const columns[] = {"code",     "level",       "parent",  "name",
                                          "expected", "never_heard", "revision"};
    struct csv_document table = csv_open(out, figures, separator, bom);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        csv_put_plain(&table, columns[i]);
    }
    for (uint32_t round = 1; round <= figures->election->round_count; round++) {
        put_round_name(&table, figures->election, round);
    }
    csv_end_row(&table);
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        put_row(&table, figures, i);
    }
}
