/* The line of a register's change: what is written is read again, and is what the public reads. */
#include <turnout/wire/register_line.h>

#include <string.h>

#include <check.h>

#include <turnout/wire/log_line.h>

#include "register_rows.h"
#include "suite.h"

static const struct register_rows before_rows = {
    .areas = {{"VN", "nation", ""}, {"1", "province", "VN"}, {"11", "commune", "1"}, {"12", "commune", "1"}},
    .units = {{"a", "11", "800"}, {"b", "11", "905"}, {"c", "12", "7"}}};
static const struct register_rows after_rows = {
    .areas = {{"VN", "nation", ""},
              {"1", "province", "VN"},
              {"11", "commune", "1"},
              {"12", "commune", "1"},
              {"13", "commune", "1"}},
    .units = {{"a", "12", "800"}, {"b", "11", "950"}, {"d", "13", "70"}}};

static const char *const lines[] = {
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"commune-added\",\"area\":\"13\",\"to\":\"1\","
    "\"who\":\"me\","
    "\"why\":\"it is so\"}",
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"roll-mended\",\"unit\":\"b\",\"area\":\"11\","
    "\"from\":\"905\",\"to\":\"950\",\"who\":\"me\",\"why\":\"it is so\"}",
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"unit-moved\",\"unit\":\"a\",\"area\":\"12\","
    "\"from\":\"11\",\"to\":\"12\",\"who\":\"me\",\"why\":\"it is so\"}",
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"unit-added\",\"unit\":\"d\",\"area\":\"13\","
    "\"to\":\"70\",\"who\":\"me\",\"why\":\"it is so\"}",
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"unit-withdrawn\",\"unit\":\"c\",\"area\":\"12\","
    "\"from\":\"7\",\"who\":\"me\",\"why\":\"it is so\"}"};

TEST(what_is_written_is_read)
{
    struct rules rules;
    rules_init(&rules);
    struct election_register *before = register_of_rows(&before_rows);
    struct election_register *after = register_of_rows(&after_rows);
    struct register_change *change = register_change_new(before, &rules, after, &rules);
    ck_assert_uint_eq(change->count, sizeof lines / sizeof lines[0]);
    for (size_t i = 0; i < change->count; i++) {
        struct buffer out = {0};
        struct log_line line;
        struct error error;
        struct ledger_entry entries[LOG_LINE_ENTRIES_MAX];
        register_line_write(&out, change, &change->rows[i], "me", "it is so", 7);
        ck_assert_str_eq(out.bytes, lines[i]);
        ck_assert_int_eq(log_line_read((struct slice){out.bytes, out.length}, &line, &error), TURNOUT_OK);
        ck_assert_uint_eq(log_line_ledger_entries(&line, after, entries), 1);
        ck_assert_str_eq(ledger_kind_name(entries[0].kind), register_row_name(change->rows[i].kind));
        ck_assert_str_eq(entries[0].reason, "it is so");
        bool is_of_unit = register_row_needs_silence(change->rows[i].kind);
        ck_assert_str_eq(is_of_unit ? entries[0].unit_code : entries[0].area_code, change->rows[i].code);
        buffer_done(&out);
    }
    register_change_release(change);
    register_release(before);
    register_release(after);
}

static const char *const faulty[] = {
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"loss\",\"area\":\"13\",\"who\":\"me\"}",
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"\",\"area\":\"13\",\"who\":\"me\"}",
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"unit-added\",\"who\":\"me\"}",
    "{\"received\":7,\"outcome\":\"register\",\"change\":\"unit-added\",\"area\":1,\"who\":\"me\"}"};

LOOP_TEST(what_is_none_is_refused, COUNT(faulty))
{
    struct log_line line;
    struct error error;
    ck_assert_int_eq(log_line_read(slice_of(faulty[_i]), &line, &error), TURNOUT_BAD_INPUT);
}

SUITE("register_line");
