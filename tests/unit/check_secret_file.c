/* Files and folders for secrets: who may read them, and that nothing is ever overwritten. */
#include "keys/secret_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/file.h>

#include "suite.h"

static char folder[] = "/tmp/turnout-secret-XXXXXX";
static char inside[64];
static char file[96];

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(inside, sizeof inside, "%s/out", folder);
    (void)snprintf(file, sizeof file, "%s/key", inside);
    (void)umask(0);
}

static void tear_down(void)
{
    (void)unlink(file);
    (void)rmdir(inside);
    (void)rmdir(folder);
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    return status.st_mode & 07777;
}

FIXTURE(set_up, tear_down);

TEST(folder_and_file_are_for_their_owner_alone)
{
    int folder_fd = -1;
    int fd = -1;
    char *bytes = NULL;
    size_t length = 0;
    struct error error;
    ck_assert_int_eq(secret_folder_open(inside, &folder_fd, &error), TURNOUT_OK);
    ck_assert_int_eq(mode_of(inside), 0700);
    ck_assert_int_eq(secret_file_new(folder_fd, "key", &fd, &error), TURNOUT_OK);
    ck_assert_int_eq(mode_of(file), 0600);
    ck_assert_int_eq(secret_file_append(fd, "abc", 3, &error), TURNOUT_OK);
    ck_assert_int_eq(secret_file_append(fd, "de", 2, &error), TURNOUT_OK);
    ck_assert_int_eq(close(fd), 0);
    ck_assert_int_eq(secret_folder_sync(folder_fd, &error), TURNOUT_OK);
    ck_assert_int_eq(close(folder_fd), 0);
    ck_assert_int_eq(file_read(file, 100, &bytes, &length, &error), TURNOUT_OK);
    ck_assert_str_eq(bytes, "abcde");
    free(bytes);
}

TEST(nothing_is_overwritten)
{
    int folder_fd = -1;
    int fd = -1;
    struct error error;
    ck_assert_int_eq(secret_folder_open(inside, &folder_fd, &error), TURNOUT_OK);
    ck_assert_int_eq(secret_file_new(folder_fd, "key", &fd, &error), TURNOUT_OK);
    ck_assert_int_eq(close(fd), 0);
    ck_assert_int_eq(secret_file_new(folder_fd, "key", &fd, &error), TURNOUT_CONFLICT);
    ck_assert_ptr_nonnull(strstr(error.text, "key is there already"));
    ck_assert_int_eq(unlink(file), 0);
    /* A link that leads nowhere yet is something that is there, too. */
    ck_assert_int_eq(symlink("/tmp/turnout-secret-elsewhere", file), 0);
    ck_assert_int_eq(secret_file_new(folder_fd, "key", &fd, &error), TURNOUT_CONFLICT);
    ck_assert_int_eq(access("/tmp/turnout-secret-elsewhere", F_OK), -1);
    ck_assert_int_eq(close(folder_fd), 0);
}

static const mode_t open_modes[] = {0701, 0710, 0750, 0704, 0755, 0777};

LOOP_TEST(a_folder_that_others_may_enter_is_refused, COUNT(open_modes))
{
    int folder_fd = -1;
    struct error error;
    ck_assert_int_eq(mkdir(inside, 0700), 0);
    ck_assert_int_eq(secret_folder_open(inside, &folder_fd, &error), TURNOUT_OK);
    ck_assert_int_eq(close(folder_fd), 0);
    ck_assert_int_eq(chmod(inside, open_modes[_i]), 0);
    ck_assert_int_eq(secret_folder_open(inside, &folder_fd, &error), TURNOUT_CONFLICT);
    ck_assert_ptr_nonnull(strstr(error.text, "chmod 700"));
}

TEST(what_cannot_be_made_is_told)
{
    int fd = -1;
    struct error error;
    ck_assert_int_eq(secret_folder_open("/nowhere/at/all", &fd, &error), TURNOUT_SYSTEM);
    ck_assert_int_eq(file_write(inside, "", 0, &error), TURNOUT_OK);
    ck_assert_int_eq(secret_folder_open(inside, &fd, &error), TURNOUT_SYSTEM);
    ck_assert_int_eq(unlink(inside), 0);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    ck_assert_int_ge(full, 0);
    ck_assert_int_eq(secret_file_append(full, "abc", 3, &error), TURNOUT_SYSTEM);
    ck_assert_int_eq(close(full), 0);
    ck_assert_int_eq(fd, -1);
}

SUITE("secret_file");
