/* Allocation that ends the process when memory runs out: a server that cannot allocate cannot keep the promise that
 * what is acknowledged is stored. */
#ifndef TURNOUT_BASE_MEMORY_H
#define TURNOUT_BASE_MEMORY_H

#include <stddef.h>

/* All return memory that the caller frees with free(); none returns NULL. A size that overflows also ends the
 * process. */
void *memory_new(size_t bytes);                          /* zeroed */
void *memory_new_array(size_t count, size_t bytes_each); /* zeroed */
void *memory_resize(void *block, size_t count, size_t bytes_each);
char *memory_copy_text(const char *text);

#endif
