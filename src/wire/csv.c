/* Reads and writes comma-separated rows. Strict: quotes enclose a whole cell, and a carriage return only precedes a
 * line feed. Anything else is a fault of that row, never guessed at. */
#include <turnout/wire/csv.h>

#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

void csv_reader_init(struct csv_reader *reader, char *bytes, size_t length)
{
    size_t mark_length = sizeof byte_order_mark - 1;
    bool has_mark = length >= mark_length && memcmp(bytes, byte_order_mark, mark_length) == 0;
    *reader = (struct csv_reader){bytes, length, has_mark ? mark_length : 0, 1, ','};
}

static bool is_at_end(const struct csv_reader *reader)
{
    return reader->at == reader->length;
}

/* Skips one line end, if the reader is at one. */
static bool take_line_end(struct csv_reader *reader)
{
    size_t left = reader->length - reader->at;
    const char *bytes = reader->bytes + reader->at;
    size_t taken = left >= 1 && bytes[0] == '\n'                       ? 1
                   : left >= 2 && bytes[0] == '\r' && bytes[1] == '\n' ? 2
                                                                       : 0;
    reader->at += taken;
    reader->next_line += taken > 0;
    return taken > 0;
}

static void skip_line(struct csv_reader *reader)
{
    const char *end = memchr(reader->bytes + reader->at, '\n', reader->length - reader->at);
    if (end == NULL) {
        reader->at = reader->length;
        return;
    }
    reader->at = (size_t)(end - reader->bytes) + 1;
    reader->next_line++;
}

/* Ends a faulty row: the reader continues after the line with the fault. */
static enum csv_found bad(struct csv_reader *reader, struct csv_row *ret_row, struct error *error,
                          const char *what)
{
    (void)error_fail(error, TURNOUT_BAD_INPUT, "", "%s", what);
    ret_row->line = reader->next_line;
    skip_line(reader);
    return CSV_BAD;
}

/* Finds the closing quote of the cell; `at` is just after the opening one. False without one. */
static bool find_closing_quote(const struct csv_reader *reader, size_t at, size_t *ret_closing)
{
    while (at < reader->length) {
        const char *quote = memchr(reader->bytes + at, '"', reader->length - at);
        if (quote == NULL) {
            return false;
        }
        at = (size_t)(quote - reader->bytes);
        bool is_doubled = at + 1 < reader->length && reader->bytes[at + 1] == '"';
        if (!is_doubled) {
            *ret_closing = at;
            return true;
        }
        at += 2;
    }
    return false;
}

/* Replaces `""` by `"` within bytes[from .. to) and counts the lines. Called only for a complete cell: after a fault,
 * reading continues with the original bytes. */
static struct slice unescape(struct csv_reader *reader, size_t from, size_t to)
{
    size_t written = from;
    for (size_t at = from; at < to; at++) {
        char c = reader->bytes[at];
        reader->next_line += c == '\n';
        reader->bytes[written++] = c;
        at += c == '"'; /* the second one of a pair */
    }
    return (struct slice){reader->bytes + from, written - from};
}

/* Returns NULL, or what is wrong. On success the reader is after the cell. */
static const char *take_quoted_cell(struct csv_reader *reader, struct slice *ret_cell)
{
    size_t from = reader->at + 1;
    size_t closing;
    if (!find_closing_quote(reader, from, &closing)) {
        return "a quote is opened and never closed; close it, or double it if it belongs to the text";
    }
    size_t behind = closing + 1;
    while (behind < reader->length && reader->bytes[behind] == ' ') {
        behind++;
    }
    *ret_cell = unescape(reader, from, closing);
    reader->at = behind;
    bool ends_there = is_at_end(reader) || reader->bytes[behind] == reader->separator ||
                      reader->bytes[behind] == '\n' || reader->bytes[behind] == '\r';
    return ends_there ? NULL : "text follows a closing quote; double the quotes that belong to the text";
}

