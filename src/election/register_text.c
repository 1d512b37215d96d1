/* The strings of a register, in a chain of blocks. A block is never resized: what points into it stays
 * right. */
#include "register_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

enum { BLOCK_BYTES = 256 * 1024 };

struct block {
    struct block *older;
    size_t used;
    char bytes[BLOCK_BYTES];
};

struct register_text {
    struct block *newest; /* NULL while empty */
};

struct register_text *register_text_new(void)
{
    return memory_new(sizeof(struct register_text));
}

void register_text_free(struct register_text *text)
{
    if (text == NULL) {
        return;
    }
    struct block *block = text->newest;
    while (block != NULL) {
        struct block *older = block->older;
        free(block);
        block = older;
    }
    free(text);
}

const char *register_text_keep(struct register_text *text, struct slice slice)
{
    assert(slice.length < BLOCK_BYTES);
    struct block *block = text->newest;
    if (block == NULL || BLOCK_BYTES - block->used <= slice.length) {
        block = memory_new(sizeof *block);
        block->older = text->newest;
        text->newest = block;
    }
    char *kept = block->bytes + block->used;
    if (slice.length > 0) {
        memcpy(kept, slice.bytes, slice.length);
    }
    kept[slice.length] = '\0';
    block->used += slice.length + 1;
    return kept;
}
