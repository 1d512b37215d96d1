/* The snapshot as a table, for spreadsheets and for programs that read tables. It has no envelope, so every
 * row carries the revision it belongs to. */
#include <turnout/wire/documents.h>

#include <assert.h>

#include <turnout/base/rfc3339.h>
#include <turnout/election/percent.h>
#include <turnout/wire/csv.h>

struct table {
    struct buffer *out;
    char separator;
    bool inside_row;
};

static void begin_cell(struct table *table)
{
    if (table->inside_row) {
        buffer_append_char(table->out, table->separator);
    }
    table->inside_row = true;
}

static void end_row(struct table *table)
{
    buffer_append_text(table->out, "\r\n");
    table->inside_row = false;
}

static void put_text(struct table *table, const char *text)
{
    begin_cell(table);
    csv_write_foreign(table->out, text, table->separator);
}

static void put_number(struct table *table, int64_t number)
{
    begin_cell(table);
    buffer_append_integer(table->out, number);
}

/* Digits, points, colons and the like, never a separator. */
static void put_plain(struct table *table, const char *text)
{
    begin_cell(table);
    buffer_append_text(table->out, text);
}

static bool is_shown(const struct area_figures *counted)
{
    return counted->verified && !counted->withheld;
}

static void put_count(struct table *table, const struct area_figures *counted, int64_t count)
{
    if (is_shown(counted)) {
        put_number(table, count);
    } else {
        put_plain(table, "");
    }
}

static void put_percent(struct table *table, const struct area_figures *counted)
{
    char text[PERCENT_TEXT_BYTES];
    percent_format(is_shown(counted) ? percent_of(counted->totals.voted, counted->totals.registered)
                                     : PERCENT_NONE,
                   text);
    put_plain(table, text);
}

static void put_as_of(struct table *table, const struct area_figures *counted, int32_t offset_s)
{
    char text[RFC3339_BYTES] = "";
    if (is_shown(counted) && counted->totals.as_of != 0) {
        rfc3339_format(counted->totals.as_of, offset_s, text);
    }
    put_plain(table, text);
}

static void put_row(struct table *table, const struct figures *figures, uint32_t index)
{
    const struct area *area = &figures->reg->areas[index];
    const struct area_figures *counted = &figures->areas[index];
    put_text(table, area->code);
    put_text(table, area_level_name(area->level));
    put_text(table, area->parent == REGISTER_NONE ? "" : figures->reg->areas[area->parent].code);
    put_text(table, area->name);
    put_count(table, counted, counted->totals.registered);
    put_count(table, counted, counted->totals.voted);
    put_count(table, counted, counted->totals.registered - counted->totals.voted);
    put_percent(table, counted);
    put_number(table, area->units);
    put_count(table, counted, counted->totals.units_reported);
    put_as_of(table, counted, figures->election->offset_s);
    put_number(table, figures->areas[REGISTER_NATION].totals.revision);
    end_row(table);
}

void document_snapshot_csv(struct buffer *out, const struct figures *figures, char separator, bool bom)
{
    static const char *const columns[] = {"code",       "level",          "parent",    "name",
                                          "registered", "voted",          "remaining", "percent",
                                          "units",      "units_reported", "as_of",     "revision"};
    assert(separator == ',' || separator == ';' || separator == '\t');
    struct table table = {.out = out, .separator = separator};
    if (bom) {
        buffer_append_text(out, "\xef\xbb\xbf");
    }
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        put_plain(&table, columns[i]);
    }
    end_row(&table);
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        put_row(&table, figures, i);
    }
}