static bool ends_plain_cell(char c, char separator)
{
    return c == separator || c == '\n' || c == '\r' || c == '"';
}

static const char *take_plain_cell(struct csv_reader *reader, struct slice *ret_cell)
{
    size_t from = reader->at;
    char separator = reader->separator;
    while (!is_at_end(reader) && !ends_plain_cell(reader->bytes[reader->at], separator)) {
        reader->at++;
    }
    if (!is_at_end(reader) && reader->bytes[reader->at] == '"') {
        return "a quote is in a cell that is not quoted; put the whole cell in quotes and double this "
               "one";
    }
    *ret_cell = (struct slice){reader->bytes + from, reader->at - from};
    return NULL;
}

enum csv_found csv_reader_next(struct csv_reader *reader, struct csv_row *ret_row, struct error *error)
{
    while (take_line_end(reader)) {
    }
    if (is_at_end(reader)) {
        return CSV_END;
    }

    ret_row->cell_count = 0;
    uint32_t line = reader->next_line;
    for (;;) {
        if (ret_row->cell_count == CSV_CELLS_MAX) {
            return bad(reader, ret_row, error,
                       "too many cells; put cells that contain a separator in quotes");
        }
        struct slice *cell = &ret_row->cells[ret_row->cell_count++];
        bool is_quoted = !is_at_end(reader) && reader->bytes[reader->at] == '"';
        const char *wrong = is_quoted ? take_quoted_cell(reader, cell) : take_plain_cell(reader, cell);
        if (wrong != NULL) {
            return bad(reader, ret_row, error, wrong);
        }
        if (is_at_end(reader) || take_line_end(reader)) {
            ret_row->line = line;
            return CSV_ROW;
        }
        if (reader->bytes[reader->at] == '\r') {
            return bad(reader, ret_row, error,
                       "a carriage return without a line feed; end lines with LF or with CR and LF");
        }
        reader->at++; /* the separator */
    }
}

void csv_write_cell(struct buffer *out, struct slice cell, char separator)
{
    bool needs_quotes = false;
    for (size_t i = 0; i < cell.length && !needs_quotes; i++) {
        char c = cell.bytes[i];
        needs_quotes = c == separator || c == ',' || c == '"' || c == '\r' || c == '\n';
    }
    if (!needs_quotes) {
        buffer_append(out, cell.bytes, cell.length);
        return;
    }
    buffer_append_char(out, '"');
    for (size_t i = 0; i < cell.length; i++) {
        if (cell.bytes[i] == '"') {
            buffer_append_char(out, '"');
        }
        buffer_append_char(out, cell.bytes[i]);
    }
    buffer_append_char(out, '"');
}

void csv_write_row(struct buffer *out, const struct slice *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buffer_append_char(out, ',');
        }
        csv_write_cell(out, cells[i], ',');
    }
    buffer_append_char(out, '\n');
}

/* Whether a spreadsheet takes it for a formula. Some also accept the fullwidth forms of East Asia. */
static bool begins_formula(const char *text)
{
    static const char *const marks[] = {
        "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strncmp(text, marks[i], strlen(marks[i])) == 0) {
            return true;
        }
    }
    return false;
}

void csv_write_foreign(struct buffer *out, const char *text, char separator)
{
    char *shown = memory_copy_text(text);
    struct buffer guarded = {0};
    bool may_begin_cell = true;
    text_make_showable(shown);
    for (const char *at = shown; *at != '\0'; at++) {
        if (may_begin_cell && begins_formula(at)) {
            buffer_append_char(&guarded, '\'');
        }
        buffer_append_char(&guarded, *at);
        may_begin_cell = *at == ',' || *at == ';' || (may_begin_cell && (*at == ' ' || *at == '"'));
    }
    csv_write_cell(out, (struct slice){guarded.bytes, guarded.length}, separator);
    buffer_done(&guarded);
    free(shown);
}
