/* Finds columns by name, and cells by column. */
#include <turnout/wire/csv_table.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/buffer.h>

static const char no_break_space[] = "\xc2\xa0";

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Spreadsheets and copied pages also leave no-break spaces around cells. */
static struct slice trim(struct slice cell)
{
    enum { NO_BREAK_BYTES = sizeof no_break_space - 1 };
    for (;;) {
        if (cell.length > 0 && is_blank(cell.bytes[0])) {
            cell = (struct slice){cell.bytes + 1, cell.length - 1};
        } else if (cell.length > 0 && is_blank(cell.bytes[cell.length - 1])) {
            cell.length--;
        } else if (cell.length >= NO_BREAK_BYTES && memcmp(cell.bytes, no_break_space, NO_BREAK_BYTES) == 0) {
            cell = (struct slice){cell.bytes + NO_BREAK_BYTES, cell.length - NO_BREAK_BYTES};
        } else if (cell.length >= NO_BREAK_BYTES &&
                   memcmp(cell.bytes + cell.length - NO_BREAK_BYTES, no_break_space, NO_BREAK_BYTES) == 0) {
            cell.length -= NO_BREAK_BYTES;
        } else {
            return cell;
        }
    }
}

/* ---- the first row ---- */

/* The most frequent separator in the first non-empty line, outside of quotes; a comma when there is none. */
static char find_separator(const struct csv_reader *csv)
{
    static const char separators[] = {',', ';', '\t'};
    size_t counts[sizeof separators] = {0};
    bool is_quoted = false;
    bool has_begun = false;
    for (size_t at = csv->at; at < csv->length; at++) {
        char c = csv->bytes[at];
        if ((c == '\n' || c == '\r') && has_begun) {
            break;
        }
        has_begun = has_begun || (c != '\n' && c != '\r');
        is_quoted = is_quoted != (c == '"');
        for (size_t i = 0; i < sizeof separators && !is_quoted; i++) {
            counts[i] += c == separators[i];
        }
    }
    size_t most = 0;
    for (size_t i = 1; i < sizeof separators; i++) {
        most = counts[i] > counts[most] ? i : most;
    }
    return separators[most];
}

/* Appends `"name", "name"`. */
static void list_name(struct buffer *out, struct slice name)
{
    char shown[TEXT_SHOWN_BYTES];
    buffer_printf(out, "%s\"%s\"", out->length == 0 ? "" : ", ", text_show(name, shown));
}

/* A row with none of the names is probably data, so the error differs. */
static enum turnout_error refuse_names(const struct csv_row *row, const char *columns, struct slice missing,
                                       uint32_t found, struct error *error)
{
    struct buffer names = {0};
    for (uint32_t i = 0; i < row->cell_count; i++) {
        struct slice name = trim(row->cells[i]);
        if (name.length > 0) {
            list_name(&names, name);
        }
    }
    const char *given = names.length == 0 ? "nothing" : names.bytes;
    enum turnout_error failed =
        found == 0 ? error_fail(error, TURNOUT_BAD_INPUT, "",
                                "the first line must name the columns `%s`, in any order, and holds %s; put "
                                "their names there",
                                columns, given)
                   : error_fail(error, TURNOUT_BAD_INPUT, "",
                                "the first line names no column %.*s, but %s; name it so, or add it",
                                (int)missing.length, missing.bytes, given);
    buffer_done(&names);
    return failed;
}

/* The index of a column in the row; CSV_COLUMN_ABSENT, also when it occurs twice. */
static uint32_t find_column(const struct csv_row *row, struct slice column, bool *ret_twice)
{
    uint32_t place = CSV_COLUMN_ABSENT;
    char name[ERROR_FIELD_BYTES];
    bool fits = slice_copy(column, name, sizeof name);
    assert(fits);
    for (uint32_t i = 0; i < row->cell_count; i++) {
        if (slice_equals_ignoring_case(trim(row->cells[i]), name)) {
            *ret_twice = place != CSV_COLUMN_ABSENT;
            place = i;
        }
    }
    return place;
}

static enum turnout_error find_columns(struct csv_table *table, const struct csv_row *row,
                                       const char *columns, bool must_be, struct slice *ret_missing,
                                       uint32_t *found, struct error *error)
{
    struct slice rest = slice_of(columns);
    while (rest.length > 0) {
        bool twice = false;
        struct slice column = text_split(&rest, ',');
        uint32_t place = find_column(row, column, &twice);
        if (twice) {
            return error_fail(error, TURNOUT_BAD_INPUT, "",
                              "the first line names the column %.*s twice; keep one of the two",
                              (int)column.length, column.bytes);
        }
        table->places[table->column_count++] = place;
        if (place != CSV_COLUMN_ABSENT) {
            (*found)++;
            table->cells_least = must_be && place >= table->cells_least ? place + 1 : table->cells_least;
        } else if (must_be && ret_missing->length == 0) {
            *ret_missing = column;
        }
    }
    return TURNOUT_OK;
}

