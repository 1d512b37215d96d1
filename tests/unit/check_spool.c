/* The spool on a real disk: what comes back after every way of leaving it. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <turnout/wire/report_json.h>

#include "report/spool.h"
#include "suite.h"

static char folder[] = "/tmp/turnout-spool-XXXXXX";
static char path[sizeof folder + 32];

static void set_up(void)
{
    (void)strcpy(folder + sizeof folder - sizeof "XXXXXX", "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/spool", folder);
}

static void remove_file(const char *suffix)
{
    char name[sizeof path + 16];
    (void)snprintf(name, sizeof name, "%s%s", path, suffix);
    (void)unlink(name);
}

static void tear_down(void)
{
    remove_file("");
    remove_file(".new"); /* a trap of a test's */
    remove_file(".broken");
    ck_assert_int_eq(rmdir(folder), 0);
}

static struct report report_of(const char *unit, int32_t seq)
{
    struct report report = {.seq = seq, .voted = 10 * seq, .registered = REGISTERED_ABSENT};
    (void)strcpy(report.election, "e");
    (void)strcpy(report.unit, unit);
    (void)strcpy(report.as_of_text, "2026-03-15T09:00:00+07:00");
    return report;
}

static struct spool open_good(void)
{
    struct spool spool;
    struct error error = {0};
    ck_assert_msg(spool_open(path, true, &spool, &error) == TURNOUT_OK, "%s", error.text);
    return spool;
}

static void append_good(struct spool *spool, const char *unit, int32_t seq)
{
    struct report report = report_of(unit, seq);
    ck_assert_int_eq(spool_append(spool, &report, NULL), TURNOUT_OK);
}

static int32_t seq_at(const struct spool *spool, size_t index)
{
    struct slice line = spool_line(spool, index);
    struct report report;
    ck_assert_int_eq(report_json_parse(line.bytes, line.length, &report, NULL), TURNOUT_OK);
    return report.seq;
}

static void write_file(const char *bytes)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(bytes, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0600), 0);
}

static void check_file(const char *suffix, const char *expected)
{
    char name[sizeof path + 16];
    char bytes[4096] = {0};
    (void)snprintf(name, sizeof name, "%s%s", path, suffix);
    FILE *file = fopen(name, "r");
    ck_assert_ptr_nonnull(file);
    (void)!fread(bytes, 1, sizeof bytes - 1, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_str_eq(bytes, expected);
}

FIXTURE(set_up, tear_down);

TEST(reports_come_back_in_order)
{
    struct spool spool = open_good();
    for (int32_t seq = 1; seq <= 5; seq++) {
        append_good(&spool, "u1", seq);
    }
    spool_close(&spool);
    struct stat file;
    ck_assert_int_eq(stat(path, &file), 0);
    ck_assert_uint_eq(file.st_mode & 0777U, 0600);
    spool = open_good();
    ck_assert_uint_eq(spool.count, 5);
    ck_assert_uint_eq(spool.broken, 0);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(seq_at(&spool, i), (int32_t)i + 1);
    }
    spool_close(&spool);
}

TEST(removing_takes_the_oldest)
{
    struct spool spool = open_good();
    for (int32_t seq = 1; seq <= 5; seq++) {
        append_good(&spool, "u1", seq);
    }
    ck_assert_int_eq(spool_remove(&spool, 0, NULL, NULL), TURNOUT_OK);
    ck_assert_int_eq(spool_remove(&spool, 2, NULL, NULL), TURNOUT_OK);
    append_good(&spool, "u2", 9);
    spool_close(&spool);
    spool = open_good();
    static const int32_t left[] = {3, 4, 5, 9};
    ck_assert_uint_eq(spool.count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(seq_at(&spool, i), left[i]);
    }
    spool_close(&spool);
}

TEST(what_stays_keeps_its_place)
{
    struct spool spool = open_good();
    for (int32_t seq = 1; seq <= 5; seq++) {
        append_good(&spool, "u1", seq);
    }
    static const bool stays[] = {false, true, false, true};
    ck_assert_int_eq(spool_remove(&spool, 4, stays, NULL), TURNOUT_OK);
    static const bool all[] = {true, true, true};
    ck_assert_int_eq(spool_remove(&spool, 3, all, NULL), TURNOUT_OK);
    spool_close(&spool);
    spool = open_good();
    static const int32_t left[] = {2, 4, 5};
    ck_assert_uint_eq(spool.count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(seq_at(&spool, i), left[i]);
    }
    spool_close(&spool);
}

TEST(an_empty_spool_leaves_no_file)
{
    struct spool spool = open_good();
    spool_close(&spool);
    ck_assert_int_eq(access(path, F_OK), -1);
    spool = open_good();
    append_good(&spool, "u1", 1);
    append_good(&spool, "u1", 2);
    ck_assert_int_eq(spool_remove(&spool, 2, NULL, NULL), TURNOUT_OK);
    spool_close(&spool);
    ck_assert_int_eq(access(path, F_OK), -1);
}

#define WHOLE_1                                                                                              \
    "{\"election\":\"e\",\"unit\":\"u1\",\"seq\":1,\"as_of\":\"2026-03-15T09:00:00+07:00\",\"voted\":10}"
#define WHOLE_2                                                                                              \
    "{\"election\":\"e\",\"unit\":\"u1\",\"seq\":2,\"as_of\":\"2026-03-15T09:00:00+07:00\",\"voted\":20}"

struct torn_case {
    const char *found;
    const char *left;
    const char *broken; /* "" for no such file */
};

