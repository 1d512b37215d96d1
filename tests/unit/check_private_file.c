/* Private files: what others could have read, written or put there is refused, and nothing is written through a
 * link. */
#include <turnout/base/private_file.h>

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/file.h>

#include "suite.h"

enum { PATH_BYTES = 128, SOMEBODY_ELSE = 65534 };

static char root[] = "/tmp/turnout-private-XXXXXX";
static char inside[PATH_BYTES];   /* the folder of the tests */
static char file[2 * PATH_BYTES]; /* `key` in it */
static struct error error;

static void set_up(void)
{
    (void)umask(0);
    ck_assert_ptr_nonnull(mkdtemp(root));
    (void)snprintf(inside, sizeof inside, "%s/folder", root);
    (void)snprintf(file, sizeof file, "%s/key", inside);
    ck_assert_int_eq(mkdir(inside, 0700), 0);
}

static void tear_down(void)
{
    (void)unlink(file);
    (void)rmdir(file);
    (void)rmdir(inside);
    ck_assert_int_eq(rmdir(root), 0); /* which fails when a file was left behind */
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    ck_assert_int_eq(lstat(path, &status), 0);
    return status.st_mode & 07777;
}

static struct private_folder open_folder(void)
{
    struct private_folder folder;
    ck_assert_int_eq(private_folder_open(inside, PRIVATE_FOLDER_FOUND, "data", &folder, &error), TURNOUT_OK);
    return folder;
}

static enum turnout_error write_key(const char *text, enum private_file_other other)
{
    struct private_folder folder = open_folder();
    enum turnout_error failed = private_file_write(&folder, "key", text, strlen(text), other, &error);
    private_folder_close(&folder);
    return failed;
}

static enum turnout_error read_key(void)
{
    struct private_folder folder = open_folder();
    char *bytes = NULL;
    size_t length = 0;
    enum turnout_error failed = private_file_read(&folder, "key", 8, &bytes, &length, &error);
    private_folder_close(&folder);
    if (failed == TURNOUT_OK) {
        ck_assert_uint_eq(length, strlen(bytes));
    }
    free(bytes);
    return failed;
}

static void check_holds(const char *path, const char *expected)
{
    char *bytes;
    size_t length;
    ck_assert_int_eq(file_read(path, 1000, &bytes, &length, &error), TURNOUT_OK);
    ck_assert_str_eq(bytes, expected);
    free(bytes);
}

static void check_refused(enum turnout_error failed, enum turnout_error expected, const char *words)
{
    ck_assert_msg(failed == expected, "%d: %s", (int)failed, error.text);
    ck_assert_str_eq(error.field, "data");
    ck_assert_msg(strstr(error.text, inside) != NULL && strstr(error.text, words) != NULL, "%s", error.text);
}

/* ---- files ---- */

FIXTURE(set_up, tear_down);

TEST(what_is_written_can_be_read_by_its_owner_alone)
{
    ck_assert_int_eq(read_key(), TURNOUT_NOT_FOUND);
    ck_assert_int_eq(write_key("one", PRIVATE_FILE_KEEP), TURNOUT_OK);
    ck_assert_uint_eq(mode_of(file), 0600);
    check_holds(file, "one");
    ck_assert_int_eq(read_key(), TURNOUT_OK);
    ck_assert_int_eq(write_key("two", PRIVATE_FILE_REPLACE), TURNOUT_OK);
    ck_assert_uint_eq(mode_of(file), 0600);
    check_holds(file, "two");
    ck_assert_int_eq(chmod(file, 0400), 0);
    ck_assert_int_eq(read_key(), TURNOUT_OK);
}

TEST(one_that_is_there_is_kept)
{
    ck_assert_int_eq(write_key("one", PRIVATE_FILE_KEEP), TURNOUT_OK);
    check_refused(write_key("two", PRIVATE_FILE_KEEP), TURNOUT_CONFLICT, "/key is there already");
    check_holds(file, "one");
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(symlink("/tmp/turnout-private-elsewhere", file), 0);
    check_refused(write_key("two", PRIVATE_FILE_KEEP), TURNOUT_CONFLICT, "/key is there already");
    ck_assert_int_ne(access("/tmp/turnout-private-elsewhere", F_OK), 0);
}

