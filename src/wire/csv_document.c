/* Writes the cells of public tables. */
#include "csv_document.h"

#include <assert.h>

#include <turnout/election/percent.h>
#include <turnout/wire/csv.h>

#include "document_envelope.h"

static void begin_cell(struct csv_document *table)
{
    if (table->inside_row) {
        buffer_append_char(table->out, table->separator);
    }
    table->inside_row = true;
}

void csv_put_text(struct csv_document *table, const char *text)
{
    begin_cell(table);
    csv_write_foreign(table->out, text, table->separator);
}

void csv_put_number(struct csv_document *table, int64_t number)
{
    begin_cell(table);
    buffer_append_integer(table->out, number);
}

void csv_put_plain(struct csv_document *table, const char *text)
{
    begin_cell(table);
    buffer_append_text(table->out, text);
}

void csv_end_row(struct csv_document *table)
{
    csv_put_plain(table, !table->has_header ? "test" : table->is_test ? "true" : "false");
    buffer_append_text(table->out, "\r\n");
    table->inside_row = false;
    table->has_header = true;
}

void csv_put_count(struct csv_document *table, const struct area_figures *counted, int64_t count)
{
    if (document_is_shown(counted)) {
        csv_put_number(table, count);
    } else {
        csv_put_plain(table, "");
    }
}

void csv_put_percent(struct csv_document *table, const struct area_figures *counted, int64_t part,
                     int64_t whole)
{
    char text[PERCENT_TEXT_BYTES];
    percent_format(document_is_shown(counted) ? percent_of(part, whole) : PERCENT_NONE, text);
    csv_put_plain(table, text);
}

void csv_put_area(struct csv_document *table, const struct figures *figures, uint32_t area)
{
    const struct area *areas = figures->reg->areas;
    csv_put_text(table, areas[area].code);
    csv_put_text(table, area_level_name(areas[area].level));
    csv_put_text(table, areas[area].parent == REGISTER_NONE ? "" : areas[areas[area].parent].code);
    csv_put_text(table, areas[area].name);
}

struct csv_document csv_open(struct buffer *out, const struct figures *figures, char separator, bool bom)
{
    assert(separator == ',' || separator == ';' || separator == '\t');
    if (bom) {
        buffer_append_text(out, "\xef\xbb\xbf");
    }
    return (struct csv_document){.out = out, .separator = separator, .is_test = figures->test};
}
