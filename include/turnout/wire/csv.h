/* Comma-separated rows (RFC 4180), read from a whole file in memory. UTF-8 with or without a BOM, LF or CRLF. Quoted
 * cells may contain commas, doubled quotes and line ends; blanks after a quoted cell are ignored. */
#ifndef TURNOUT_WIRE_CSV_H
#define TURNOUT_WIRE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

enum { CSV_CELLS_MAX = 64 };

struct csv_reader {
    char *bytes; /* borrowed and modified: quoted cells are unescaped in place */
    size_t length;
    size_t at;
    uint32_t next_line;
    char separator; /* a comma, unless the caller sets another */
};

struct csv_row {
    uint32_t line; /* its first line, from 1 */
    uint32_t cell_count;
    struct slice cells[CSV_CELLS_MAX];
};

enum csv_found { CSV_ROW, CSV_END, CSV_BAD };

void csv_reader_init(struct csv_reader *reader, char *bytes, size_t length);

/* Reads the next non-empty row. On CSV_BAD *error says why, ret_row->line where, and the reader is at the next line:
 * the caller may read on to find more faults. */
enum csv_found csv_reader_next(struct csv_reader *reader, struct csv_row *ret_row, struct error *error);

/* Appends a cell, quoted where RFC 4180 requires it or it contains `separator`. */
struct buffer;
void csv_write_cell(struct buffer *out, struct slice cell, char separator);

/* Appends a row of cells, separated by commas. */
void csv_write_row(struct buffer *out, const struct slice *cells, size_t count);

/* The same for foreign text in a file that people open in spreadsheets: `?` replaces what cannot be shown, and an
 * apostrophe precedes whatever would begin a formula, also after a comma or semicolon, since the reader may use
 * another separator. */
void csv_write_foreign(struct buffer *out, const char *text, char separator);

#endif