TEST(a_file_holds_its_bytes_and_no_others)
{
    ck_assert_int_eq(write_key("one", PRIVATE_FILE_KEEP), TURNOUT_OK);
    struct private_folder folder = open_folder();
    ck_assert(private_file_holds(&folder, "key", "one", 3));
    ck_assert(!private_file_holds(&folder, "key", "two", 3));
    ck_assert(!private_file_holds(&folder, "key", "on", 2));
    ck_assert(!private_file_holds(&folder, "key", "ones", 4));
    ck_assert(!private_file_holds(&folder, "other", "", 0));
    private_folder_close(&folder);
}

/* Between looking for it and giving the name. */
TEST(one_that_appears_meanwhile_is_kept)
{
    struct private_folder folder = open_folder();
    struct private_draft draft;
    ck_assert_int_eq(private_draft_open(&folder, &draft, &error), TURNOUT_OK);
    ck_assert(file_write_all(draft.fd, "ours", 4));
    ck_assert_int_ne(access(file, F_OK), 0);
    ck_assert_int_eq(file_write(file, "theirs", 6, &error), TURNOUT_OK);
    ck_assert_int_eq(private_draft_keep(&folder, &draft, "key", PRIVATE_FILE_KEEP, &error), TURNOUT_CONFLICT);
    private_folder_close(&folder);
    check_holds(file, "theirs");
}

TEST(a_draft_has_a_name_that_nobody_can_guess)
{
    struct private_folder folder = open_folder();
    struct private_draft drafts[2];
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(private_draft_open(&folder, &drafts[i], &error), TURNOUT_OK);
        ck_assert_uint_ge(strlen(drafts[i].name), 32);
    }
    ck_assert_str_ne(drafts[0].name, drafts[1].name);
    char path[2 * PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", inside, drafts[0].name);
    ck_assert_uint_eq(mode_of(path), 0600);
    private_draft_drop(&folder, &drafts[0]);
    private_draft_drop(&folder, &drafts[1]);
    private_folder_close(&folder);
}

TEST(nothing_is_written_or_read_through_a_link)
{
    char elsewhere[PATH_BYTES];
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", root);
    ck_assert_int_eq(file_write(elsewhere, "theirs", 6, &error), TURNOUT_OK);
    ck_assert_int_eq(chmod(elsewhere, 0600), 0);
    ck_assert_int_eq(symlink(elsewhere, file), 0);
    check_refused(read_key(), TURNOUT_BAD_INPUT, "/key is not a regular file");
    struct private_folder folder = open_folder();
    int fd;
    check_refused(private_file_open(&folder, "key", O_RDWR | O_CREAT, &fd, &error), TURNOUT_BAD_INPUT,
                  "/key is not a regular file");
    private_folder_close(&folder);
    ck_assert_int_eq(write_key("ours", PRIVATE_FILE_REPLACE), TURNOUT_OK); /* takes the link's place */
    check_holds(elsewhere, "theirs");
    check_holds(file, "ours");
    ck_assert_uint_eq(mode_of(file), 0600);
    ck_assert_int_eq(unlink(elsewhere), 0);
}

static void make_fifo(void)
{
    ck_assert_int_eq(mkfifo(file, 0600), 0);
}

static void make_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ck_assert_uint_lt(strlen(file), sizeof address.sun_path);
    memcpy(address.sun_path, file, strlen(file));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(close(fd), 0);
}

static void make_folder(void)
{
    ck_assert_int_eq(mkdir(file, 0700), 0);
}

static void (*const no_files[])(void) = {make_fifo, make_socket, make_folder};

