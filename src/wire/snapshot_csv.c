/* The snapshot as a table. */
#include <turnout/wire/documents.h>

#include <turnout/base/rfc3339.h>

#include "csv_document.h"
#include "document_envelope.h"

static void put_as_of(struct csv_document *table, const struct area_figures *counted, int32_t offset_s)
{
    char text[RFC3339_BYTES] = "";
    if (document_is_shown(counted) && counted->totals.as_of != 0) {
        rfc3339_format(counted->totals.as_of, offset_s, text);
    }
    csv_put_plain(table, text);
}

static void put_row(struct csv_document *table, const struct figures *figures, uint32_t index)
{
    const struct area_figures *counted = &figures->areas[index];
    csv_put_area(table, figures, index);
    csv_put_count(table, counted, counted->totals.registered);
    csv_put_count(table, counted, counted->totals.voted);
    csv_put_count(table, counted, counted->totals.registered - counted->totals.voted);
    csv_put_percent(table, counted, counted->totals.voted, counted->totals.registered);
    csv_put_number(table, figures->reg->areas[index].units);
    csv_put_count(table, counted, counted->totals.units_reported);
    put_as_of(table, counted, figures->election->offset_s);
    csv_put_number(table, figures->areas[REGISTER_NATION].totals.revision);
    csv_end_row(table);
}

void document_snapshot_csv(struct buffer *out, const struct figures *figures, char separator, bool bom)
{
    static const char *const columns[] = {"code",       "level",          "parent",    "name",
                                          "registered", "voted",          "remaining", "percent",
                                          "units",      "units_reported", "as_of",     "revision"};
    struct csv_document table = csv_open(out, figures, separator, bom);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        csv_put_plain(&table, columns[i]);
    }
    csv_end_row(&table);
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        put_row(&table, figures, i);
    }
}
