/* The fields of an area, for both JSON and tables. */
#ifndef TURNOUT_WIRE_AREA_FIELDS_H
#define TURNOUT_WIRE_AREA_FIELDS_H

#include <turnout/wire/figures.h>
#include <turnout/wire/json_writer.h>

#include "csv_document.h"

/* In document order. */
enum area_field {
    FIELD_CODE,
    FIELD_LEVEL,
    FIELD_PARENT,
    FIELD_NAME,
    FIELD_NAME_EN,
    FIELD_REGISTERED,
    FIELD_VOTED,
    FIELD_REMAINING,
    FIELD_PERCENT,
    FIELD_UNITS,
    FIELD_UNITS_REPORTED,
    FIELD_UNITS_FINAL,
    FIELD_UNITS_COMPLETE,
    FIELD_COMMUNES,
    FIELD_COMMUNES_COMPLETE,
    FIELD_REGISTERED_REPORTED,
    FIELD_PERCENT_OF_REPORTED,
    FIELD_PERCENT_LOW,
    FIELD_PERCENT_HIGH,
    FIELD_HELD,
    FIELD_AS_OF,
    FIELD_VERIFIED,
    FIELD_PREVIOUS, /* two members in JSON, a percentage in a table */
    FIELD_FIRST_REPORT_AT,
    FIELD_REACHED_50_AT,
    FIELD_REACHED_90_AT,
    FIELD_REACHED_100_AT,
    FIELD_REVISION, /* the document's; only in tables, which have no envelope */
    AREA_FIELDS
};

#define FIELD_BIT(field) (UINT32_C(1) << (field))

#define FIELDS_OF_AREA (FIELD_BIT(FIELD_REVISION) - 1) /* all others */

/* Without milestones, which would make up a third of it. */
#define FIELDS_OF_SNAPSHOT (FIELD_BIT(FIELD_FIRST_REPORT_AT) - 1)

/* The default columns of a table. */
#define FIELDS_OF_TABLE                                                                                      \
    (FIELD_BIT(FIELD_CODE) | FIELD_BIT(FIELD_LEVEL) | FIELD_BIT(FIELD_PARENT) | FIELD_BIT(FIELD_NAME) |      \
     FIELD_BIT(FIELD_REGISTERED) | FIELD_BIT(FIELD_VOTED) | FIELD_BIT(FIELD_REMAINING) |                     \
     FIELD_BIT(FIELD_PERCENT) | FIELD_BIT(FIELD_UNITS) | FIELD_BIT(FIELD_UNITS_REPORTED) |                   \
     FIELD_BIT(FIELD_AS_OF) | FIELD_BIT(FIELD_REVISION))

extern const struct slice area_field_names[AREA_FIELDS];

/* Writes these fields of an area: members of an open object, or cells of a row. */
void area_fields_put_json(struct json_writer *json, const struct figures *figures, uint32_t area,
                          uint32_t fields);
void area_fields_put_cells(struct csv_document *table, const struct figures *figures, uint32_t area,
                           uint32_t fields);

#endif
