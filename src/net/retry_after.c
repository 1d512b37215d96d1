/* The header Retry-After. Draws the seconds anew for each answer. */
#include "retry_after.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

void retry_after_header(char ret_header[RETRY_AFTER_BYTES])
{
    uint32_t seconds = RETRY_AFTER_S_MIN + randombytes_uniform(RETRY_AFTER_S_MAX - RETRY_AFTER_S_MIN + 1);
    int written = snprintf(ret_header, RETRY_AFTER_BYTES, "Retry-After: %u\r\n", seconds);
    assert(written > 0 && written < RETRY_AFTER_BYTES);
}
