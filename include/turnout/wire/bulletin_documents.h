/* The public documents about bulletins: the list of them, and their signing keys. */
#ifndef TURNOUT_WIRE_BULLETIN_DOCUMENTS_H
#define TURNOUT_WIRE_BULLETIN_DOCUMENTS_H

#include <stddef.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/bulletin_files.h>
#include <turnout/wire/figures.h>

/* A bulletin's figures for the nation or a province. */
struct bulletin_area {
    struct bulletin_line line;
    uint32_t communes_complete;
};

/* A summary of a bulletin. */
struct bulletin_summary {
    struct bulletin_statement statement;
    char sha256[SHA256_HEX_BYTES]; /* of the statement */
    struct bulletin_area nation;
    const struct bulletin_area *provinces;
    size_t province_count;
};

/* /v1/bulletins: envelope, then the bulletins, newest first, each with the changes since the one before. `bulletins`
 * is in the order of their numbers. */
void document_bulletins_json(struct buffer *out, const struct figures *figures,
                             const struct bulletin_summary *const *bulletins, size_t count);

/* /v1/keys: figures->signing_key, if there is one. */
void document_keys_json(struct buffer *out, const struct figures *figures);

#endif