static bool is_asked_for(const struct csv_table *table, uint32_t place)
{
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (table->places[i] == place) {
            return true;
        }
    }
    return false;
}

static void note_others(struct csv_table *table, const struct csv_row *row)
{
    struct buffer ignored = {0};
    for (uint32_t i = 0; i < row->cell_count; i++) {
        struct slice name = trim(row->cells[i]);
        table->has_name[i] = name.length > 0;
        if (name.length > 0 && !is_asked_for(table, i)) {
            list_name(&ignored, name);
        }
    }
    if (ignored.length > 0) {
        (void)snprintf(table->ignored, sizeof table->ignored, "%s", ignored.bytes);
        table->ignored[text_whole_length(slice_of(table->ignored))] = '\0';
    }
    buffer_done(&ignored);
}

enum turnout_error csv_table_init(struct csv_table *table, char *bytes, size_t length, const char *columns,
                                  const char *optional, struct error *error)
{
    *table = (struct csv_table){.header_line = 1};
    csv_reader_init(&table->csv, bytes, length);
    table->csv.separator = find_separator(&table->csv);
    struct csv_row row;
    enum csv_found has_row = csv_reader_next(&table->csv, &row, error);
    if (has_row != CSV_END) {
        table->header_line = row.line;
    }
    if (has_row == CSV_BAD) {
        return TURNOUT_BAD_INPUT;
    }
    if (has_row == CSV_END) {
        row.cell_count = 0;
    }
    uint32_t found = 0;
    struct slice missing = {NULL, 0};
    enum turnout_error failed = find_columns(table, &row, columns, true, &missing, &found, error);
    if (failed == TURNOUT_OK) {
        failed = find_columns(table, &row, optional, false, &missing, &found, error);
    }
    if (failed == TURNOUT_OK && missing.length > 0) {
        failed = refuse_names(&row, columns, missing, found, error);
    }
    table->cell_count = row.cell_count;
    note_others(table, &row);
    return failed;
}

/* ---- rows ---- */

static bool is_empty(const struct csv_row *row)
{
    for (uint32_t i = 0; i < row->cell_count; i++) {
        if (trim(row->cells[i]).length > 0) {
            return false;
        }
    }
    return true;
}

#define PLACE_CELLS                                                                                          \
    "put each cell below its column's name in the first line, and in quotes if it holds a separator"

/* A cell without a name above it was shifted there, so the row's columns cannot be trusted. */
static enum turnout_error check_cells(const struct csv_table *table, const struct csv_row *row,
                                      struct error *error)
{
    if (row->cell_count < table->cells_least) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "%u cells instead of %u; " PLACE_CELLS,
                          row->cell_count, table->cell_count);
    }
    for (uint32_t i = 0; i < row->cell_count; i++) {
        bool has_name = i < table->cell_count && table->has_name[i];
        struct slice cell = trim(row->cells[i]);
        if (!has_name && cell.length > 0) {
            char shown[TEXT_SHOWN_BYTES];
            return error_fail(error, TURNOUT_BAD_INPUT, "",
                              "cell %u, \"%s\", has no name above it; " PLACE_CELLS, i + 1,
                              text_show(cell, shown));
        }
    }
    return TURNOUT_OK;
}

static enum csv_found pick_cells(const struct csv_table *table, const struct csv_row *row,
                                 struct csv_row *ret_row, struct error *error)
{
    ret_row->line = row->line;
    if (check_cells(table, row, error) != TURNOUT_OK) {
        return CSV_BAD;
    }
    ret_row->cell_count = table->column_count;
    for (uint32_t i = 0; i < table->column_count; i++) {
        uint32_t place = table->places[i];
        ret_row->cells[i] = place < row->cell_count ? trim(row->cells[place]) : slice_of("");
    }
    return CSV_ROW;
}

enum csv_found csv_table_next(struct csv_table *table, struct csv_row *ret_row, struct error *error)
{
    struct csv_row row;
    enum csv_found found;
    do {
        found = csv_reader_next(&table->csv, &row, error);
    } while (found == CSV_ROW && is_empty(&row));
    if (found == CSV_ROW) {
        return pick_cells(table, &row, ret_row, error);
    }
    if (found == CSV_BAD) {
        ret_row->line = row.line;
    }
    return found;
}
