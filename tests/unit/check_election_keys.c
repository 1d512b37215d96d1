/* keys.csv: a sound one is read, the example of proto/ too, and every fault is told with file and line. */
#include <turnout/store/election_keys.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>

#include "register_rows.h"
#include "suite.h"
#include "told_faults.h"

#define HEADER     "key,area,public_key,from,until,revoked\n"
#define PUBLIC_KEY "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"

static char folder[] = "/tmp/turnout-keys-XXXXXX";
static char path[64];
static struct election_register *reg;
static struct buffer faults;

/* What the examples of proto/ are about, and no more. */
static const struct register_rows places = {
    .areas = {{"VN", "nation", ""}, {"46", "province", "VN"}, {"19804", "commune", "46"}},
    .units = {{"19804-003", "19804", "905"}},
};

static void set_up(void)
{
    reg = register_of_rows(&places);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/keys.csv", folder);
}

static void tear_down(void)
{
    (void)unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
    register_release(reg);
    buffer_done(&faults);
}

static void write_keys(const char *text)
{
    struct error error;
    ck_assert_int_eq(file_write(path, text, strlen(text), &error), TURNOUT_OK);
}

static struct signing_keys *read_sound(const char *from)
{
    struct signing_keys *keys = NULL;
    struct error error;
    enum turnout_error failed = election_keys_read(from, reg, gather_fault, &faults, &keys, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s\n%s", error.text, faults.bytes);
    return keys;
}

FIXTURE(set_up, tear_down);

TEST(no_file_is_no_key)
{
    struct signing_keys *keys = read_sound(folder);
    ck_assert_uint_eq(signing_keys_count(keys), 0);
    signing_keys_release(keys);
}

TEST(a_header_alone_is_no_key)
{
    write_keys(HEADER);
    struct signing_keys *keys = read_sound(folder);
    ck_assert_uint_eq(signing_keys_count(keys), 0);
    signing_keys_release(keys);
}

TEST(a_sound_file_is_read)
{
    write_keys("\xef\xbb\xbf" HEADER "a,19804-003," PUBLIC_KEY ",,,\r\n"
               "\"b\",46," PUBLIC_KEY ",2026-03-15T07:00:00+07:00,2026-03-16T00:00:00Z,2026-03-15T00:00:01Z\n"
               "c,VN," PUBLIC_KEY ",,,");
    struct signing_keys *keys = read_sound(folder);
    ck_assert_uint_eq(signing_keys_count(keys), 3);
    const struct signing_key *key = signing_keys_find(keys, "a");
    ck_assert_ptr_nonnull(key);
    static const unsigned char first_bytes[] = {0x03, 0xa1, 0x07, 0xbf};
    ck_assert_mem_eq(key->public_key, first_bytes, sizeof first_bytes);
    ck_assert_int_eq(key->from, 0);
    ck_assert_int_eq(key->until, 0);
    ck_assert_int_eq(key->revoked, 0);
    key = signing_keys_find(keys, "b");
    ck_assert_ptr_nonnull(key);
    ck_assert_int_eq(key->from, 1773532800);
    ck_assert_int_eq(key->until, 1773619200);
    ck_assert_int_eq(key->revoked, 1773532801);
    ck_assert_ptr_nonnull(signing_keys_find(keys, "c"));
    signing_keys_release(keys);
}

TEST(the_example_is_read)
{
    struct signing_keys *keys = read_sound(TURNOUT_SOURCE_DIR "/proto/examples");
    ck_assert_ptr_nonnull(signing_keys_find(keys, "19804-003.a"));
    ck_assert_ptr_nonnull(signing_keys_find(keys, "19804.office"));
    signing_keys_release(keys);
}

static const struct {
    const char *text;
    const char *faults; /* how each fault told begins, one a line */
} faulty[] = {
    {"", "keys.csv:1: : the file is empty"},
    {"\n", "keys.csv:1: : the first line must name the columns `key,area,public_key,from,until,revoked`"},
    {"key,area,public_key\n", "keys.csv:1: : the first line names no column from, but \"key\""},
    {"\xff\xfe", "keys.csv:1: : the first line must name the columns"},
    {HEADER "a,VN," PUBLIC_KEY "\n", "keys.csv:2: : 3 cells instead of 6"},
    {HEADER "a,VN," PUBLIC_KEY ",,,,x\n", "keys.csv:2: : cell 7, \"x\", has no name above it;"},
    {HEADER "\"a,VN,\n", "keys.csv:2: : "},
    /* public_key: nothing, a character short, one long, padded, not of the alphabet, bits that stand for nothing */
    {HEADER "a,VN,,,,\n", "keys.csv:2: public_key: \"\" is not a public key"},
    {HEADER "a,VN,A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMb,,,\n", "keys.csv:2: public_key: "},
    {HEADER "a,VN," PUBLIC_KEY "A,,,\n", "keys.csv:2: public_key: "},
    {HEADER "a,VN," PUBLIC_KEY "=,,,\n", "keys.csv:2: public_key: "},
    {HEADER "a,VN,A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg,,,\n", "keys.csv:2: public_key: "},
    {HEADER "a,VN, 6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg,,,\n", "keys.csv:2: public_key: "},
    {HEADER "a,VN,A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbh,,,\n", "keys.csv:2: public_key: "},
    /* moments */
    {HEADER "a,VN," PUBLIC_KEY ",yesterday,,\n", "keys.csv:2: from: \"yesterday\" is not a time"},
    {HEADER "a,VN," PUBLIC_KEY ",,2026-03-15,\n", "keys.csv:2: until: "},
    {HEADER "a,VN," PUBLIC_KEY ",,,2026-03-15T07:00:00\n", "keys.csv:2: revoked: "},
    {HEADER "a,VN," PUBLIC_KEY ",,,1970-01-01T00:00:00Z\n", "keys.csv:2: revoked: "},
    {HEADER "a,VN," PUBLIC_KEY ",2026-03-15T07:00:00+07:00,2026-03-15T00:00:00Z,\n", "keys.csv:2: until: "},
    /* what the rows mean together, and a row that is wrong in every cell */
    {HEADER "a,VN," PUBLIC_KEY ",,,\n\na,46," PUBLIC_KEY ",,,\n",
     "keys.csv:4: key: a stands in line 2 already"},
    {HEADER "a!,,x,x,x,x\n",
     "keys.csv:2: public_key: \nkeys.csv:2: from: \nkeys.csv:2: until: \nkeys.csv:2: revoked: \n"
     "keys.csv:2: area: \nkeys.csv:2: key: "},
};

LOOP_TEST(what_is_wrong_is_told_with_its_line, COUNT(faulty))
{
    write_keys(faulty[_i].text);
    struct signing_keys *keys = NULL;
    struct error error;
    ck_assert_int_eq(election_keys_read(folder, reg, gather_fault, &faults, &keys, &error),
                     TURNOUT_BAD_INPUT);
    ck_assert_ptr_null(keys);
    unsigned count = check_gathered(&faults, faulty[_i].faults);
    char sum[64];
    (void)snprintf(sum, sizeof sum, "keys.csv: %u fault%s", count, count == 1 ? "" : "s");
    ck_assert_str_eq(error.text, sum);
}

TEST(a_folder_in_its_place_is_a_fault)
{
    struct signing_keys *keys = NULL;
    struct error error;
    char inside[80];
    (void)snprintf(inside, sizeof inside, "%s/..", folder);
    ck_assert_int_eq(symlink(inside, path), 0);
    ck_assert_int_eq(election_keys_read(folder, reg, gather_fault, &faults, &keys, &error),
                     TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(faults.bytes, "keys.csv:0: : "));
}

SUITE("election_keys");
