/* Comma-separated rows (RFC 4180), read from a whole file in memory. UTF-8, a BOM at the start is passed
 * over, LF or CRLF. Quoted cells may hold commas, doubled quotes and line ends; blanks behind them are passed over. */
#ifndef TURNOUT_WIRE_CSV_H
#define TURNOUT_WIRE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

enum { CSV_CELLS_MAX = 64 };

struct csv_reader {
    char *bytes; /* borrowed, and written to: quoted cells are unescaped in place */
    size_t length;
    size_t at;
    uint32_t next_line;
    char separator; /* a comma, unless the caller puts another in its place */
};

struct csv_row {
    uint32_t line; /* where it begins, from 1 */
    uint32_t cell_count;
    struct slice cells[CSV_CELLS_MAX];
};

enum csv_found { CSV_ROW, CSV_END, CSV_BAD };

void csv_reader_init(struct csv_reader *reader, char *bytes, size_t length);

/* The next row that is not empty. On CSV_BAD *error says why, ret_row->line where, and the reader stands
 * at the next line: reading can go on to find more faults. */
enum csv_found csv_reader_next(struct csv_reader *reader, struct csv_row *ret_row, struct error *error);

/* Appends a cell, quoted where RFC 4180 asks for it or `separator` stands in it. */
struct buffer;
void csv_write_cell(struct buffer *out, struct slice cell, char separator);

/* The same for a text that is not ours, in a file that people open in spreadsheets: what cannot be shown is `?`, and an
 * apostrophe stands before whatever would begin a formula, also behind a comma or semicolon in the text, for the reader's
 * separator may be another. */
void csv_write_foreign(struct buffer *out, const char *text, char separator);

#endif
