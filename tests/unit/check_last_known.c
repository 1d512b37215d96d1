/* The file of what was seen: read back as it was written, and refused when anything of it is another. */
#include <turnout/store/last_known.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/file.h>

#include "crypto.h"
#include "suite.h"

enum { FILE_BYTES_MAX = 4096 };

static char folder[] = "/tmp/turnout-known-XXXXXX";
static char path[sizeof folder + 16];
static struct known_commune communes[] = {
    {.code = "00070", .revision = 12, .head = {1, 2, 3}},
    {.code = "00071", .revision = 3, .head = {0xff}, .is_short = true, .missing = 2},
    {.code = "c", .is_short = true},
};
static struct known_province provinces[] = {
    {.code = "01", .revision = 15, .voted = 640, .short_since_ms = 1773561600123, .commune_count = 2},
    {.code = "02", .first_commune = 2, .commune_count = 1},
    {.code = "03", .first_commune = 3},
};
static const struct last_known known = {.election = "vn-2026",
                                        .generation = "0123456789abcdef",
                                        .digest = {9, 8, 7},
                                        .phase = PHASE_OPEN,
                                        .publication = PUBLICATION_HOLD,
                                        .written_ms = 1773561603123,
                                        .revision = 15,
                                        .voted = 640,
                                        .provinces = provinces,
                                        .province_count = 3,
                                        .communes = communes,
                                        .commune_count = 3};

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/%s", folder, LAST_KNOWN_FILE);
}

static void remove_folder(void)
{
    struct error error;
    ck_assert_int_eq(last_known_remove(folder, &error), TURNOUT_OK);
    ck_assert_int_eq(rmdir(folder), 0); /* which fails when anything else was left behind */
}

static void write_bytes(const char *bytes, size_t length)
{
    struct error error;
    ck_assert_int_eq(file_write(path, bytes, length, &error), TURNOUT_OK);
    ck_assert_int_eq(chmod(path, 0600), 0);
}

static void expect_refused(const char *bytes, size_t length)
{
    struct last_known read;
    struct error error;
    write_bytes(bytes, length);
    ck_assert_int_eq(last_known_read(folder, &read, &error), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "last-known is damaged"));
}

static char *write_known(size_t *ret_length)
{
    char *bytes;
    struct error error;
    struct buffer text = {0};
    last_known_render(&known, &text);
    ck_assert_int_eq(last_known_put(folder, (struct slice){text.bytes, text.length}, &error), TURNOUT_OK);
    buffer_done(&text);
    ck_assert_int_eq(file_read(path, FILE_BYTES_MAX, &bytes, ret_length, &error), TURNOUT_OK);
    return bytes;
}

SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(make_folder, remove_folder);

TEST(it_is_read_back_as_it_was_written)
{
    struct last_known read;
    struct error error;
    ck_assert_int_eq(last_known_read(folder, &read, &error), TURNOUT_NOT_FOUND);
    size_t length;
    free(write_known(&length));
    ck_assert_int_eq(last_known_read(folder, &read, &error), TURNOUT_OK);
    ck_assert_str_eq(read.election, known.election);
    ck_assert_str_eq(read.generation, known.generation);
    ck_assert_mem_eq(read.digest, known.digest, sizeof known.digest);
    ck_assert_int_eq(read.phase, known.phase);
    ck_assert_int_eq(read.publication, known.publication);
    ck_assert_int_eq(read.written_ms, known.written_ms);
    ck_assert_int_eq(read.revision, known.revision);
    ck_assert_int_eq(read.voted, known.voted);
    ck_assert_uint_eq(read.province_count, known.province_count);
    ck_assert_uint_eq(read.commune_count, known.commune_count);
    for (size_t i = 0; i < known.province_count; i++) {
        ck_assert_str_eq(read.provinces[i].code, provinces[i].code);
        ck_assert_int_eq(read.provinces[i].revision, provinces[i].revision);
        ck_assert_int_eq(read.provinces[i].voted, provinces[i].voted);
        ck_assert_int_eq(read.provinces[i].short_since_ms, provinces[i].short_since_ms);
        ck_assert_uint_eq(read.provinces[i].first_commune, provinces[i].first_commune);
        ck_assert_uint_eq(read.provinces[i].commune_count, provinces[i].commune_count);
    }
    for (size_t i = 0; i < known.commune_count; i++) {
        ck_assert_str_eq(read.communes[i].code, communes[i].code);
        ck_assert_int_eq(read.communes[i].revision, communes[i].revision);
        ck_assert_mem_eq(read.communes[i].head, communes[i].head, LOG_HEAD_BYTES);
        ck_assert_int_eq(read.communes[i].is_short, communes[i].is_short);
        ck_assert_int_eq(read.communes[i].missing, communes[i].missing);
    }
    last_known_done(&read);
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
}

TEST(what_is_cut_off_anywhere_is_refused)
{
    size_t length;
    char *bytes = write_known(&length);
    for (size_t cut = 0; cut < length; cut++) {
        expect_refused(bytes, cut);
    }
    free(bytes);
}

TEST(a_byte_that_is_another_is_refused)
{
    size_t length;
    char *bytes = write_known(&length);
    for (size_t i = 0; i < length; i++) {
        bytes[i] ^= 1;
        expect_refused(bytes, length);
        bytes[i] ^= 1;
    }
    free(bytes);
}

TEST(it_is_told_in_words)
{
    char words[LAST_KNOWN_WORDS_BYTES];
    last_known_describe(&known, words);
    ck_assert_str_eq(words, "open, revision 15, 640 voted at 2026-03-15T08:00:03+00:00");
}

SUITE("last_known");
