/* Allocation that ends the process when there is no memory left: the server never acknowledges what it did
 * not store, and a half-allocated server cannot promise that. */
#ifndef TURNOUT_BASE_MEMORY_H
#define TURNOUT_BASE_MEMORY_H

#include <stddef.h>

/* All return memory that the caller frees with free(); none returns NULL. A size whose product overflows ends
 * the process too. */
void *memory_new(size_t bytes);                          /* zeroed */
void *memory_new_array(size_t count, size_t bytes_each); /* zeroed */
void *memory_resize(void *block, size_t count, size_t bytes_each);
char *memory_copy_text(const char *text);

#endif
