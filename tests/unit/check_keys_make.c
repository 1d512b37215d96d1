/* Making keys for the small election: for whom, under which ids, that the halves of each pair belong together, and
 * that a run which fails gives nobody a key. */
#include "keys/keys_make.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <check.h>
#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/store/election_folder.h>
#include <turnout/store/election_keys.h>

#include "crypto.h"
#include "keys/key_pem.h"
#include "suite.h"
#include "told_faults.h"

enum { FOLDER_BYTES = 64, PATH_BYTES = 160 };

static char root[] = "/tmp/turnout-make-XXXXXX";
static char election[FOLDER_BYTES];
static char out[FOLDER_BYTES];
static struct buffer faults;
static struct error error;
static struct keys_made made;

static void copy_file(const char *name)
{
    char path[PATH_BYTES];
    char *bytes = NULL;
    size_t length = 0;
    (void)snprintf(path, sizeof path, TURNOUT_SOURCE_DIR "/tests/support/small-election/%s", name);
    ck_assert_int_eq(file_read(path, 100000, &bytes, &length, &error), TURNOUT_OK);
    (void)snprintf(path, sizeof path, "%s/%s", election, name);
    ck_assert_int_eq(file_write(path, bytes, length, &error), TURNOUT_OK);
    free(bytes);
}

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(root));
    (void)snprintf(election, sizeof election, "%s/election", root);
    (void)snprintf(out, sizeof out, "%s/out", root);
    ck_assert_int_eq(mkdir(election, 0700), 0);
    copy_file("election.ini");
    copy_file("areas.csv");
    copy_file("units.csv");
}

static void tear_down(void)
{
    char line[PATH_BYTES];
    (void)snprintf(line, sizeof line, "rm -r %s", root);
    ck_assert_int_eq(system(line), 0);
    buffer_done(&faults);
}

static enum turnout_error make(struct keys_make_options options)
{
    options.election = election;
    options.out = options.out == NULL ? out : options.out;
    return keys_make(&options, gather_fault, &faults, &made, &error);
}

static void must_make(struct keys_make_options options)
{
    enum turnout_error failed = make(options);
    ck_assert_msg(failed == TURNOUT_OK, "%s\n%s", error.text, faults.bytes);
}

static mode_t mode_of(const char *name)
{
    char path[PATH_BYTES];
    struct stat status;
    (void)snprintf(path, sizeof path, "%s/%s", out, name);
    ck_assert_msg(stat(path, &status) == 0, "no %s", path);
    return status.st_mode & 07777;
}

static size_t count_entries(const char *name)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", out, name);
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    size_t count = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += entry->d_name[0] != '.';
    }
    (void)closedir(folder);
    return count;
}

static char *read_text(const char *folder, const char *name)
{
    char path[PATH_BYTES];
    char *bytes = NULL;
    size_t length = 0;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_msg(file_read(path, 10000000, &bytes, &length, &error) == TURNOUT_OK, "%s %s", path,
                  error.text);
    return bytes;
}

/* Reads keys.csv as turnoutd does, and holds every key against its private file. Returns how many there are. */
static size_t check_pairs(void)
{
    struct election_folder folder;
    struct signing_keys *keys = NULL;
    ck_assert_int_eq(election_folder_read(election, gather_fault, &faults, &folder, &error), TURNOUT_OK);
    ck_assert_msg(election_keys_read(election, folder.reg, gather_fault, &faults, &keys, &error) ==
                      TURNOUT_OK,
                  "%s", faults.bytes);
    size_t count = signing_keys_count(keys);
    for (size_t i = 0; i < count; i++) {
        const struct signing_key *key = signing_keys_at(keys, i);
        char path[PATH_BYTES];
        unsigned char seed[SIGNING_SEED_BYTES];
        unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
        unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
        (void)snprintf(path, sizeof path, "%s/%s.pem", out, key->id);
        ck_assert_msg(key_pem_read(path, seed, &error) == TURNOUT_OK, "%s: %s", path, error.text);
        ck_assert_int_eq(crypto_sign_seed_keypair(public_key, secret_key, seed), 0);
        ck_assert_mem_eq(public_key, key->public_key, sizeof public_key);
        /* An id says whose key it is. */
        const char *code = key->unit != REGISTER_NONE ? folder.reg->units[key->unit].code
                                                      : folder.reg->areas[key->area].code;
        ck_assert_int_eq(strncmp(key->id, code, strlen(code)), 0);
        ck_assert_int_eq(key->id[strlen(code)], '.');
    }
    signing_keys_release(keys);
    election_folder_done(&folder);
    return count;
}

SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(set_up, tear_down);

TEST(a_key_for_every_unit)
{
    must_make((struct keys_make_options){.units = true});
    ck_assert_uint_eq(made.units, 10);
    ck_assert_uint_eq(made.communes + made.provinces + made.further, 0);
    ck_assert_uint_eq(made.pages, 3); /* 0202 has no unit, so no page */
    ck_assert_uint_eq(check_pairs(), 10);
    ck_assert_uint_eq(count_entries("."), 11);
    ck_assert_uint_eq(count_entries("cards"), 3);
    ck_assert_int_eq(mode_of("."), 0700);
    ck_assert_int_eq(mode_of("cards"), 0700);
    ck_assert_int_eq(mode_of("0101-001.1.pem"), 0600);
    ck_assert_int_eq(mode_of("cards/0101.html"), 0600);
}

TEST(the_cards_are_of_the_commune)
{
    must_make((struct keys_make_options){.units = true, .communes = true});
    char *page = read_text(out, "cards/0102.html");
    static const char *const wanted[] = {"Xã Hai, cũ", "Bầu cử thử",   "Key 0102.1.<",    "Key 0102-001.1.<",
                                         "Khu vực 2",  "0102-003.1.<", "</body></html>\n"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        ck_assert_msg(strstr(page, wanted[i]) != NULL, "no `%s`", wanted[i]);
    }
    ck_assert_ptr_null(strstr(page, "0101"));
    free(page);
}

static const struct {
    struct keys_make_options options;
    uint32_t units;
    uint32_t communes;
    uint32_t provinces;
    uint32_t pages;
} scopes[] = {
    {{.communes = true}, 0, 4, 0, 4},
    {{.provinces = true}, 0, 0, 2, 2},
    {{.units = true, .communes = true, .provinces = true}, 10, 4, 2, 6},
    {{.area = "T", .units = true}, 10, 0, 0, 3},
    {{.area = "01", .units = true}, 6, 0, 0, 2},
    {{.area = "01", .units = true, .communes = true, .provinces = true}, 6, 2, 1, 3},
    {{.area = "02", .communes = true}, 0, 2, 0, 2},
    {{.area = "0201", .units = true}, 4, 0, 0, 1},
    {{.area = "0202", .communes = true, .units = true}, 0, 1, 0, 1},
    {{.area = "0102-002", .units = true}, 1, 0, 0, 1},
    {{.area = "0102-002", .units = true, .communes = true, .provinces = true}, 1, 0, 0, 1},
};

LOOP_TEST(for_whom_they_are_made, COUNT(scopes))
{
    must_make(scopes[_i].options);
    ck_assert_uint_eq(made.units, scopes[_i].units);
    ck_assert_uint_eq(made.communes, scopes[_i].communes);
    ck_assert_uint_eq(made.provinces, scopes[_i].provinces);
    ck_assert_uint_eq(made.pages, scopes[_i].pages);
    uint32_t sum = scopes[_i].units + scopes[_i].communes + scopes[_i].provinces;
    ck_assert_uint_eq(check_pairs(), sum);
    ck_assert_uint_eq(count_entries("."), sum + 1);
    ck_assert_uint_eq(count_entries("cards"), scopes[_i].pages);
}

static const struct {
    struct keys_make_options options;
    enum turnout_error code;
    const char *text;
} refused[] = {
    {{.area = "0202", .units = true}, TURNOUT_NOT_FOUND, "no unit or area of that kind"},
    {{.area = "0101", .provinces = true}, TURNOUT_NOT_FOUND, "no unit or area of that kind"},
    {{.area = "0102-002", .communes = true}, TURNOUT_NOT_FOUND, "no unit or area of that kind"},
    {{.area = "nobody", .units = true}, TURNOUT_NOT_FOUND, "no unit or area has the code nobody"},
    {{.units = true, .out = "/nowhere/out"}, TURNOUT_SYSTEM, "/nowhere/out cannot be made"},
};

