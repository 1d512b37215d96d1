/* What the public is told about bulletins: the list of them, and the keys they are signed with. */
#ifndef TURNOUT_WIRE_BULLETIN_DOCUMENTS_H
#define TURNOUT_WIRE_BULLETIN_DOCUMENTS_H

#include <stddef.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/bulletin_files.h>
#include <turnout/wire/figures.h>

/* What a bulletin says of the nation or a province. */
struct bulletin_area {
    struct bulletin_line line;
    uint32_t communes_complete;
};

/* A bulletin in short. */
struct bulletin_summary {
    struct bulletin_statement statement;
    char sha256[SHA256_HEX_BYTES]; /* of the statement */
    struct bulletin_area nation;
    const struct bulletin_area *provinces;
    size_t province_count;
};

/* /v1/bulletins: envelope, then the bulletins, newest first, each with what has changed since the one before it. `bulletins`
 * is in the order of their numbers. */
void document_bulletins_json(struct buffer *out, const struct figures *figures,
                             const struct bulletin_summary *const *bulletins, size_t count);

/* /v1/keys: figures->signing_key, if there is one. */
void document_keys_json(struct buffer *out, const struct figures *figures);

#endif
