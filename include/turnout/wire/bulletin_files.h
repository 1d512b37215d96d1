/* The files of a bulletin, byte for byte (DESIGN section 7, proto/bulletin.md). The same figures make the same bytes. */
#ifndef TURNOUT_WIRE_BULLETIN_FILES_H
#define TURNOUT_WIRE_BULLETIN_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/rfc3339.h>
#include <turnout/election/bulletin.h>
#include <turnout/wire/log_line.h>

#define BULLETIN_STATEMENT_FILE "bulletin.txt"
#define BULLETIN_SIGNATURE_FILE "bulletin.sig"

enum { SHA256_HEX_BYTES = 65, BULLETIN_SIGNATURE_BYTES = 64, BULLETIN_FILE_NAME_BYTES = 64 };

/* 64 lower-case hex digits. */
void sha256_hex(struct slice bytes, char ret_hex[SHA256_HEX_BYTES]);

/* `areas/<code>.csv` */
void bulletin_file_name(const char *code, char ret_name[BULLETIN_FILE_NAME_BYTES]);

/* Ed25519 (RFC 8032). `pair` is SIGNING_PAIR_BYTES. */
void bulletin_sign(struct slice statement, const unsigned char *pair,
                   unsigned char ret_signature[BULLETIN_SIGNATURE_BYTES]);

/* ---- areas ---- */

/* A child of an area, with the hash of its own file. */
struct bulletin_child {
    struct bulletin_line line;
    char sha256[SHA256_HEX_BYTES];
};

/* Of the nation or a province. Its own line is the sum of its children's. */
void bulletin_write_area(struct buffer *out, const char *code, const struct bulletin_child *children,
                         size_t count);

/* How a commune's log stands. */
struct bulletin_log {
    int64_t lines;
    const unsigned char *head; /* LOG_HEAD_BYTES */
};

/* Of a commune. `states` has one entry for each of its `own->units` units, silent ones included. */
void bulletin_write_commune(struct buffer *out, const struct bulletin_line *own, const struct unit *units,
                            const struct unit_state *states, const struct bulletin_log *log,
                            int32_t offset_s);

/* The child on the next line of the file of a nation or province; the last is the file's own, with `-` for a hash. False at
 * the end, and where it is no such line, where *rest is not empty. *rest begins behind the header. */
bool bulletin_next_child(struct slice *rest, struct bulletin_child *ret_child);

/* The file's own line. False when it is no file of a nation or province. */
bool bulletin_read_sum(struct slice file, struct bulletin_line *ret_line);

/* ---- the statement ---- */

struct bulletin_statement {
    char election[AREA_CODE_BYTES];
    int64_t number;
    char label[BULLETIN_LABEL_BYTES];
    char cut[RFC3339_BYTES];
    char previous[SHA256_HEX_BYTES]; /* `-` for the first */
    char nation[AREA_CODE_BYTES];
    char sha256[SHA256_HEX_BYTES]; /* of the nation's file */
    bool is_rehearsal;
};

void bulletin_write_statement(struct buffer *out, const struct bulletin_statement *statement);
bool bulletin_read_statement(struct slice text, struct bulletin_statement *ret_statement);

#endif