LOOP_TEST(what_is_no_file_is_refused, COUNT(no_files))
{
    static const int flags[] = {O_RDONLY, O_WRONLY | O_CREAT | O_APPEND, O_RDWR | O_CREAT | O_APPEND};
    no_files[_i]();
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        struct private_folder folder = open_folder();
        int fd;
        check_refused(private_file_open(&folder, "key", flags[i], &fd, &error), TURNOUT_BAD_INPUT,
                      "/key is not a regular file");
        private_folder_close(&folder);
    }
}

static const mode_t open_modes[] = {0640, 0620, 0610, 0604, 0602, 0601, 0666};

LOOP_TEST(a_file_that_others_may_use_is_refused, COUNT(open_modes))
{
    ck_assert_int_eq(write_key("one", PRIVATE_FILE_KEEP), TURNOUT_OK);
    ck_assert_int_eq(chmod(file, open_modes[_i]), 0);
    check_refused(read_key(), TURNOUT_BAD_INPUT, "chmod 600");
}

TEST(a_file_that_is_too_large_is_refused)
{
    ck_assert_int_eq(write_key("12345678", PRIVATE_FILE_KEEP), TURNOUT_OK);
    ck_assert_int_eq(read_key(), TURNOUT_OK);
    ck_assert_int_eq(write_key("123456789", PRIVATE_FILE_REPLACE), TURNOUT_OK);
    check_refused(read_key(), TURNOUT_TOO_LARGE, "/key has 9 bytes, more than 8");
}

/* Only root can give a file away; without it these cases are passed over. */
static bool can_give_away(void)
{
    return geteuid() == 0;
}

TEST(a_file_of_somebody_else_is_refused)
{
    if (!can_give_away()) {
        return;
    }
    ck_assert_int_eq(write_key("one", PRIVATE_FILE_KEEP), TURNOUT_OK);
    ck_assert_int_eq(chown(file, SOMEBODY_ELSE, SOMEBODY_ELSE), 0);
    check_refused(read_key(), TURNOUT_BAD_INPUT, "/key belongs to another user (uid 65534)");
    struct private_folder folder = open_folder();
    int fd;
    check_refused(private_file_open(&folder, "key", O_RDWR | O_CREAT | O_APPEND, &fd, &error),
                  TURNOUT_BAD_INPUT, "/key belongs to another user");
    private_folder_close(&folder);
}

/* ---- folders ---- */

static enum turnout_error look_at(enum private_folder_kind kind)
{
    struct private_folder folder;
    enum turnout_error failed = private_folder_open(inside, kind, "data", &folder, &error);
    if (failed == TURNOUT_OK) {
        private_folder_close(&folder);
    }
    return failed;
}

static const struct {
    mode_t mode;
    bool is_refused;      /* because others may write there */
    bool is_refused_shut; /* because others may enter */
} folders[] = {
    {0700, false, false}, {0500, false, false}, {0755, false, true}, {0711, false, true},  {0770, true, true},
    {0720, true, true},   {0702, true, true},   {0777, true, true},  {01777, false, true}, /* like /tmp */
};

LOOP_TEST(a_folder_that_others_may_write_is_refused, COUNT(folders))
{
    ck_assert_int_eq(chmod(inside, folders[_i].mode), 0);
    for (size_t kind = PRIVATE_FOLDER_FOUND; kind <= PRIVATE_FOLDER_MADE; kind++) {
        enum turnout_error failed = look_at((enum private_folder_kind)kind);
        if (folders[_i].is_refused) {
            check_refused(failed, TURNOUT_BAD_INPUT, "chmod go-w");
        } else {
            ck_assert_int_eq(failed, TURNOUT_OK);
        }
    }
    enum turnout_error failed = look_at(PRIVATE_FOLDER_SHUT);
    if (folders[_i].is_refused_shut) {
        check_refused(failed, TURNOUT_BAD_INPUT, "chmod 700");
    } else {
        ck_assert_int_eq(failed, TURNOUT_OK);
    }
    ck_assert_int_eq(chmod(inside, 0700), 0);
}