LOOP_TEST(what_cannot_be_made_is_told, COUNT(refused))
{
    char path[PATH_BYTES];
    struct stat status;
    ck_assert_int_eq(make(refused[_i].options), refused[_i].code);
    ck_assert_msg(strstr(error.text, refused[_i].text) != NULL, "no `%s` in: %s", refused[_i].text,
                  error.text);
    (void)snprintf(path, sizeof path, "%s/keys.csv", election);
    ck_assert_int_eq(stat(path, &status), -1);
}

/* The second key stands beside the first, which is not touched. */
TEST(a_lost_key_gets_a_successor)
{
    char again[FOLDER_BYTES];
    (void)snprintf(again, sizeof again, "%s/again", root);
    must_make((struct keys_make_options){.area = "0101", .units = true});
    char *before = read_text(election, "keys.csv");
    must_make((struct keys_make_options){.area = "0101-002", .units = true, .out = again});
    ck_assert_uint_eq(made.units, 1);
    ck_assert_uint_eq(made.further, 1);
    char *after = read_text(election, "keys.csv");
    ck_assert_int_eq(strncmp(after, before, strlen(before)), 0);
    ck_assert_int_eq(strncmp(after + strlen(before), "0101-002.2,0101-002,", strlen("0101-002.2,0101-002,")),
                     0);
    char *key = read_text(again, "0101-002.2.pem");
    free(key);
    free(before);
    free(after);
}

TEST(a_free_number_is_used)
{
    static const char keys[] = "key,area,public_key,from,until,revoked\n"
                               "0101-001.2,0101-001,A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg,,,\n"
                               "0101-001.1,0102-001,A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg,,,\n";
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/keys.csv", election);
    ck_assert_int_eq(file_write(path, keys, sizeof keys - 1, &error), TURNOUT_OK);
    must_make((struct keys_make_options){.area = "0101-001", .units = true});
    ck_assert_int_eq(mode_of("0101-001.3.pem"), 0600);
}

/* What stands in the way of one key keeps all of them out of keys.csv. */
TEST(a_key_that_is_there_is_not_overwritten)
{
    char path[PATH_BYTES];
    ck_assert_int_eq(mkdir(out, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/0102-001.1.pem", out);
    ck_assert_int_eq(file_write(path, "somebody's", 10, &error), TURNOUT_OK);
    ck_assert_int_eq(make((struct keys_make_options){.units = true}), TURNOUT_CONFLICT);
    ck_assert_ptr_nonnull(strstr(error.text, "0102-001.1.pem is there already"));
    char *text = read_text(out, "0102-001.1.pem");
    ck_assert_str_eq(text, "somebody's");
    free(text);
    struct stat status;
    (void)snprintf(path, sizeof path, "%s/keys.csv", election);
    ck_assert_int_eq(stat(path, &status), -1);
}

TEST(a_faulty_table_is_left_alone)
{
    char path[PATH_BYTES];
    struct stat status;
    (void)snprintf(path, sizeof path, "%s/keys.csv", election);
    ck_assert_int_eq(file_write(path, "key,area\n", 9, &error), TURNOUT_OK);
    ck_assert_int_eq(make((struct keys_make_options){.units = true}), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(faults.bytes, "keys.csv:1: "));
    ck_assert_int_eq(stat(out, &status), -1);
}

TEST(a_term_is_written)
{
    must_make((struct keys_make_options){.area = "0101-001",
                                         .units = true,
                                         .from = {.text = "2026-03-15T06:00:00+07:00"},
                                         .until = {.text = "2026-03-16T00:00:00Z"}});
    char *keys = read_text(election, "keys.csv");
    ck_assert_ptr_nonnull(strstr(keys, ",2026-03-15T06:00:00+07:00,2026-03-16T00:00:00Z,\n"));
    char *page = read_text(out, "cards/0101.html");
    ck_assert_ptr_nonnull(strstr(page, "until 2026-03-16T00:00:00Z"));
    free(keys);
    free(page);
}

SUITE("keys_make");
