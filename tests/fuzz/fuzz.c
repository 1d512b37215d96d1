/* What the fuzzers share. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

char *fuzz_copy(const void *bytes, size_t length)
{
    char *copy = malloc(length + (length == 0));
    assert(copy != NULL);
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}

void fuzz_split(struct slice input, struct slice *ret_first, struct slice *ret_second)
{
    static const char line[] = "\n----\n";
    const char *found = input.length == 0 ? NULL : memmem(input.bytes, input.length, line, strlen(line));
    *ret_first = input;
    *ret_second = (struct slice){"", 0};
    if (found != NULL) {
        *ret_first = (struct slice){input.bytes, (size_t)(found - input.bytes) + 1};
        *ret_second =
            (struct slice){found + strlen(line), input.length - ret_first->length - strlen(line) + 1};
    }
}
