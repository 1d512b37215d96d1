/* keys.csv as the commands change it: what was there stays, what is written is sound, and two do not write at once. */
#include "keys/keys_table.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/file.h>

#include "suite.h"

#define HEADER "key,area,public_key,from,until,revoked\n"
#define PUBLIC "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"

/* PUBLIC, decoded. */
static const unsigned char public_key[PUBLIC_KEY_BYTES] = {
    0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0, 0x99,
    0x67, 0xe4, 0xd6, 0x30, 0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55, 0x31, 0xb8};

static char folder[] = "/tmp/turnout-table-XXXXXX";
static char path[64];
static struct keys_table table;
static struct error error;

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/keys.csv", folder);
}

static void tear_down(void)
{
    (void)unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else is left there */
}

static void write_keys(const char *text)
{
    ck_assert_int_eq(file_write(path, text, strlen(text), &error), TURNOUT_OK);
}

static void expect_keys(const char *text)
{
    char *bytes = NULL;
    size_t length = 0;
    ck_assert_int_eq(file_read(path, 10000, &bytes, &length, &error), TURNOUT_OK);
    ck_assert_str_eq(bytes, text);
    free(bytes);
}

static void open_table(void)
{
    ck_assert_msg(keys_table_open(folder, &table, &error) == TURNOUT_OK, "%s", error.text);
}

static void save_and_close(void)
{
    ck_assert_msg(keys_table_save(&table, &error) == TURNOUT_OK, "%s", error.text);
    keys_table_close(&table);
}

FIXTURE(set_up, tear_down);

TEST(the_first_key_brings_the_file)
{
    open_table();
    keys_table_add(&table, "0101-001.1", "0101-001", public_key, "", "");
    ck_assert_int_eq(access(path, F_OK), -1);
    save_and_close();
    expect_keys(HEADER "0101-001.1,0101-001," PUBLIC ",,,\n");
}

static const struct {
    const char *before;
    const char *after;
} additions[] = {
    {HEADER, HEADER "b,02," PUBLIC ",2026-03-15T07:00:00+07:00,2026-03-16T07:00:00+07:00,\n"},
    {HEADER "a,01," PUBLIC ",,,\n",
     HEADER "a,01," PUBLIC ",,,\nb,02," PUBLIC ",2026-03-15T07:00:00+07:00,2026-03-16T07:00:00+07:00,\n"},
    /* the last line without its end, and bytes that we would write in another way */
    {HEADER "\"a\",01," PUBLIC ",,,\r\n\nc,01," PUBLIC ",,,",
     HEADER "\"a\",01," PUBLIC ",,,\r\n\nc,01," PUBLIC ",,,\nb,02," PUBLIC
            ",2026-03-15T07:00:00+07:00,2026-03-16T07:00:00+07:00,\n"},
};

LOOP_TEST(what_was_there_stays, COUNT(additions))
{
    write_keys(additions[_i].before);
    open_table();
    keys_table_add(&table, "b", "02", public_key, "2026-03-15T07:00:00+07:00", "2026-03-16T07:00:00+07:00");
    save_and_close();
    expect_keys(additions[_i].after);
}

/* It can be read, but a row added at its end would not be. */
TEST(a_table_of_another_form_is_left_alone)
{
    static const char *const forms[] = {"key;area;public_key;from;until;revoked\na;01;" PUBLIC ";;;\n",
                                        "area,key,public_key,from,until,revoked\n01,a," PUBLIC ",,,\n",
                                        "key,area,public_key,from,until,revoked,remark\na,01," PUBLIC
                                        ",,,,desk\n"};
    for (size_t i = 0; i < COUNT(forms); i++) {
        write_keys(forms[i]);
        ck_assert_int_eq(keys_table_open(folder, &table, &error), TURNOUT_BAD_INPUT);
        ck_assert_ptr_nonnull(strstr(error.text, "keys.csv has another form than keys can be added to;"));
    }
    write_keys("\xef\xbb\xbf" HEADER);
    open_table();
    keys_table_close(&table);
}

#define WHEN "2026-03-15T12:00:00+07:00"

TEST(only_the_named_keys_are_revoked)
{
    static const char *const ids[] = {"c", "a", "d"};
    write_keys(HEADER "a,01," PUBLIC ",,,\n"
                      "b,a," PUBLIC ",,2026-03-16T00:00:00Z,\n"
                      "\"c\",01," PUBLIC ",2026-03-14T00:00:00Z,,2026-03-15T20:00:00+07:00\r\n"
                      ",,,,,\n"
                      " d , 02," PUBLIC ",,,,,\n"
                      "aa,c," PUBLIC ",,,2026-03-15T01:00:00Z");
    open_table();
    keys_table_revoke(&table, ids, 3, WHEN);
    save_and_close();
    expect_keys(HEADER "a,01," PUBLIC ",,," WHEN "\n"
                       "b,a," PUBLIC ",,2026-03-16T00:00:00Z,\n"
                       "c,01," PUBLIC ",2026-03-14T00:00:00Z,," WHEN "\n"
                       "d,02," PUBLIC ",,," WHEN "\n"
                       "aa,c," PUBLIC ",,,2026-03-15T01:00:00Z\n");
}

TEST(one_at_a_time)
{
    open_table();
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), -1);
    keys_table_close(&table);
    ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
    ck_assert_int_eq(close(fd), 0);
}

TEST(a_table_of_ones_own_replaces_the_file)
{
    write_keys("something else");
    keys_table_init(&table, folder);
    keys_table_add(&table, "a", "01", public_key, "", "");
    save_and_close();
    expect_keys(HEADER "a,01," PUBLIC ",,,\n");
}

TEST(what_cannot_be_read_or_written_is_told)
{
    ck_assert_int_eq(keys_table_open("/nowhere", &table, &error), TURNOUT_SYSTEM);
    ck_assert_str_eq(error.field, "election");
    ck_assert_int_eq(symlink(".", path), 0);
    ck_assert_int_eq(keys_table_open(folder, &table, &error), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "keys.csv"));
    keys_table_init(&table, "/nowhere");
    ck_assert_int_eq(keys_table_save(&table, &error), TURNOUT_SYSTEM);
    keys_table_close(&table);
}

SUITE("keys_table");
