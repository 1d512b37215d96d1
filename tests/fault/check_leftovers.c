/* What a test leaves running fails its program. Here each test is such a program itself. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"
#include "suite.h"

/* As the Redis of a killed turnoutd: its parent has ended, and its session is its own. Only a signal ends it. */
static pid_t leave_one(void)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t parent = fork();
    ck_assert_int_ge(parent, 0);
    if (parent == 0) {
        pid_t left = fork();
        if (left == 0) {
            (void)setsid();
            (void)pause();
            _exit(0);
        }
        _exit(write(ends[1], &left, sizeof left) == sizeof left ? 0 : 1);
    }
    pid_t left = 0;
    ck_assert_int_eq(read(ends[0], &left, sizeof left), sizeof left);
    ck_assert_int_gt(left, 0);
    ck_assert_int_eq(close(ends[0]), 0);
    ck_assert_int_eq(close(ends[1]), 0);
    ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
    return left;
}

FIXTURE(leftovers_adopt, NULL);

TEST(what_is_left_running_is_counted_and_ended)
{
    (void)leave_one();
    (void)leave_one();
    ck_assert_int_eq(leftovers_end(0), 2);
    ck_assert_int_eq(leftovers_end(0), 0);
}

TEST(what_is_ending_is_waited_for)
{
    ck_assert_int_eq(kill(leave_one(), SIGKILL), 0);
    ck_assert_int_eq(leftovers_end(LEFTOVERS_PATIENCE_S), 0);
}

SUITE("leftovers");
