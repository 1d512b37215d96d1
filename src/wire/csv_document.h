/* Public tables, for spreadsheets and programs (RFC 4180). They have no envelope, so every row has its revision, and
 * ends with the column `test`: whether it is of a rehearsal. */
#ifndef TURNOUT_WIRE_CSV_DOCUMENT_H
#define TURNOUT_WIRE_CSV_DOCUMENT_H

#include <turnout/base/buffer.h>
#include <turnout/wire/figures.h>

struct csv_document {
    struct buffer *out; /* borrowed */
    char separator;
    bool inside_row;
    bool is_test;
    bool has_header; /* the first row is written */
};

/* `separator` is ',', ';' or a tab; `bom` puts U+FEFF first. */
struct csv_document csv_open(struct buffer *out, const struct figures *figures, char separator, bool bom);

/* Writes the next cell. An apostrophe precedes a text that a spreadsheet would take for a formula. Plain cells
 * (digits, points, colons and the like) never contain a separator. */
void csv_put_text(struct csv_document *table, const char *text);
void csv_put_number(struct csv_document *table, int64_t number);
void csv_put_plain(struct csv_document *table, const char *text);

/* Writes the next cell of an area: empty when its figures are not shown. A percentage has two decimals. */
void csv_put_count(struct csv_document *table, const struct area_figures *counted, int64_t count);
void csv_put_percent(struct csv_document *table, const struct area_figures *counted, int64_t part,
                     int64_t whole);

/* Writes the next cells: code, level, code of the parent, name. */
void csv_put_area(struct csv_document *table, const struct figures *figures, uint32_t area);

/* Ends a row; the first one is the header. */
void csv_end_row(struct csv_document *table);

#endif
