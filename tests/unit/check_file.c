/* Whole files: read, refused, replaced in one step. */
#include <turnout/base/file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "suite.h"

static char folder[] = "/tmp/turnout-file-XXXXXX";
static char path[sizeof folder + 16];

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/file", folder);
}

static void remove_folder(void)
{
    (void)unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* which fails when anything else was left behind */
}

FIXTURE(make_folder, remove_folder);

TEST(what_was_written_is_read)
{
    struct error error;
    static const char content[] = "a\0b\n";
    ck_assert_int_eq(file_write(path, content, sizeof content - 1, &error), TURNOUT_OK);
    char *bytes;
    size_t length;
    ck_assert_int_eq(file_read(path, sizeof content - 1, &bytes, &length, &error), TURNOUT_OK);
    ck_assert_uint_eq(length, sizeof content - 1);
    ck_assert_mem_eq(bytes, content, sizeof content); /* its NUL included */
    free(bytes);
}

TEST(a_file_is_replaced)
{
    struct error error;
    ck_assert_int_eq(file_write(path, "a longer one", 12, &error), TURNOUT_OK);
    ck_assert_int_eq(file_write(path, "", 0, &error), TURNOUT_OK);
    char *bytes;
    size_t length;
    ck_assert_int_eq(file_read(path, 0, &bytes, &length, &error), TURNOUT_OK);
    ck_assert_uint_eq(length, 0);
    ck_assert_str_eq(bytes, "");
    free(bytes);
}

TEST(what_cannot_be_read_is_refused)
{
    struct error error;
    char *bytes = NULL;
    size_t length = 0;
    ck_assert_int_eq(file_read(path, 10, &bytes, &length, &error), TURNOUT_NOT_FOUND);
    ck_assert_str_eq(error.text, "cannot be opened: No such file or directory");
    ck_assert_int_eq(file_write(path, "12345678901", 11, &error), TURNOUT_OK);
    ck_assert_int_eq(file_read(path, 10, &bytes, &length, &error), TURNOUT_TOO_LARGE);
    ck_assert_int_eq(file_read(folder, 10, &bytes, &length, &error), TURNOUT_BAD_INPUT);
    ck_assert_ptr_null(bytes);

    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(file_read(path, 10, &bytes, &length, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.text, "is not a regular file");
}

TEST(what_cannot_be_written_leaves_nothing_behind)
{
    struct error error;
    char nowhere[sizeof path + 16];
    (void)snprintf(nowhere, sizeof nowhere, "%s/none/file", folder);
    ck_assert_int_eq(file_write(nowhere, "x", 1, &error), TURNOUT_SYSTEM);
    ck_assert_ptr_nonnull(strstr(error.text, "No such file or directory"));

    ck_assert_int_eq(mkdir(path, 0700), 0); /* a folder cannot be replaced by a file */
    ck_assert_int_eq(file_write(path, "x", 1, &error), TURNOUT_SYSTEM);
    ck_assert_int_eq(rmdir(path), 0);
}

SUITE("file");
