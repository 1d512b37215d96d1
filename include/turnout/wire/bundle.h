/* A bundle: several named texts in one, as Redis stores a bulletin's files in one field (proto/redis.md). A line
 * `file <name> <bytes>` precedes each text. */
#ifndef TURNOUT_WIRE_BUNDLE_H
#define TURNOUT_WIRE_BUNDLE_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

/* Appends a text. The name has no space and no line end. */
void bundle_put(struct buffer *out, const char *name, struct slice bytes);

/* Splits the first text off *rest. False at the end, with *rest empty, and when it is no bundle, with *rest not
 * empty. */
bool bundle_next(struct slice *rest, struct slice *ret_name, struct slice *ret_bytes);

/* {NULL, 0} when it is not in the bundle. */
struct slice bundle_find(struct slice bundle, const char *name);

#endif
