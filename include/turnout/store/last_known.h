/* A server's memory outside Redis: what it last saw there of its election, in the file `last-known` of its data
 * folder. It detects a Redis that comes back older, empty or as another one (DESIGN section 3).
 *
 * The file is text, one value a line (proto/redis.md). Its last line is a SHA-256 of those above it: a damaged file
 * is refused, never interpreted. */
#ifndef TURNOUT_STORE_LAST_KNOWN_H
#define TURNOUT_STORE_LAST_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/base/limits.h>
#include <turnout/election/phase.h>
#include <turnout/election/register.h>
#include <turnout/election/report.h>
#include <turnout/wire/log_line.h>

#define LAST_KNOWN_FILE "last-known"

struct known_commune {
    char code[AREA_CODE_BYTES];
    int64_t revision;
    unsigned char head[LOG_HEAD_BYTES];
    bool is_short;   /* Redis has shown fewer or other reports since */
    int64_t missing; /* the most reports that were missing */
};

struct known_province {
    char code[AREA_CODE_BYTES];
    int64_t revision;
    int64_t voted;
    int64_t short_since_ms; /* Unix milliseconds; 0: none of its communes is short */
    size_t first_commune;
    size_t commune_count;
};

struct last_known {
    char election[AREA_CODE_BYTES];
    char generation[GENERATION_BYTES];
    unsigned char digest[REGISTER_DIGEST_BYTES];
    enum election_phase phase;
    enum publication_mode publication;
    int64_t written_ms; /* Unix milliseconds */
    int64_t revision;   /* of the nation: the sum of its provinces */
    int64_t voted;
    struct known_province *provinces; /* owned, as are the communes, which are grouped by province */
    size_t province_count;
    struct known_commune *communes;
    size_t commune_count;
};

/* Reads `data`/last-known. TURNOUT_NOT_FOUND when there is none; TURNOUT_BAD_INPUT when it is damaged or not private
 * (base/private_file.h); the error says what to do. The caller ends with last_known_done(). */
enum turnout_error last_known_read(const char *data, struct last_known *ret_known, struct error *error);
void last_known_done(struct last_known *known); /* a zeroed one is fine */

/* Appends the content of the file. */
void last_known_render(const struct last_known *known, struct buffer *out);

/* Replaces the file by these bytes. It is on the disk when this returns TURNOUT_OK. */
enum turnout_error last_known_put(const char *data, struct slice bytes, struct error *error);

/* Removes the file, where there is one. */
enum turnout_error last_known_remove(const char *data, struct error *error);

enum { LAST_KNOWN_WORDS_BYTES = 128 };

/* In words: "open, revision 812, 40312 voted at 2026-03-15T09:12:31+00:00". */
void last_known_describe(const struct last_known *known, char ret_words[LAST_KNOWN_WORDS_BYTES]);

#endif
