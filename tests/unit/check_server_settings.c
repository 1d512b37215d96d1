/* The settings: precedence, bounds, and that every fault is told with its place. */
#include "../../src/app/server_settings.h"

#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"

enum { ARGUMENTS_MAX = 16 };

struct outcome {
    enum turnout_error failed;
    struct server_settings settings; /* when not failed */
    struct error error;
};

/* `arguments` and `environment` end with NULL. */
static struct outcome read_options(const char *const *arguments, const char *const *environment)
{
    static char *const nothing[] = {NULL};
    char *argv[ARGUMENTS_MAX] = {NULL};
    char *variables[ARGUMENTS_MAX] = {NULL};
    int argc = 0;
    argv[argc++] = strdup("turnoutd");
    for (; *arguments != NULL; arguments++) {
        argv[argc++] = strdup(*arguments);
    }
    for (int i = 0; environment != NULL && environment[i] != NULL; i++) {
        variables[i] = strdup(environment[i]);
    }
    struct outcome outcome = {0};
    outcome.failed =
        server_settings_read(argc, argv, environment == NULL ? (char **)(size_t)nothing : variables,
                             &outcome.settings, &outcome.error);
    for (int i = 0; i < ARGUMENTS_MAX; i++) {
        free(argv[i]);
        free(variables[i]);
    }
    return outcome;
}

static struct outcome read_flags(const char *const *arguments)
{
    return read_options(arguments, NULL);
}

