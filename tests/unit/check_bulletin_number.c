/* The number that outlives Redis. */
#include <turnout/store/bulletin_number.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/private_file.h>

#include "suite.h"

static char folder[] = "/tmp/turnout-number-XXXXXX";
static struct error error;

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char path[sizeof folder + sizeof BULLETIN_NUMBER_FILE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, BULLETIN_NUMBER_FILE);
    (void)unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static int64_t number(void)
{
    int64_t read;
    ck_assert_int_eq(bulletin_number_read(folder, &read, &error), TURNOUT_OK);
    return read;
}

static void put(const char *text, size_t length)
{
    struct private_folder opened;
    ck_assert_int_eq(private_folder_open(folder, PRIVATE_FOLDER_FOUND, "data", &opened, &error), TURNOUT_OK);
    ck_assert_int_eq(
        private_file_write(&opened, BULLETIN_NUMBER_FILE, text, length, PRIVATE_FILE_REPLACE, &error),
        TURNOUT_OK);
    private_folder_close(&opened);
}

FIXTURE(make_folder, remove_folder);

TEST(it_is_only_raised)
{
    ck_assert_int_eq(number(), 0);
    ck_assert_int_eq(bulletin_number_raise(folder, 7, &error), TURNOUT_OK);
    ck_assert_int_eq(bulletin_number_raise(folder, 6, &error), TURNOUT_OK);
    ck_assert_int_eq(number(), 7);
}

TEST(it_leaps_to_the_next_thousand)
{
    static const int64_t leaps[] = {1000, 2000, 3000};
    for (int i = 0; i < COUNT(leaps); i++) {
        ck_assert_int_eq(bulletin_number_leap(folder, &error), TURNOUT_OK);
        ck_assert_int_eq(number(), leaps[i]);
    }
    ck_assert_int_eq(bulletin_number_raise(folder, 3012, &error), TURNOUT_OK);
    ck_assert_int_eq(bulletin_number_leap(folder, &error), TURNOUT_OK);
    ck_assert_int_eq(number(), 4000);
}

static const char *const damaged[] = {"", "\n", "x\n", "-1\n", "1\n2\n", "99999999999\n"};

LOOP_TEST(what_is_no_number_is_refused, COUNT(damaged))
{
    int64_t read;
    put(damaged[_i], strlen(damaged[_i]));
    ck_assert_int_eq(bulletin_number_read(folder, &read, &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(bulletin_number_raise(folder, 9, &error), TURNOUT_BAD_INPUT);
}

SUITE("bulletin_number");
