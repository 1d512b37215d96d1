/* The strings of a register: kept together in large blocks, so that a million codes and names cost neither a
 * million allocations nor a pointer that ever moves. */
#ifndef TURNOUT_REGISTER_TEXT_H
#define TURNOUT_REGISTER_TEXT_H

#include <turnout/base/text.h>

struct register_text;

struct register_text *register_text_new(void);
void register_text_free(struct register_text *text); /* NULL-safe */

/* A NUL-terminated copy that lives as long as `text`. */
const char *register_text_keep(struct register_text *text, struct slice slice);

#endif
