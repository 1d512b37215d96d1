/* Tables as offices make them: the first row names the columns, in any order. The separator is the comma, semicolon
 * or tab that the first row has most of. Blanks around a cell, empty rows, empty columns without a name, and unknown
 * columns are ignored. UTF-8 (base/encoding.h). */
#ifndef TURNOUT_WIRE_CSV_TABLE_H
#define TURNOUT_WIRE_CSV_TABLE_H

#include <turnout/wire/csv.h>

enum { CSV_COLUMN_ABSENT = CSV_CELLS_MAX };

struct csv_table {
    struct csv_reader csv;
    uint32_t header_line;
    uint32_t column_count;              /* of the requested columns */
    uint32_t cells_least;               /* a row with fewer cells lacks a required column */
    uint32_t cell_count;                /* of the first row */
    uint32_t places[CSV_CELLS_MAX];     /* cell of each requested column, or CSV_COLUMN_ABSENT */
    bool has_name[CSV_CELLS_MAX];       /* whether the first row names this cell */
    char ignored[ERROR_TEXT_BYTES / 2]; /* names of unknown columns, `"phone", "notes"`; or "" */
};

/* Reads the first row. `columns` and `optional` are names separated by commas of the required and the optional
 * columns ("" for none), in any letter case. TURNOUT_BAD_INPUT when a required one is missing; table->header_line
 * says where. */
enum turnout_error csv_table_init(struct csv_table *table, char *bytes, size_t length, const char *columns,
                                  const char *optional, struct error *error);

/* As csv_reader_next(). The cells are the requested columns, in that order, trimmed; {"", 0} for an absent optional
 * one. */
enum csv_found csv_table_next(struct csv_table *table, struct csv_row *ret_row, struct error *error);

#endif
