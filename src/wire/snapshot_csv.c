/* The snapshot as a table. */
#include <turnout/wire/documents.h>

#include "area_fields.h"
#include "csv_document.h"

void document_snapshot_csv(struct buffer *out, const struct figures *figures, char separator, bool bom)
{
    document_selection_csv(out, figures, separator, bom, &(struct selection){0});
}

void document_selection_csv(struct buffer *out, const struct figures *figures, char separator, bool bom,
                            const struct selection *selection)
{
    uint32_t fields = selection->fields == 0 ? FIELDS_OF_TABLE : selection->fields;
    struct csv_document table = csv_open(out, figures, separator, bom);
    for (enum area_field field = 0; field < AREA_FIELDS; field++) {
        if ((fields & FIELD_BIT(field)) != 0) {
            csv_put_plain(&table, area_field_names[field].bytes);
        }
    }
    csv_end_row(&table);
    for (uint32_t i = 0; i < figures->reg->area_count; i++) {
        if (selection_has_level(selection, figures->reg->areas[i].level)) {
            area_fields_put_cells(&table, figures, i, fields);
            csv_end_row(&table);
        }
    }
}
