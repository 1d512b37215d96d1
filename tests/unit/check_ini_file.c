/* INI text: what is read, every fault with its line, and that what is written reads back. Values are gathered as lines
 * `key=value`, faults as lines `file:line: field: text`. */
#include <turnout/base/ini_file.h>

#include <string.h>

#include <check.h>

#include "suite.h"
#include "told_faults.h"

enum { KEY_COUNT = 4 };

struct reading {
    struct ini_key keys[KEY_COUNT];
    struct buffer values;
    struct buffer told;
};

static void gather_value(void *context, size_t key, struct slice value)
{
    struct reading *reading = context;
    buffer_printf(&reading->values, "%s=%.*s\n", reading->keys[key].name, (int)value.length, value.bytes);
}

static void read_text(struct reading *reading, const char *text, size_t length)
{
    static const struct ini_key keys[KEY_COUNT] = {{.section = "polls", .name = "opens"},
                                                   {.section = "polls", .name = "closes"},
                                                   {.section = "rules", .name = "jump"},
                                                   {.section = "rules", .name = "decrease"}};
    memcpy(reading->keys, keys, sizeof keys);
    struct faults faults = {.on_fault = gather_fault, .context = &reading->told};
    ini_file_read((struct slice){text, length}, "a.ini", reading->keys, KEY_COUNT, &faults, gather_value,
                  reading);
}

static void reading_done(struct reading *reading)
{
    buffer_done(&reading->values);
    buffer_done(&reading->told);
}

static const struct {
    const char *text;
    const char *values;
} sound[] = {
    {"", ""},
    {"\n \t\r\n; opens\n# opens\n  ; jump", ""},
    {"[polls]\nopens=7\n[rules]\njump=x\n", "opens=7\njump=x\n"},
    {"\xef\xbb\xbf[polls]\r\n\topens :\t7 h \r\n", "opens=7 h\n"},
    {"[polls] ; of the day\nopens = 7 ; at seven\ncloses = 8;9 ;\t10\n", "opens=7\ncloses=8;9\n"},
    {"[polls]\nopens =\ncloses = ; nothing\n", "opens=\ncloses=\n"},
    {"[polls]\nopens = a = b : c # d\n", "opens=a = b : c # d\n"},
    {"[polls]\nopens = \" a ; b \"\ncloses = \"say \"\"a\"\"\" ; c\n", "opens= a ; b \ncloses=say \"a\"\n"},
    {"[polls]\nopens = \"\"\ncloses = b\"c\"\n", "opens=\ncloses=b\"c\"\n"},
    {"[rules]\njump = x\n[polls]\nopens = 7\n[rules]\ndecrease = y", "jump=x\nopens=7\ndecrease=y\n"},
};

LOOP_TEST(sound_text_is_read, COUNT(sound))
{
    struct reading reading = {0};
    read_text(&reading, sound[_i].text, strlen(sound[_i].text));
    ck_assert_msg(reading.told.length == 0, "%s", reading.told.bytes);
    ck_assert_str_eq(reading.values.length == 0 ? "" : reading.values.bytes, sound[_i].values);
    reading_done(&reading);
}

static const struct {
    const char *text;
    const char *faults;
    const char *values; /* that are read all the same */
} faulty[] = {
    {"\nopens = 7\n", "a.ini:2: : a key before any section; put it under [polls]", ""},
    {"[poll]\nopens = 7\nnonsense\n[rules]\njump = x\n",
     "a.ini:1: : there is no section [poll]; there are [polls] and [rules]\n"
     "a.ini:3: : neither a [section] nor a `key = value`;",
     "jump=x\n"},
    {"[]\n", "a.ini:1: : there is no section [];", ""},
    {"[polls\nopens = 7\n[rules\njump = x\n",
     "a.ini:1: : the section's name is not closed;\na.ini:2: : a key before any section;\n"
     "a.ini:3: : the section's name is not closed;\na.ini:4: : a key before any section;",
     ""},
    {"[polls] opens = 7\n", "a.ini:1: : there is text after the section's name;", ""},
    {"[polls]\nopen = 7\n", "a.ini:2: : [polls] has no key \"open\"; did you mean opens?", ""},
    {"[polls]\nfrobnicate = 7\n", "a.ini:2: : [polls] has no key \"frobnicate\"; take the line out", ""},
    {"[polls]\njump = x\n", "a.ini:2: : [polls] has no key \"jump\"; it belongs under [rules]", ""},
    {"[polls]\nopens = 7\n\nopens = 8\nopens = 7\n",
     "a.ini:4: opens: stands in line 2 already;\na.ini:5: opens: stands in line 2 already;", "opens=7\n"},
    {"[polls]\nopens 7\n= 7\n",
     "a.ini:2: : neither a [section] nor a `key = value`;\na.ini:3: : neither a [section] nor a `key", ""},
    {"[polls]\nopens = \xff\ncloses = a\tb\nopens = 7\n",
     "a.ini:2: opens: the value is not UTF-8;\na.ini:3: closes: the value holds a control character;\n"
     "a.ini:4: opens: stands in line 2 already;",
     ""},
    {"[polls]\nopens = \"7\ncloses = \"8\" 9\n",
     "a.ini:2: opens: the quotes around the value do not close\na.ini:3: closes: the quotes", ""},
    {"[polls]\nopens = \"7\"\"\n", "a.ini:2: opens: the quotes around the value do not close", ""},
};

