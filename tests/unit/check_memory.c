/* Allocation: zeroed, never NULL, and the end of the process where there is none to be had. */
#include <turnout/base/memory.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "suite.h"

TEST(new_memory_is_zeroed)
{
    unsigned char *block = memory_new(1000);
    unsigned *array = memory_new_array(250, sizeof *array);
    for (size_t i = 0; i < 1000; i++) {
        ck_assert_uint_eq(block[i], 0);
    }
    for (size_t i = 0; i < 250; i++) {
        ck_assert_uint_eq(array[i], 0);
    }
    free(block);
    free(array);
}

TEST(nothing_is_something_to_free)
{
    void *blocks[] = {memory_new(0), memory_new_array(0, 8), memory_new_array(8, 0),
                      memory_resize(NULL, 0, 1)};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        ck_assert_ptr_nonnull(blocks[i]);
        free(blocks[i]);
    }
}

TEST(resize_keeps_the_content)
{
    char *block = memory_resize(NULL, 4, 1);
    memcpy(block, "abc", 4);
    block = memory_resize(block, 1 << 20, 1);
    ck_assert_str_eq(block, "abc");
    block = memory_resize(block, 2, 2);
    ck_assert_str_eq(block, "abc");
    free(block);
}

TEST(copies_text)
{
    char text[] = "Việt Nam";
    char *copy = memory_copy_text(text);
    text[0] = 'x';
    ck_assert_str_eq(copy, "Việt Nam");
    free(copy);
}

/* A sanitizer's allocator ends the process before ours can. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/* The line that says so goes nowhere, and so does the core. */
static void expect_death(void)
{
    struct rlimit none = {0, 0};
    ck_assert_int_eq(setrlimit(RLIMIT_CORE, &none), 0);
    ck_assert_int_eq(close(STDERR_FILENO), 0);
}

SIGNAL_TEST(an_overflowing_array_ends_the_process, SIGABRT)
{
    expect_death();
    free(memory_new_array(SIZE_MAX / 2, 4));
}

SIGNAL_TEST(an_overflowing_resize_ends_the_process, SIGABRT)
{
    expect_death();
    free(memory_resize(NULL, SIZE_MAX / 2, 4));
}

TEST(what_was_wanted_is_said_in_all)
{
    enum { COUNT_WANTED = 1 << 20, BYTES_EACH = 1 << 30 };
    char said[256] = "";
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        const struct rlimit none = {0, 0};
        bool is_ready = setrlimit(RLIMIT_CORE, &none) == 0 && dup2(ends[1], STDERR_FILENO) >= 0;
        free(is_ready ? memory_new_array(COUNT_WANTED, BYTES_EACH) : NULL);
        _exit(0);
    }
    (void)close(ends[1]);
    ck_assert_int_gt(read(ends[0], said, sizeof said - 1), 0);
    ck_assert_msg(strstr(said, "bytes=1125899906842624") != NULL, "%s", said);
    (void)close(ends[0]);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
}

#endif

SUITE("memory");