TEST(a_folder_is_made_for_its_owner_alone)
{
    ck_assert_int_eq(rmdir(inside), 0);
    check_refused(look_at(PRIVATE_FOLDER_FOUND), TURNOUT_NOT_FOUND, "cannot be opened");
    ck_assert_int_eq(look_at(PRIVATE_FOLDER_MADE), TURNOUT_OK);
    ck_assert_uint_eq(mode_of(inside), 0700);
    ck_assert_int_eq(rmdir(inside), 0);
    ck_assert_int_eq(look_at(PRIVATE_FOLDER_SHUT), TURNOUT_OK);
    ck_assert_uint_eq(mode_of(inside), 0700);
}

TEST(what_is_no_folder_is_refused)
{
    struct private_folder folder;
    ck_assert_int_eq(rmdir(inside), 0);
    ck_assert_int_eq(file_write(inside, "", 0, &error), TURNOUT_OK);
    check_refused(look_at(PRIVATE_FOLDER_FOUND), TURNOUT_BAD_INPUT, "Not a directory");
    check_refused(look_at(PRIVATE_FOLDER_MADE), TURNOUT_BAD_INPUT, "Not a directory");
    ck_assert_int_eq(unlink(inside), 0);
    ck_assert_int_eq(private_folder_open("/nowhere/at/all", PRIVATE_FOLDER_MADE, "data", &folder, &error),
                     TURNOUT_SYSTEM);
}

TEST(a_folder_of_somebody_else_is_refused)
{
    if (!can_give_away()) {
        return;
    }
    ck_assert_int_eq(chown(inside, SOMEBODY_ELSE, SOMEBODY_ELSE), 0);
    check_refused(look_at(PRIVATE_FOLDER_FOUND), TURNOUT_BAD_INPUT, "belongs to another user (uid 65534)");
    check_refused(look_at(PRIVATE_FOLDER_MADE), TURNOUT_BAD_INPUT, "belongs to another user (uid 65534)");
    check_refused(look_at(PRIVATE_FOLDER_SHUT), TURNOUT_BAD_INPUT, "belongs to another user (uid 65534)");
}

/* The files stay those of the folder that was looked at. */
TEST(another_folder_in_its_place_is_not_used)
{
    char moved[PATH_BYTES];
    char moved_file[2 * PATH_BYTES];
    (void)snprintf(moved, sizeof moved, "%s/moved", root);
    (void)snprintf(moved_file, sizeof moved_file, "%s/key", moved);
    struct private_folder folder = open_folder();
    ck_assert_int_eq(rename(inside, moved), 0);
    ck_assert_int_eq(mkdir(inside, 0777), 0);
    ck_assert_int_eq(private_file_write(&folder, "key", "ours", 4, PRIVATE_FILE_KEEP, &error), TURNOUT_OK);
    private_folder_close(&folder);
    check_holds(moved_file, "ours");
    ck_assert_int_eq(unlink(moved_file) + rmdir(moved), 0);
}

TEST(a_path_is_split)
{
    static const struct {
        const char *path, *folder, *name;
    } paths[] = {
        {"key", ".", "key"},   {"/key", "/", "key"}, {"a/key", "a", "key"}, {"/a/b/key", "/a/b", "key"},
        {"./key", ".", "key"}, {"", NULL, NULL},     {"/", NULL, NULL},     {"a/b/", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char folder[PATH_MAX];
        const char *name;
        enum turnout_error failed = private_path_split(paths[i].path, "data", folder, &name, &error);
        if (paths[i].folder == NULL) {
            ck_assert_int_eq(failed, TURNOUT_BAD_INPUT);
        } else {
            ck_assert_int_eq(failed, TURNOUT_OK);
            ck_assert_str_eq(folder, paths[i].folder);
            ck_assert_str_eq(name, paths[i].name);
        }
    }
    char much[PATH_MAX + 16];
    memset(much, 'a', sizeof much);
    memcpy(much + PATH_MAX, "/key", sizeof "/key");
    char folder[PATH_MAX];
    const char *name;
    ck_assert_int_eq(private_path_split(much, "data", folder, &name, &error), TURNOUT_TOO_LARGE);
}

SUITE("private_file");
