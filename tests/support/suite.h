/* A test program as a list that writes itself: each test registers where it stands, and they run in the order of the
 * file. Only a header, because a test of a low layer links nothing above it.
 *
 *     SHARED_FIXTURE(start, stop);        once, around all tests of the case; the tests' processes inherit it
 *     FIXTURE(set_up, tear_down);         around each test of the case, in the test's own process
 *     TIMEOUT(120);                       the seconds that each test of the case may take
 *
 *     TEST(name) { ... }
 *     LOOP_TEST(name, count) { ... }      run `count` times; `_i` goes from 0 to count - 1
 *     SIGNAL_TEST(name, SIGABRT) { ... }  passes when that signal ends it
 *
 *     CASE("operating");                  the tests from here on are a case of their own: without the fixtures and the
 *                                         timeout of those above
 *     SUITE("serving");                   last: main(). The tests before the first CASE are a case of the suite's name
 *
 * Either function of a fixture may be NULL. What a case needs stands before its first test. The program fails when a
 * process that its tests started still runs at its end. */
#ifndef TURNOUT_TESTS_SUITE_H
#define TURNOUT_TESTS_SUITE_H

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include <check.h>

#include "leftovers.h"

/* The items of an array, for LOOP_TEST. */
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

struct suite_plan {
    Suite *suite;
    TCase *tests;    /* the case that is being filled */
    bool has_a_test; /* so has that case */
};

/* One line of the list. */
struct suite_step {
    int line;
    void (*take)(struct suite_plan *plan);
    struct suite_step *next;
};

static struct suite_step *suite_steps;

/* Steps come in any order, because the compiler may arrange constructors as it likes. */
static inline void suite_enter(struct suite_step *step)
{
    struct suite_step **at = &suite_steps;
    while (*at != NULL && (*at)->line < step->line) {
        at = &(*at)->next;
    }
    step->next = *at;
    *at = step;
}

static inline void suite_begin_case(struct suite_plan *plan, const char *name)
{
    plan->tests = tcase_create(name);
    plan->has_a_test = false;
    suite_add_tcase(plan->suite, plan->tests);
}

/* Runs all tests and returns the exit status of the program. */
static inline int suite_run(const char *name)
{
    struct suite_plan plan = {.suite = suite_create(name)};
    suite_begin_case(&plan, name);
    for (struct suite_step *step = suite_steps; step != NULL; step = step->next) {
        step->take(&plan);
    }
    SRunner *runner = srunner_create(plan.suite);
    leftovers_adopt();
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner) + leftovers_end(LEFTOVERS_PATIENCE_S);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Opens the function that takes a step; its body follows the macro. Its names must not shadow those of a test. */
#define SUITE_STEP(name)                                                                                     \
    static void name##_take(struct suite_plan *suite_plan);                                                  \
    __attribute__((constructor)) static void name##_enter(void)                                              \
    {                                                                                                        \
        static struct suite_step suite_step = {.line = __LINE__, .take = name##_take};                       \
        suite_enter(&suite_step);                                                                            \
    }                                                                                                        \
    static void name##_take(struct suite_plan *suite_plan)

#define SUITE_TEST(name, signal, count)                                                                      \
    static const TTest *name;                                                                                \
    SUITE_STEP(name)                                                                                         \
    {                                                                                                        \
        suite_plan->has_a_test = true;                                                                       \
        tcase_add_loop_test_raise_signal(suite_plan->tests, name, signal, 0, count);                         \
    }                                                                                                        \
    START_TEST(name)

#define TEST(name)                SUITE_TEST(name, 0, 1)
#define LOOP_TEST(name, count)    SUITE_TEST(name, 0, count)
#define SIGNAL_TEST(name, signal) SUITE_TEST(name, signal, 1)

/* A step without a name of its own is called by its line, which must have become a number before it is part of a
 * name. The declaration at the end takes the semicolon. */
#define SUITE_STEP_NUMBERED(number) SUITE_STEP(suite_line_##number)
#define SUITE_STEP_OF_LINE(line)    SUITE_STEP_NUMBERED(line)
#define SUITE_SETTING(setting)                                                                               \
    SUITE_STEP_OF_LINE(__LINE__)                                                                             \
    {                                                                                                        \
        assert(!suite_plan->has_a_test);                                                                     \
        setting;                                                                                             \
    }                                                                                                        \
    struct suite_plan

#define SHARED_FIXTURE(start, stop) SUITE_SETTING(tcase_add_unchecked_fixture(suite_plan->tests, start, stop))
#define FIXTURE(set_up, tear_down)                                                                           \
    SUITE_SETTING(tcase_add_checked_fixture(suite_plan->tests, set_up, tear_down))
#define TIMEOUT(seconds) SUITE_SETTING(tcase_set_timeout(suite_plan->tests, seconds))

#define CASE(name)                                                                                           \
    SUITE_STEP_OF_LINE(__LINE__)                                                                             \
    {                                                                                                        \
        suite_begin_case(suite_plan, name);                                                                  \
    }                                                                                                        \
    struct suite_plan

#define SUITE(name)                                                                                          \
    int main(void)                                                                                           \
    {                                                                                                        \
        return suite_run(name);                                                                              \
    }                                                                                                        \
    struct suite_plan

#endif
