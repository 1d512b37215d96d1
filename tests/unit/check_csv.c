/* Rows out of bytes, and cells into them. What a reader makes of a text is written as `line:cell|cell`,
 * one row a line; a row that cannot be read as `line!`. */
#include <turnout/wire/csv.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>

#include "suite.h"

static void read_all(struct buffer *out, const char *text, size_t length)
{
    char *bytes = malloc(length == 0 ? 1 : length); /* no more, so that a sanitizer sees a step too far */
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, text, length);
    struct csv_reader reader;
    csv_reader_init(&reader, bytes, length);
    for (;;) {
        struct csv_row row;
        struct error error;
        enum csv_found found = csv_reader_next(&reader, &row, &error);
        if (found == CSV_END) {
            break;
        }
        buffer_printf(out, "%u%s", row.line, found == CSV_BAD ? "!" : ":");
        for (uint32_t i = 0; found == CSV_ROW && i < row.cell_count; i++) {
            buffer_append_text(out, i == 0 ? "" : "|");
            buffer_append(out, row.cells[i].bytes, row.cells[i].length);
        }
        buffer_append_char(out, '\n');
    }
    free(bytes);
}

static const struct {
    const char *text;
    const char *rows;
} texts[] = {
    {"a,b\nc,d\n", "1:a|b\n2:c|d\n"},
    {"a,b\r\nc,d", "1:a|b\n2:c|d\n"},
    {"\xef\xbb\xbf"
     "a\n",
     "1:a\n"},
    {"\xef\xbb\xbf\"a\"\n", "1:a\n"},
    {"a\xef\xbb\xbf\n", "1:a\xef\xbb\xbf\n"},
    {"\xef\xbb", "1:\xef\xbb\n"},
    {"\n\r\n\na\n\n\nb\n\n", "4:a\n7:b\n"},
    {",\n,,", "1:|\n2:||\n"},
    {" a , b \n", "1: a | b \n"},
    {"\"a,b\",c", "1:a,b|c\n"},
    {"\"\"", "1:\n"},
    {"\"\",\"\"\n", "1:|\n"},
    {"\"say \"\"yes\"\"\",x\n", "1:say \"yes\"|x\n"},
    {"\"\"\"\"", "1:\"\n"},
    {"\"a\"  ,\"b\" \r\n\"c\" ", "1:a|b\n2:c\n"},
    {"\"two\nlines\",x\ny\n", "1:two\nlines|x\n3:y\n"},
    {"\"two\r\nlines\"\r\ny", "1:two\r\nlines\n3:y\n"},
    /* faults: where they stand, and that reading goes on behind them */
    {"a\"b,c\nd\n", "1!\n2:d\n"},
    {"a,\"b\"c\nd\n", "1!\n2:d\n"},
    {"a,\"b\" c\nd\n", "1!\n2:d\n"},
    {"a,\"b\nc,d\ne\n", "1!\n2:c|d\n3:e\n"},
    {"\"", "1!\n"},
    {"\"a\"\"", "1!\n"},
    {"x\ny,\"a\"\"\nz\n", "1:x\n2!\n3:z\n"},
    {"\"one\ntwo\"x,y\nz\n", "2!\n3:z\n"},
    {"a\rb\nc\n", "1!\n2:c\n"},
    {"a\r", "1!\n"},
    {"\"a\"\rb\nc\n", "1!\n2:c\n"},
    {"\ra\nb\n", "1!\n2:b\n"},
};

LOOP_TEST(rows_are_read, COUNT(texts))
{
    struct buffer out = {0};
    read_all(&out, texts[_i].text, strlen(texts[_i].text));
    ck_assert_str_eq(out.bytes, texts[_i].rows);
    buffer_done(&out);
}

TEST(nothing_gives_no_row)
{
    struct buffer out = {0};
    read_all(&out, "", 0);
    read_all(&out, "\xef\xbb\xbf", 3);
    read_all(&out, "\r\n\n", 3);
    ck_assert_uint_eq(out.length, 0);
}

TEST(a_nul_byte_is_a_byte_of_its_cell)
{
    struct buffer out = {0};
    read_all(&out, "a\0b,c\n", 6);
    ck_assert_uint_eq(out.length, 8);
    ck_assert_mem_eq(out.bytes, "1:a\0b|c\n", 8);
    buffer_done(&out);
}

TEST(too_many_cells_are_a_fault)
{
    for (size_t cells = CSV_CELLS_MAX - 1; cells <= CSV_CELLS_MAX + 1; cells++) {
        struct buffer text = {0};
        for (size_t i = 0; i < cells; i++) {
            buffer_append_text(&text, i == 0 ? "x" : ",x");
        }
        buffer_append_text(&text, "\ny\n");
        struct buffer out = {0};
        read_all(&out, text.bytes, text.length);
        ck_assert_int_eq(out.bytes[1], cells > CSV_CELLS_MAX ? '!' : ':');
        ck_assert_ptr_nonnull(strstr(out.bytes, "\n2:y\n"));
        buffer_done(&out);
        buffer_done(&text);
    }
}

static const struct {
    const char *cell;
    char separator;
    const char *written;
} cells[] = {
    {"", ',', ""},
    {"plain", ',', "plain"},
    {"Xã 1, Huế", ',', "\"Xã 1, Huế\""},
    {"a;b", ',', "a;b"},
    {"a;b", ';', "\"a;b\""},
    {"a,b", ';', "\"a,b\""},
    {"a\tb", '\t', "\"a\tb\""},
    {"\"", ',', "\"\"\"\""},
    {"say \"yes\"", ',', "\"say \"\"yes\"\"\""},
    {"two\nlines", ',', "\"two\nlines\""},
    {"two\rlines", ',', "\"two\rlines\""},
};

LOOP_TEST(cells_are_quoted_where_they_must_be, COUNT(cells))
{
    struct buffer out = {0};
    buffer_append_char(&out, '<');
    csv_write_cell(&out, slice_of(cells[_i].cell), cells[_i].separator);
    ck_assert_str_eq(out.bytes + 1, cells[_i].written);
    buffer_done(&out);
}

TEST(a_row_is_cells_with_commas_between)
{
    const struct slice row[] = {slice_of("01"), slice_of(""), slice_of("a, b")};
    struct buffer out = {0};
    csv_write_row(&out, row, COUNT(row));
    ck_assert_str_eq(out.bytes, "01,,\"a, b\"\n");
    buffer_done(&out);
}

/* Any text of these characters is read without a step out of bounds, and ends; whatever it makes of it,
 * its lines do not go back. */
TEST(any_bytes_are_read_to_their_end)
{
    static const char alphabet[] = "a,\"\n\r";
    uint64_t seed = UINT64_C(20260315);
    (void)printf("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 20000; round++) {
        char text[24];
        size_t length = 0;
        while (length < sizeof text - 1) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[length++] = alphabet[(seed >> 33) % (sizeof alphabet - 1)];
        }
        struct csv_reader reader;
        csv_reader_init(&reader, text, length);
        uint32_t line = 0;
        size_t rows = 0;
        struct csv_row row;
        while (csv_reader_next(&reader, &row, NULL) != CSV_END) {
            ck_assert_uint_gt(row.line, line);
            line = row.line;
            ck_assert_uint_le(++rows, sizeof text);
        }
        ck_assert_uint_eq(reader.at, length);
    }
}

SUITE("csv");
