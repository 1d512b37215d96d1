/* A memory that runs out, for LD_PRELOAD: while it is watched, allocations are counted, and the one with the number
 * that the test has set fails, alone or with all that come after it. */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "preload_controls.h"

/* glibc's own, under the names that it keeps for replacements such as this one. */
extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes_each);
extern void *__libc_realloc(void *block, size_t bytes);

/* Whether the library that the test looks at called; any, where it names none. */
static bool is_meant(const void *caller)
{
    Dl_info about;
    return controls->library[0] == '\0' ||
           (dladdr(caller, &about) != 0 && strstr(about.dli_fname, controls->library) != NULL);
}

static bool runs_out(const void *caller)
{
    if (controls == NULL || !atomic_load(&controls->memory_is_watched) || !is_meant(caller)) {
        return false;
    }
    int64_t number = atomic_fetch_add(&controls->allocations, 1) + 1;
    int64_t failing = atomic_load(&controls->fail_allocation);
    if (failing == 0 || number < failing || (number > failing && !atomic_load(&controls->fails_for_ever))) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

void *malloc(size_t bytes)
{
    return runs_out(__builtin_return_address(0)) ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes_each)
{
    return runs_out(__builtin_return_address(0)) ? NULL : __libc_calloc(count, bytes_each);
}

void *realloc(void *block, size_t bytes)
{
    return runs_out(__builtin_return_address(0)) ? NULL : __libc_realloc(block, bytes);
}

void *reallocarray(void *block, size_t count, size_t bytes_each)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, bytes_each, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return runs_out(__builtin_return_address(0)) ? NULL : __libc_realloc(block, bytes);
}

char *strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = runs_out(__builtin_return_address(0)) ? NULL : __libc_malloc(bytes);
    return copy != NULL ? memcpy(copy, text, bytes) : NULL;
}