static const struct torn_case torn_cases[] = {
    {WHOLE_1 "\n{\"election\":\"e\",\"un", WHOLE_1 "\n", "{\"election\":\"e\",\"un\n"},
    {WHOLE_1 "\nrubbish\n" WHOLE_2 "\n", WHOLE_1 "\n" WHOLE_2 "\n", "rubbish\n"},
    {WHOLE_1 "\n" WHOLE_2, WHOLE_1 "\n" WHOLE_2 "\n", ""}, /* only the newline is missing */
    {WHOLE_1 "\n\n\n" WHOLE_2 "\n", WHOLE_1 "\n" WHOLE_2 "\n", ""},
};

LOOP_TEST(a_torn_line_is_set_aside, COUNT(torn_cases))
{
    const struct torn_case *c = &torn_cases[_i];
    write_file(c->found);
    struct spool spool = open_good();
    ck_assert_uint_eq(spool.broken, c->broken[0] == '\0' ? 0 : 1);
    check_file("", c->left);
    if (c->broken[0] != '\0') {
        check_file(".broken", c->broken);
    }
    append_good(&spool, "u1", 3);
    spool_close(&spool);
    spool = open_good();
    ck_assert_uint_eq(spool.broken, 0);
    ck_assert_int_eq(seq_at(&spool, spool.count - 1), 3);
    spool_close(&spool);
}

TEST(a_report_is_found_by_election_unit_and_seq)
{
    struct spool spool = open_good();
    append_good(&spool, "u1", 1);
    append_good(&spool, "u2", 2);
    struct report found;
    ck_assert(spool_find(&spool, "e", "u2", 2, &found));
    ck_assert_int_eq(found.voted, 20);
    ck_assert(!spool_find(&spool, "e", "u1", 2, &found));
    ck_assert(!spool_find(&spool, "e", "u2", 1, &found));
    ck_assert(!spool_find(&spool, "f", "u2", 2, &found));
    spool_close(&spool);
}

TEST(a_spool_has_one_user_at_a_time)
{
    struct spool spool = open_good();
    append_good(&spool, "u1", 1);
    struct spool other;
    struct error error = {0};
    ck_assert_int_eq(spool_open(path, false, &other, &error), TURNOUT_IN_USE);
    /* The lock goes with the new file. */
    append_good(&spool, "u1", 2);
    ck_assert_int_eq(spool_remove(&spool, 1, NULL, NULL), TURNOUT_OK);
    ck_assert_int_eq(spool_open(path, false, &other, &error), TURNOUT_IN_USE);
    spool_close(&spool);
    ck_assert_int_eq(spool_open(path, false, &other, &error), TURNOUT_OK);
    ck_assert_uint_eq(other.count, 1);
    spool_close(&other);
}

/* Several processes append and remove at the same time; each removes only what it has seen, so what was appended
 * and what was removed must agree in the end. */
TEST(whoever_waits_sees_the_new_file)
{
    enum { PROCESSES = 4, TURNS = 25 };
    for (int32_t process = 0; process < PROCESSES; process++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            for (int32_t turn = 1; turn <= TURNS; turn++) {
                struct spool spool;
                struct report report = report_of("u1", process * TURNS + turn);
                bool good = spool_open(path, true, &spool, NULL) == TURNOUT_OK && spool.broken == 0 &&
                            spool_append(&spool, &report, NULL) == TURNOUT_OK &&
                            (turn % 5 != 0 || spool_remove(&spool, 1, NULL, NULL) == TURNOUT_OK);
                if (!good) {
                    _exit(1);
                }
                spool_close(&spool);
            }
            _exit(0);
        }
    }
    for (int process = 0; process < PROCESSES; process++) {
        int status = 0;
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    struct spool spool = open_good();
    ck_assert_uint_eq(spool.count, PROCESSES * TURNS - PROCESSES * (TURNS / 5));
    spool_close(&spool);
}

TEST(what_is_no_file_is_refused)
{
    struct spool spool;
    struct error error = {0};
    ck_assert_int_eq(spool_open(folder, true, &spool, &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(spool_open("/nowhere/at/all/spool", true, &spool, &error), TURNOUT_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(error.text, "/nowhere/at/all"));
    ck_assert_int_eq(symlink("elsewhere", path), 0);
    ck_assert_int_eq(spool_open(path, true, &spool, &error), TURNOUT_BAD_INPUT);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(spool_open(path, true, &spool, &error), TURNOUT_BAD_INPUT);
}

/* What others could have written would be sent in the unit's name. */
TEST(a_spool_that_others_may_write_is_refused)
{
    struct spool spool = open_good();
    struct error error = {0};
    append_good(&spool, "u1", 1);
    spool_close(&spool);
    ck_assert_int_eq(chmod(path, 0620), 0);
    ck_assert_int_eq(spool_open(path, true, &spool, &error), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "chmod 600"));
    ck_assert_int_eq(chmod(path, 0600) + chmod(folder, 0770), 0);
    ck_assert_int_eq(spool_open(path, true, &spool, &error), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "chmod go-w"));
    ck_assert_int_eq(chmod(folder, 0700), 0);
}

/* The names that it writes under while it changes are nobody else's to choose. */
TEST(a_link_under_its_old_temporary_name_is_left_alone)
{
    char elsewhere[sizeof path + 16];
    char trap[sizeof path + 16];
    (void)snprintf(elsewhere, sizeof elsewhere, "%s.broken", path);
    (void)snprintf(trap, sizeof trap, "%s.new", path);
    ck_assert_int_eq(symlink(elsewhere, trap), 0);
    struct spool spool = open_good();
    append_good(&spool, "u1", 1);
    append_good(&spool, "u1", 2);
    ck_assert_int_eq(spool_remove(&spool, 1, NULL, NULL), TURNOUT_OK);
    spool_close(&spool);
    ck_assert_int_ne(access(elsewhere, F_OK), 0);
}

SUITE("spool");
