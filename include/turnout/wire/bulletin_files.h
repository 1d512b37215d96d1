/* The files of a bulletin, byte for byte (DESIGN section 7, proto/bulletin.md). Equal figures give equal bytes. */
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

/* Writes the SHA-256 as 64 lower-case hex digits. */
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

/* Writes the file of the nation or a province. Its own line is the sum of its children. */
void bulletin_write_area(struct buffer *out, const char *code, const struct bulletin_child *children,
                         size_t count);

/* The state of a commune's log. */
struct bulletin_log {
    int64_t lines;
    const unsigned char *head; /* LOG_HEAD_BYTES */
};

/* Writes the file of a commune. `states` has one entry for each of its `own->units` units, silent ones included. */
void bulletin_write_commune(struct buffer *out, const struct bulletin_line *own, const struct unit *units,
                            const struct unit_state *states, const struct bulletin_log *log,
                            int32_t offset_s);

/* Reads the next line of a file of the nation or a province; the last is the file's own, with `-` for a hash. *rest
 * begins after the header. False at the end, with *rest empty, and on an invalid line, with *rest not empty. */
bool bulletin_next_child(struct slice *rest, struct bulletin_child *ret_child);

/* Reads the file's own line. False when it is no file of the nation or a province. */
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
