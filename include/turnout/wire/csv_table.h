/* Tables as offices make them: the first row names the columns, in any order. Separated by commas, semicolons or tabs,
 * whichever the first row has most of. Blanks around a cell, empty rows and columns without a name and content are passed
 * over, as are columns that nobody asks for. UTF-8 (base/encoding.h). */
#ifndef TURNOUT_WIRE_CSV_TABLE_H
#define TURNOUT_WIRE_CSV_TABLE_H

#include <turnout/wire/csv.h>

enum { CSV_COLUMN_ABSENT = CSV_CELLS_MAX };

struct csv_table {
    struct csv_reader csv;
    uint32_t header_line;
    uint32_t column_count;          /* of those asked for */
    uint32_t cells_least;           /* a row with fewer lacks a column that must be there */
    uint32_t cell_count;            /* of the first row */
    uint32_t places[CSV_CELLS_MAX]; /* of a column asked for: its cell in a row, or CSV_COLUMN_ABSENT */
    bool has_name[CSV_CELLS_MAX];   /* whether the first row names this cell */
    char
        ignored[ERROR_TEXT_BYTES / 2]; /* names of columns that nobody asked for, `"phone", "notes"`; or "" */
};

/* Reads the first row. `columns` and `optional` name, separated by commas, what must be there and what may be ("" for
 * none); letter case does not matter. TURNOUT_BAD_INPUT when it does not name them; table->header_line says where. */
enum turnout_error csv_table_init(struct csv_table *table, char *bytes, size_t length, const char *columns,
                                  const char *optional, struct error *error);

/* As csv_reader_next(): the next row that is not empty. Its cells are the columns asked for, in that order, trimmed; of
 * an optional column that is not there {"", 0}. */
enum csv_found csv_table_next(struct csv_table *table, struct csv_row *ret_row, struct error *error);

#endif
