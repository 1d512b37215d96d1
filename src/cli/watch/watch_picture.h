/* The output of `turnout watch`: the nation's line, and the slowest and the fastest provinces. Pure: a document in,
 * text out. */
#ifndef TURNOUT_WATCH_PICTURE_H
#define TURNOUT_WATCH_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>

#include "client/turnout_document.h"

struct watch_picture {
    const struct turnout_document *document; /* borrowed; NULL: no figures yet */
    int64_t now;                             /* Unix seconds */
    bool utf8;                               /* else plain ASCII: English names, bars of `#` */
    const char *away;                        /* why the server does not answer; NULL: it does */
    int64_t away_s;                          /* for how long */
};

/* The nation's figures as one line, without its newline. Needs a document. */
void watch_picture_nation(struct buffer *out, const struct watch_picture *picture);

/* All of it, as whole lines. */
void watch_picture_write(struct buffer *out, const struct watch_picture *picture);

/* Appends `name`, cut and padded to `columns` of a terminal. Unprintable characters become `?`, so that a name cannot
 * control the terminal. Needs a locale with the encoding of `name` for anything but ASCII. */
void watch_picture_name(struct buffer *out, const char *name, uint32_t columns);

#endif
