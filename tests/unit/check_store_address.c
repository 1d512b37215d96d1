/* Where Redis listens and as whom to log in there, as settings say it. */
#include <turnout/store/store.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "suite.h"

#define LETTERS_50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
    const char *text;
    const char *path;
    const char *host;
    uint16_t port;
    enum turnout_error error;
} cases[] = {
    {"unix:/run/redis.sock", "/run/redis.sock", "", 0, TURNOUT_OK},
    {"unix:relative.sock", "relative.sock", "", 0, TURNOUT_OK},
    {"unix:", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"unix:/" LETTERS_50 LETTERS_50 "12345", "/" LETTERS_50 LETTERS_50 "12345", "", 0, TURNOUT_OK},
    {"unix:/" LETTERS_50 LETTERS_50 "123456", NULL, NULL, 0, TURNOUT_TOO_LARGE},
    {"tcp://localhost:6379", "", "localhost", 6379, TURNOUT_OK},
    {"tcp://[::1]:1", "", "::1", 1, TURNOUT_OK},
    {"tcp://::1:65535", "", "::1", 65535, TURNOUT_OK},
    {"tcp://localhost", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"tcp://localhost:", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"tcp://localhost:0", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"tcp://localhost:65536", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"tcp://localhost:6379/0", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"tcp://:6379", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"tcp://[]:6379", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"redis://localhost:6379", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"localhost:6379", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"UNIX:/x", NULL, NULL, 0, TURNOUT_BAD_INPUT},
    {"", NULL, NULL, 0, TURNOUT_BAD_INPUT},
};

LOOP_TEST(test_parse, COUNT(cases))
{
    struct store_address address;
    struct error error = {0};
    memset(&address, 'x', sizeof address);
    ck_assert_msg(store_address_parse(cases[_i].text, &address, &error) == cases[_i].error, "%s: %s",
                  cases[_i].text, error.text);
    if (cases[_i].error == TURNOUT_OK) {
        ck_assert_str_eq(address.path, cases[_i].path);
        ck_assert_str_eq(address.host, cases[_i].host);
        ck_assert_uint_eq(address.port, cases[_i].port);
        ck_assert_str_eq(address.user, "");
        ck_assert_str_eq(address.password, "");
    } else {
        ck_assert_str_eq(error.field, "redis");
        ck_assert_int_eq(address.path[0], 'x'); /* untouched */
    }
}

static const struct {
    const char *user;
    bool is_good;
} users[] = {
    {"turnoutd", true},
    {"a", true},
    {"turnout-reset@example.org", true},
    {LETTERS_50 "aaaaaaaaaaaaaa", true},
    {LETTERS_50 "aaaaaaaaaaaaaaa", false},
    {"", false},
    {"two words", false},
    {"line\n", false},
    {"caf\xc3\xa9", false},
    {"\x7f", false},
};

LOOP_TEST(test_users, COUNT(users))
{
    struct store_address address = {.user = "before"};
    struct error error;
    enum turnout_error failed = store_address_set_user(&address, users[_i].user, &error);
    ck_assert_int_eq(failed, users[_i].is_good ? TURNOUT_OK : TURNOUT_BAD_INPUT);
    ck_assert_str_eq(address.user, users[_i].is_good ? users[_i].user : "before");
    ck_assert(users[_i].is_good || strcmp(error.field, "redis-user") == 0);
}

#define LETTERS_250 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50 LETTERS_50

static const struct {
    const char *content;
    mode_t mode;
    const char *password; /* NULL: refused */
} files[] = {
    {"secret\n", 0600, "secret"},
    {"secret", 0400, "secret"},
    {"two words \nand more\n", 0600, "two words "},
    {"gr\xc3\xbc\xc3\x9f", 0600, "gr\xc3\xbc\xc3\x9f"},
    {LETTERS_250 "123456\n", 0600, LETTERS_250 "123456"},
    {LETTERS_250 "1234567\n", 0600, NULL},
    {LETTERS_250 LETTERS_250 LETTERS_250 LETTERS_250 LETTERS_50, 0600, NULL},
    {"", 0600, NULL},
    {"\nsecret\n", 0600, NULL},
    {"secret\r\n", 0600, NULL},
    {"sec\tret\n", 0600, NULL},
    {"secret\n", 0640, NULL},
    {"secret\n", 0604, NULL},
    {"secret\n", 0620, NULL},
};

/* A file in a folder of its own, which is made too; its path goes to `ret_path`. */
static int make_file(char folder[], char ret_path[64])
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(ret_path, 64, "%s/password", folder);
    int file = open(ret_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    ck_assert_int_ge(file, 0);
    return file;
}

LOOP_TEST(test_passwords, COUNT(files))
{
    char folder[] = "/tmp/turnout-password-XXXXXX";
    char path[64];
    int file = make_file(folder, path);
    size_t length = strlen(files[_i].content);
    ck_assert_int_eq(write(file, files[_i].content, length), (ssize_t)length);
    ck_assert_int_eq(fchmod(file, files[_i].mode), 0);
    ck_assert_int_eq(close(file), 0);

    struct store_address address = {.password = "before"};
    struct error error = {0};
    enum turnout_error failed = store_address_read_password(&address, path, &error);
    ck_assert_msg((failed == TURNOUT_OK) == (files[_i].password != NULL), "%s", error.text);
    ck_assert_str_eq(address.password, files[_i].password != NULL ? files[_i].password : "before");
    if (failed != TURNOUT_OK) {
        ck_assert_str_eq(error.field, "redis-password-file");
        ck_assert_ptr_nonnull(strstr(error.text, path));
        ck_assert_ptr_null(strstr(error.text, "secret"));
        ck_assert_ptr_null(strstr(error.text, LETTERS_50));
    }
    ck_assert_int_eq(unlink(path) + rmdir(folder), 0);
}

TEST(test_a_password_that_others_could_have_put_there)
{
    char folder[] = "/tmp/turnout-password-XXXXXX";
    char path[64];
    char link[80];
    struct store_address address = {.path = ""};
    struct error error;
    int file = make_file(folder, path);
    ck_assert_int_eq(write(file, "secret\n", 7), 7);
    ck_assert_int_eq(close(file), 0);
    ck_assert_int_eq(store_address_read_password(&address, path, &error), TURNOUT_OK);
    (void)snprintf(link, sizeof link, "%s-link", path);
    ck_assert_int_eq(symlink(path, link), 0);
    ck_assert_int_eq(store_address_read_password(&address, link, &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(chmod(folder, 0770), 0);
    ck_assert_int_eq(store_address_read_password(&address, path, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "redis-password-file");
    ck_assert_int_eq(unlink(link) + unlink(path) + rmdir(folder), 0);
}

TEST(test_no_password_file)
{
    static const char *const paths[] = {"/nowhere/password", "/tmp", "/dev/null", ""};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct store_address address = {.path = ""};
        struct error error;
        ck_assert_int_ne(store_address_read_password(&address, paths[i], &error), TURNOUT_OK);
        ck_assert_str_eq(error.field, "redis-password-file");
    }
}

/* A NUL would end the password early, and another one than was meant would be sent. */
TEST(test_a_password_with_a_nul)
{
    char folder[] = "/tmp/turnout-password-XXXXXX";
    char path[64];
    int file = make_file(folder, path);
    ck_assert_int_eq(write(file, "sec\0ret\n", 8), 8);
    ck_assert_int_eq(close(file), 0);
    struct store_address address = {.path = ""};
    struct error error;
    ck_assert_int_eq(store_address_read_password(&address, path, &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(unlink(path) + rmdir(folder), 0);
}

SUITE("store_address");
