/* What the files of bulletins share. */
#ifndef TURNOUT_SERVICE_BULLETINS_PRIVATE_H
#define TURNOUT_SERVICE_BULLETINS_PRIVATE_H

#include <turnout/wire/frozen.h>

#include "bulletins.h"

/* A bulletin that is being frozen. Kept over an interruption, so that provinces that are kept are not read again. */
struct freezing {
    struct bulletin_begun begun;      /* number 0: none */
    uint32_t province;                /* the next one */
    struct bulletin_child *provinces; /* [0] the first province's; as they are kept */
    struct area_figures *areas;       /* of the province that is being frozen */
};

/* What is being read back. */
struct loading {
    char name[STORE_FROZEN_NAME_BYTES];
    uint32_t area;          /* the next one */
    struct buffer *bundles; /* one for the nation and each province */
};

struct bulletins {
    struct bulletins_options options;
    struct store_meta meta; /* as last noted */
    bool is_busy;           /* an answer of Redis is awaited */
    struct shelf *shelf;
    int64_t loaded; /* all up to this number have been read */
    struct freezing freezing;
    struct loading loading;
    char picture_name[STORE_FROZEN_NAME_BYTES]; /* whose picture is at hand; empty: none */
    struct area_figures *picture_areas;
    struct frozen_head picture_head;
};

/* The awaited answer has come. Begins the next step, unless this one has failed. */
void bulletins_done(struct bulletins *bulletins);
void bulletins_failed(struct bulletins *bulletins, const char *event, uint32_t area, const char *why);

/* Reads meta again, because of what was just written. */
void bulletins_look_again(struct bulletins *bulletins);

/* Goes on with the bulletin that is under way. */
void bulletins_freeze(struct bulletins *bulletins);

/* Reads the next bulletin, or the picture of this name. */
void bulletins_load(struct bulletins *bulletins);
void bulletins_load_picture(struct bulletins *bulletins, const char *name);

#endif
