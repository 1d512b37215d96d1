/* How a test program ends. Only a header, because a test of a low layer links nothing above it. */
#ifndef TURNOUT_TESTS_SUITE_H
#define TURNOUT_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs a suite and returns the exit status of a test program. The suite is freed. */
static inline int suite_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