LOOP_TEST(every_fault_is_told, COUNT(faulty))
{
    struct reading reading = {0};
    read_text(&reading, faulty[_i].text, strlen(faulty[_i].text));
    (void)check_gathered(&reading.told, faulty[_i].faults);
    ck_assert_str_eq(reading.values.length == 0 ? "" : reading.values.bytes, faulty[_i].values);
    reading_done(&reading);
}

TEST(a_nul_byte_is_a_fault)
{
    static const char text[] = "[polls]\nopens = 7\0\ncloses = 8\n; \0\n";
    struct reading reading = {0};
    read_text(&reading, text, sizeof text - 1);
    (void)check_gathered(&reading.told, "a.ini:2: : the line holds a NUL byte;");
    ck_assert_str_eq(reading.values.bytes, "closes=8\n");
    reading_done(&reading);
}

TEST(lines_are_known_by_their_keys)
{
    static const char text[] = "[rules]\n\njump = x\n[polls]\ncloses = \xff\n";
    static const uint32_t lines[KEY_COUNT] = {0, 5, 3, 0};
    struct reading reading = {0};
    read_text(&reading, text, sizeof text - 1);
    for (size_t key = 0; key < KEY_COUNT; key++) {
        ck_assert_uint_eq(reading.keys[key].line, lines[key]);
    }
    reading_done(&reading);
}

TEST(a_line_may_be_long)
{
    struct reading reading = {0};
    struct buffer text = {0};
    buffer_append_text(&text, "[polls]\nopens = ");
    for (int i = 0; i < 100000; i++) {
        buffer_append_char(&text, 'x');
    }
    read_text(&reading, text.bytes, text.length);
    ck_assert_uint_eq(reading.told.length, 0);
    ck_assert_uint_eq(reading.values.length, strlen("opens=\n") + 100000);
    buffer_done(&text);
    reading_done(&reading);
}

static void gather_alone(void *context, size_t key, struct slice value)
{
    ck_assert_uint_eq(key, 0);
    buffer_append(context, value.bytes, value.length);
}

TEST(keys_may_stand_without_a_section)
{
    static const char text[] = "data = 1\n[more]\ndata = 2\n";
    struct ini_key keys[] = {{.section = "", .name = "data"}};
    struct buffer told = {0};
    struct buffer value = {0};
    struct faults faults = {.on_fault = gather_fault, .context = &told};
    ini_file_read(slice_of(text), "a.ini", keys, 1, &faults, gather_alone, &value);
    (void)check_gathered(&told, "a.ini:2: : [more]: the keys stand alone here, without a section;");
    ck_assert_str_eq(value.bytes, "1");
    buffer_done(&told);
    buffer_done(&value);
}

static const struct {
    const char *value;
    const char *line;
} written[] = {
    {"", "data =\n"},
    {"a", "data = a\n"},
    {"/a b;c = d : e", "data = /a b;c = d : e\n"},
    {"/a ; b", "data = \"/a ; b\"\n"},
    {";", "data = \";\"\n"},
    {" a", "data = \" a\"\n"},
    {"a ", "data = \"a \"\n"},
    {"\"", "data = \"\"\"\"\n"},
    {"a \"b\" ; c", "data = \"a \"\"b\"\" ; c\"\n"},
    {"Bầu cử", "data = Bầu cử\n"},
};

LOOP_TEST(what_is_written_reads_back, COUNT(written))
{
    struct ini_key keys[] = {{.section = "", .name = "data"}};
    struct buffer line = {0};
    struct buffer value = {0};
    struct faults faults = {.on_fault = refuse_fault};
    ini_file_write(&line, "data", written[_i].value);
    ck_assert_str_eq(line.bytes, written[_i].line);
    ini_file_read((struct slice){line.bytes, line.length}, "a.ini", keys, 1, &faults, gather_alone, &value);
    ck_assert_uint_eq(keys[0].line, 1);
    ck_assert_str_eq(value.length == 0 ? "" : value.bytes, written[_i].value);
    buffer_done(&line);
    buffer_done(&value);
}

SUITE("ini_file");