/* A settings file of the given text; the caller frees the name after removing the file. */
static char *write_file(const char *text)
{
    char *path = strdup("/tmp/turnout-options-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(close(fd), 0);
    return path;
}

TEST(defaults_are_those_of_the_contract)
{
    struct outcome outcome = read_flags((const char *const[]){"--election", "e", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_OK);
    const struct server_settings *settings = &outcome.settings;
    ck_assert_str_eq(settings->election, "e");
    ck_assert_str_eq(settings->data, "./turnout-data");
    ck_assert(settings->redis_is_managed);
    ck_assert_str_eq(settings->public_http.host, "127.0.0.1");
    ck_assert_uint_eq(settings->public_http.port, 8080);
    ck_assert_uint_eq(settings->intake_http.port, 8081);
    ck_assert_uint_eq(settings->intake_stream.port, 7070);
    ck_assert_uint_eq(settings->operate.port, 9090);
    ck_assert_uint_ge(settings->workers, 1);
    ck_assert(!settings->intake_is_open);
    ck_assert(!settings->durability_is_relaxed);
    ck_assert_int_eq(settings->publish_ms, 500);
    ck_assert_uint_eq(settings->connections_per_address, 1024);
    ck_assert_uint_eq(settings->refusals_per_minute, 6000);
    ck_assert_uint_eq(settings->reports_per_minute, 1200);
    ck_assert_uint_eq(settings->proxies.count, 0);
    ck_assert_uint_eq(settings->hosts.count, 0);
    server_settings_done(&outcome.settings);
}

TEST(a_flag_beats_a_variable_beats_the_file)
{
    char *path = write_file("publish-ms = 100\nworkers = 3\nintake = open\n");
    struct outcome outcome =
        read_options((const char *const[]){"--config", path, "--election=e", "--publish-ms", "300", NULL},
                     (const char *const[]){"TURNOUT_PUBLISH_MS=200", "TURNOUT_WORKERS=4", "OTHER=1", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_OK);
    const struct server_settings *settings = &outcome.settings;
    ck_assert_int_eq(settings->publish_ms, 300);
    ck_assert_uint_eq(settings->workers, 4);
    ck_assert(settings->intake_is_open);
    server_settings_done(&outcome.settings);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

TEST(empty_turns_a_listener_off)
{
    struct outcome outcome = read_flags((const char *const[]){"--election", "e", "--public", "", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_OK);
    ck_assert(outcome.settings.public_http.is_off);
    server_settings_done(&outcome.settings);
}

TEST(redis_elsewhere)
{
    struct outcome outcome =
        read_flags((const char *const[]){"--election", "e", "--redis", "tcp://127.0.0.1:6380", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_OK);
    ck_assert(!outcome.settings.redis_is_managed);
    ck_assert_str_eq(outcome.settings.redis.host, "127.0.0.1");
    ck_assert_uint_eq(outcome.settings.redis.port, 6380);
    server_settings_done(&outcome.settings);

    outcome = read_flags((const char *const[]){"--election", "e", "--redis", "unix:/run/redis.sock", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_OK);
    ck_assert_str_eq(outcome.settings.redis.path, "/run/redis.sock");
    server_settings_done(&outcome.settings);
}

/* Each bound itself is good; one beyond it is among the bad flags below. */
TEST(limits_up_to_their_bounds)
{
    static const struct {
        const char *flag;
        const char *least, *most;
        uint32_t is_least, is_most;
        size_t offset;
    } cases[] = {
        {"--connections-per-address", "1", "65535", 1, 65535,
         offsetof(struct server_settings, connections_per_address)},
        {"--refusals-per-minute", "1", "1000000", 1, 1000000,
         offsetof(struct server_settings, refusals_per_minute)},
        {"--reports-per-minute", "1", "1000000", 1, 1000000,
         offsetof(struct server_settings, reports_per_minute)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int most = 0; most <= 1; most++) {
            uint32_t limit;
            struct outcome outcome = read_flags((const char *const[]){
                "--election", "e", cases[i].flag, most ? cases[i].most : cases[i].least, NULL});
            ck_assert_msg(outcome.failed == TURNOUT_OK, "%s", outcome.error.text);
            memcpy(&limit, (const char *)&outcome.settings + cases[i].offset, sizeof limit);
            ck_assert_uint_eq(limit, most ? cases[i].is_most : cases[i].is_least);
            server_settings_done(&outcome.settings);
        }
    }
}

TEST(proxies_may_be_none_or_many)
{
    static const struct {
        const char *text;
        uint32_t count;
    } cases[] = {
        {"", 0},
        {"10.0.0.1", 1},
        {"::1 10.0.0.1", 2},
        {"1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 "
         "::1 ::2 ::3 ::4 ::5 ::6 ::7 ::8",
         16},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome outcome =
            read_flags((const char *const[]){"--election", "e", "--proxies", cases[i].text, NULL});
        ck_assert_msg(outcome.failed == TURNOUT_OK, "%s", outcome.error.text);
        ck_assert_uint_eq(outcome.settings.proxies.count, cases[i].count);
        server_settings_done(&outcome.settings);
    }
}

TEST(hosts_are_names)
{
    struct outcome outcome =
        read_flags((const char *const[]){"--election", "e", "--hosts", "turnout.example 10.0.0.1", NULL});
    ck_assert_msg(outcome.failed == TURNOUT_OK, "%s", outcome.error.text);
    ck_assert_uint_eq(outcome.settings.hosts.count, 2);
    ck_assert_str_eq(outcome.settings.hosts.names[0], "turnout.example");
    server_settings_done(&outcome.settings);
}

/* A settings file stands for the password file here: mkstemp makes it for its owner alone. */
TEST(logging_in_to_a_redis_elsewhere)
{
    char *path = write_file("secret\n");
    struct outcome outcome =
        read_flags((const char *const[]){"--election", "e", "--redis-password-file", path, "--redis-user",
                                         "turnoutd", "--redis", "unix:/run/redis.sock", NULL});
    ck_assert_msg(outcome.failed == TURNOUT_OK, "%s", outcome.error.text);
    const struct store_address *redis = &outcome.settings.redis;
    ck_assert_str_eq(redis->path, "/run/redis.sock");
    ck_assert_str_eq(redis->user, "turnoutd");
    ck_assert_str_eq(redis->password, "secret");

    char printed[8192] = "";
    FILE *file = fmemopen(printed, sizeof printed, "w");
    ck_assert_ptr_nonnull(file);
    server_settings_print(&outcome.settings, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_ptr_nonnull(strstr(printed, "redis-user = turnoutd"));
    ck_assert_ptr_null(strstr(printed, "secret"));
    server_settings_done(&outcome.settings);

    ck_assert_int_eq(chmod(path, 0640), 0);
    outcome = read_flags((const char *const[]){"--election", "e", "--redis", "unix:/run/redis.sock",
                                               "--redis-password-file", path, NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_BAD_INPUT);
    ck_assert_str_eq(outcome.error.field, "redis-password-file");
    ck_assert_msg(strncmp(outcome.error.text, "--redis-password-file /", 23) == 0 &&
                      strstr(outcome.error.text, "chmod 600") != NULL,
                  "%s", outcome.error.text);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

TEST(tasks)
{
    static const struct {
        const char *flag;
        enum server_task task;
    } cases[] = {{"--help", TASK_HELP},
                 {"--version", TASK_VERSION},
                 {"--print-config", TASK_PRINT_CONFIG},
                 {"--check-config", TASK_CHECK_CONFIG}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome outcome = read_flags((const char *const[]){"--election", "e", cases[i].flag, NULL});
        ck_assert_int_eq(outcome.failed, TURNOUT_OK);
        ck_assert_int_eq(server_settings_task(&outcome.settings), cases[i].task);
        server_settings_done(&outcome.settings);
    }
}

/* Help needs no election. */
TEST(help_stands_alone)
{
    struct outcome outcome = read_flags((const char *const[]){"--help", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_OK);
    server_settings_done(&outcome.settings);
}

struct bad_flag {
    const char *flag, *value;
    const char *field, *text; /* the error's field, and a part of its text */
};

static const struct bad_flag bad_flags[] = {
    {"--workers", "0", "workers", "--workers 0: must be a whole number from 1 to 64"},
    {"--workers", "65", "workers", "from 1 to 64"},
    {"--workers", "two", "workers", "--workers two: must be"},
    {"--workers", "2x", "workers", "--workers 2x: must be"},
    {"--publish-ms", "49", "publish-ms", "from 50 to 60000"},
    {"--publish-ms", "60001", "publish-ms", "from 50 to 60000"},
    {"--publish-ms", "", "publish-ms", "--publish-ms \"\": must be"},
    {"--publish-ms", "99999999999999999999", "publish-ms", "from 50 to 60000"},
    {"--connections-per-address", "0", "connections-per-address", "from 1 to 65535"},
    {"--connections-per-address", "65536", "connections-per-address", "from 1 to 65535"},
    {"--refusals-per-minute", "0", "refusals-per-minute", "from 1 to 1000000"},
    {"--refusals-per-minute", "1000001", "refusals-per-minute", "from 1 to 1000000"},
    {"--reports-per-minute", "0", "reports-per-minute", "from 1 to 1000000"},
    {"--reports-per-minute", "1000001", "reports-per-minute", "from 1 to 1000000"},
    {"--reports-per-minute", "", "reports-per-minute", "--reports-per-minute \"\": must be"},
    {"--proxies", "10.0.0.1,10.0.0.2", "proxies", "--proxies 10.0.0.1,10.0.0.2: '10.0.0.1,10.0.0.2'"},
    {"--hosts", "a,b", "hosts", "--hosts a,b: 'a,b'"},
    {"--hosts", "a:80", "hosts", "'a:80'"},
    {"--hosts", "a a a a a a a a a a a a a a a a a", "hosts", "16"},
    {"--proxies", "localhost", "proxies", "'localhost'"},
    {"--proxies", "::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1 ::1", "proxies", "16"},
    {"--redis-user", "turnoutd", "redis-user",
     "--redis-user turnoutd: turnoutd logs in to the Redis it manages by itself"},
    {"--redis-password-file", "/x", "redis-password-file", "--redis-password-file /x: turnoutd logs in"},
    {"--intake", "closed", "intake", "--intake closed: must be signed or open"},
    {"--durability", "none", "durability", "--durability none: must be strict or relaxed"},
    {"--durability", "strct", "durability", "must be strict or relaxed; did you mean strict?"},
    {"--public", "8080", "public", "--public 8080: must be ADDRESS:PORT"},
    {"--public", "127.0.0.1:65536", "public", "0 to 65535"},
    {"--public", "localhost:80", "public", "IPv4"},
    {"--public", "::1:80", "public", "IPv4"},
    {"--redis", "cluster://127.0.0.1:1", "redis", "not built yet"},
    {"--redis", "127.0.0.1:6379", "redis", "--redis"},
    {"--data", "", "data", "--data \"\": must not be empty"},
    {"--data", "a\nb", "data", "--data a?b: must be UTF-8 on one line"},
    {"--data", "\xff", "data", "must be UTF-8"},
    {"--check-config=yes", NULL, "check-config", "--check-config takes no value"},
    {"-w", "2", "-w", "unrecognized option '-w'"},
    {"--wokers", "2", "wokers", "unrecognized option '--wokers'; did you mean --workers?"},
};

LOOP_TEST(bad_flags_are_told_with_their_place, COUNT(bad_flags))
{
    const struct bad_flag *bad = &bad_flags[_i];
    struct outcome outcome =
        read_flags((const char *const[]){"--election", "e", bad->flag, bad->value, NULL});
    ck_assert_int_ne(outcome.failed, TURNOUT_OK);
    ck_assert_str_eq(outcome.error.field, bad->field);
    ck_assert_msg(strstr(outcome.error.text, bad->text) != NULL, "%s", outcome.error.text);
}

TEST(a_value_must_follow)
{
    struct outcome outcome = read_flags((const char *const[]){"--election", "e", "--workers", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_BAD_INPUT);
    ck_assert_str_eq(outcome.error.text, "--workers: a value is missing");
    outcome = read_flags((const char *const[]){"--election", "e", "stray", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_BAD_INPUT);
    ck_assert_msg(strstr(outcome.error.text, "'stray' is not a flag") != NULL, "%s", outcome.error.text);
}

TEST(the_election_is_required)
{
    struct outcome outcome = read_flags((const char *const[]){NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_BAD_INPUT);
    ck_assert_str_eq(outcome.error.field, "election");
}

static const struct {
    const char *variable, *text;
} bad_variables[] = {
    {"TURNOUT_WORKER=2", "TURNOUT_WORKER: no setting has this name; did you mean TURNOUT_WORKERS?"},
    {"TURNOUT_WORKERS=many", "TURNOUT_WORKERS=many: must be a whole number"},
    {"TURNOUT_=1", "TURNOUT_: no setting has this name"},
    {"TURNOUT_workers=1", "TURNOUT_workers: no setting has this name"},
    {"TURNOUT_PUBLISH-MS=100",
     "TURNOUT_PUBLISH-MS: no setting has this name; did you mean TURNOUT_PUBLISH_MS?"},
    {"TURNOUT_HELP=1", "TURNOUT_HELP: no setting has this name"},
};

LOOP_TEST(bad_variables_are_told_with_their_name, COUNT(bad_variables))
{
    struct outcome outcome = read_options((const char *const[]){"--election", "e", NULL},
                                          (const char *const[]){bad_variables[_i].variable, NULL});
    ck_assert_int_ne(outcome.failed, TURNOUT_OK);
    ck_assert_msg(strstr(outcome.error.text, bad_variables[_i].text) != NULL, "%s", outcome.error.text);
}

static const struct {
    const char *text;
    int line;
    const char *what;
} bad_files[] = {
    {"; fine\nworkers = 2\nwokers = 2\n", 3, "there is no key \"wokers\"; did you mean workers?"},
    {"workers = 2\n\n[more]\nworkers = 3\n", 3, "without a section"},
    {"workers = 2\nnonsense\n", 2, "neither a [section] nor a `key = value`"},
    {"workers = many\n", 1, "workers = many: must be a whole number from 1 to 64"},
    {"data = a\n\ndata = b\n", 3, "data: stands in line 1 already"},
    {"config = b.ini\n", 1, "there is no key \"config\""},
    {"check-config = yes\n", 1, "there is no key \"check-config\""},
};

LOOP_TEST(bad_files_are_told_with_their_line, COUNT(bad_files))
{
    char *path = write_file(bad_files[_i].text);
    struct outcome outcome = read_flags((const char *const[]){"--election", "e", "--config", path, NULL});
    ck_assert_int_ne(outcome.failed, TURNOUT_OK);
    char place[128];
    (void)snprintf(place, sizeof place, "%s:%d: ", path, bad_files[_i].line);
    ck_assert_msg(strncmp(outcome.error.text, place, strlen(place)) == 0, "%s", outcome.error.text);
    ck_assert_msg(strstr(outcome.error.text, bad_files[_i].what) != NULL, "%s", outcome.error.text);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

TEST(a_line_may_be_indented)
{
    char *path = write_file("election = e\n  workers = 2\n\tintake = open\n");
    struct outcome outcome = read_flags((const char *const[]){"--config", path, NULL});
    ck_assert_msg(outcome.failed == TURNOUT_OK, "%s", outcome.error.text);
    const struct server_settings *settings = &outcome.settings;
    ck_assert_str_eq(settings->election, "e");
    ck_assert_uint_eq(settings->workers, 2);
    ck_assert(settings->intake_is_open);
    server_settings_done(&outcome.settings);
    ck_assert_int_eq(remove(path), 0);
    free(path);
}

TEST(a_missing_file_is_told)
{
    struct outcome outcome =
        read_flags((const char *const[]){"--election", "e", "--config", "/nowhere/turnoutd.ini", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_NOT_FOUND);
    ck_assert_msg(strstr(outcome.error.text, "/nowhere/turnoutd.ini") != NULL, "%s", outcome.error.text);
}

/* What --print-config prints can be read back as a settings file, and is then the same but for where it came from. */
TEST(printed_settings_read_back)
{
    struct outcome first =
        read_flags((const char *const[]){"--election", " e ; \"x\" ", "--workers", "7", "--data", "\"d",
                                         "--public", "", "--print-config", NULL});
    ck_assert_int_eq(first.failed, TURNOUT_OK);
    char *path = write_file("");
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    server_settings_print(&first.settings, file);
    ck_assert_int_eq(fclose(file), 0);

    struct outcome second = read_flags((const char *const[]){"--config", path, NULL});
    ck_assert_msg(second.failed == TURNOUT_OK, "%s", second.error.text);
    ck_assert_uint_eq(second.settings.workers, 7);
    ck_assert_str_eq(second.settings.election, " e ; \"x\" ");
    ck_assert_str_eq(second.settings.data, "\"d");
    ck_assert(second.settings.public_http.is_off);
    ck_assert_uint_eq(second.settings.operate.port, 9090);
    server_settings_done(&first.settings);
    server_settings_done(&second.settings);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

/* Without an election it can be printed, and what is printed read; but nothing can be started. */
TEST(what_is_missing_is_printed_as_missing)
{
    char printed[8192] = "";
    struct outcome outcome = read_flags((const char *const[]){"--print-config", NULL});
    ck_assert_int_eq(outcome.failed, TURNOUT_OK);
    FILE *file = fmemopen(printed, sizeof printed, "w");
    ck_assert_ptr_nonnull(file);
    server_settings_print(&outcome.settings, file);
    ck_assert_int_eq(fclose(file), 0);
    server_settings_done(&outcome.settings);
    ck_assert_ptr_nonnull(strstr(printed, "; required\n; election =\n"));
    char *path = write_file(printed);
    outcome = read_flags((const char *const[]){"--config", path, "--election", "e", NULL});
    ck_assert_msg(outcome.failed == TURNOUT_OK, "%s", outcome.error.text);
    server_settings_done(&outcome.settings);
    ck_assert_int_eq(unlink(path), 0);
    free(path);
}

SUITE("server_settings");
