/* Several named texts in one: what Redis keeps of a bulletin under one field (proto/redis.md). Before each text stands a
 * line `file <name> <bytes>`. */
#ifndef TURNOUT_WIRE_BUNDLE_H
#define TURNOUT_WIRE_BUNDLE_H

#include <stdbool.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

/* A name has no space and no line end. */
void bundle_put(struct buffer *out, const char *name, struct slice bytes);

/* Splits the first text off *rest. False at the end, where *rest is empty, and where it is no bundle, where it is not. */
bool bundle_next(struct slice *rest, struct slice *ret_name, struct slice *ret_bytes);

/* {NULL, 0} when it is not there. */
struct slice bundle_find(struct slice bundle, const char *name);

#endif
