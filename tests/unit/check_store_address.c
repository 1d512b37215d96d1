/* Where Redis listens, as a setting says it. */
#include <turnout/store/store.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>

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

START_TEST(test_parse)
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
    } else {
        ck_assert_str_eq(error.field, "redis");
        ck_assert_int_eq(address.path[0], 'x'); /* untouched */
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_address");
    TCase *tests = tcase_create("store_address");
    tcase_add_loop_test(tests, test_parse, 0, (int)(sizeof cases / sizeof cases[0]));
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
