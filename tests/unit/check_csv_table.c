/* Tables whose first row names the columns. What comes of one is written as `line:cell|cell`, a row a line; a row that
 * cannot be read as `line! why`. */
#include <turnout/wire/csv_table.h>

#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>

#include "suite.h"

static const char columns[] = "code,name,roll";
static const char optional[] = "contact";

static void read_all(struct buffer *out, const char *text)
{
    char bytes[512];
    ck_assert(slice_copy(slice_of(text), bytes, sizeof bytes));
    struct csv_table table;
    struct error error;
    if (csv_table_init(&table, bytes, strlen(bytes), columns, optional, &error) != TURNOUT_OK) {
        buffer_printf(out, "%u!! %s\n", table.header_line, error.text);
        return;
    }
    if (table.ignored[0] != '\0') {
        buffer_printf(out, "ignored %s\n", table.ignored);
    }
    struct csv_row row;
    enum csv_found found;
    while ((found = csv_table_next(&table, &row, &error)) != CSV_END) {
        buffer_printf(out, "%u%s", row.line, found == CSV_BAD ? "! " : ":");
        if (found == CSV_BAD) {
            buffer_append_text(out, error.text);
        }
        for (uint32_t i = 0; found == CSV_ROW && i < row.cell_count; i++) {
            buffer_append_text(out, i == 0 ? "" : "|");
            buffer_append(out, row.cells[i].bytes, row.cells[i].length);
        }
        buffer_append_char(out, '\n');
    }
}

static const struct {
    const char *text;
    const char *rows; /* how what is read of it begins; the whole, where it ends with a line end */
} tables[] = {
    {"code,name,roll\na,A,1\n", "2:a|A|1|\n"},
    {"\xef\xbb\xbf"
     "code,name,roll,contact\r\na,A,1,0912\r\n",
     "2:a|A|1|0912\n"},
    /* any order, any case, blanks, columns that nobody asks for */
    {"Roll, contact ,NAME,code\n1,0912,A,a\n", "2:a|A|1|0912\n"},
    {"stt,code,name,notes,roll\n1,a,A,x,1\n", "ignored \"stt\", \"notes\"\n2:a|A|1|\n"},
    {"code,name,roll\n  a , A A\t, 1\xc2\xa0\n", "2:a|A A|1|\n"},
    {"\"code\" ,\"name\",\"roll\"\n\"a\",\" A, B \",\"1\" \n", "2:a|A, B|1|\n"},
    /* separators */
    {"code;name;roll\na;A, B;1\n", "2:a|A, B|1|\n"},
    {"code\tname\troll\na\tA;B, C\t1\n", "2:a|A;B, C|1|\n"},
    {"\n\ncode;name;\"roll\"\na;\"A;B\";1\n", "4:a|A;B|1|\n"},
    {"code;\"name, of the unit, in full\";name;roll\na;x;A;1\n",
     "ignored \"name, of the unit, in full\"\n2:a|A|1|\n"},
    /* what is empty is passed over */
    {"code,name,roll,,\na,A,1,,\n,,,,\n  ,, ,,\nb,B,2,,\n", "2:a|A|1|\n5:b|B|2|\n"},
    {"code,name,roll\na,A,1,,,,\n", "2:a|A|1|\n"},
    {",code,,name,roll\n,a,,A,1\n", "2:a|A|1|\n"},
    {"code,name,roll,contact,notes\na,A,1\nb,B,2,0912\n", "ignored \"notes\"\n2:a|A|1|\n3:b|B|2|0912\n"},
    {"code,name,roll\n", ""},
    /* faults of rows, after which reading goes on */
    {"code,name,roll\na,A\nb,B,2\n", "2! 2 cells instead of 3; put each cell below its column's name"},
    {"code,name,roll\na,A,1,x\nb,B,2\n", "2! cell 4, \"x\", has no name above it; put each cell"},
    {"code,name,roll,\na,A,B,1\n", "2! cell 4, \"1\", has no name above it;"},
    {"code,name,roll\na,\"A,1\nb,B,2\n", "2! a quote is opened and never closed;"},
    /* faults of the first row */
    {"", "1!! the first line must name the columns `code,name,roll`, in any order, and holds nothing;"},
    {"\n ,\n", "2!! the first line must name the columns `code,name,roll`, in any order, and holds nothing;"},
    {"List of units,,\n\ncode,name,roll\n",
     "1!! the first line must name the columns `code,name,roll`, in any order, and holds \"List of units\";"},
    {"code,name,voters,rolls\n", "1!! the first line names no column roll, but \"code\", \"name\", "
                                 "\"voters\", \"rolls\"; name it so, or add it"},
    {"code,name,roll,Name\n", "1!! the first line names the column name twice; keep one of the two"},
    {"code|name|roll\n", "1!! the first line must name the columns"},
    {"\"code,name,roll\n", "1!! a quote is opened and never closed;"},
};

LOOP_TEST(tables_are_read, COUNT(tables))
{
    struct buffer out = {0};
    buffer_append_text(&out, "");
    read_all(&out, tables[_i].text);
    const char *rows = tables[_i].rows;
    size_t length = strlen(rows);
    bool is_whole = length == 0 || rows[length - 1] == '\n';
    ck_assert_msg(is_whole ? strcmp(out.bytes, rows) == 0 : strncmp(out.bytes, rows, length) == 0,
                  "wanted\n%s\ngot\n%s", rows, out.bytes);
    buffer_done(&out);
}

TEST(a_fault_of_a_row_does_not_hide_the_next)
{
    struct buffer out = {0};
    read_all(&out, "code,name,roll\na\nb,B,2\nc,C,3,x\nd,D,4\n");
    ck_assert_ptr_nonnull(strstr(out.bytes, "\n3:b|B|2|\n"));
    ck_assert_ptr_nonnull(strstr(out.bytes, "\n5:d|D|4|\n"));
    buffer_done(&out);
}

SUITE("csv_table");
