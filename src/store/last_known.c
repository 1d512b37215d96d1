/* The file `last-known`: writing it, and reading it with every doubt. */
#include <turnout/store/last_known.h>

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>
#include <turnout/base/private_file.h>
#include <turnout/base/rfc3339.h>
#include <turnout/base/sha256.h>
#include <turnout/base/text.h>

#include "words.h"

#define FIRST_LINE "turnout-last-known-1"

static const int64_t MOMENT_MS_MAX = INT64_C(253202544000000); /* as far as rfc3339.h writes */

enum {
    FILE_BYTES_MAX = 64 * 1024 * 1024,
    SUM_HEX = 2 * SHA256_BYTES,
};

/* ---- writing ---- */

static void put_text(struct buffer *out, const char *name, const char *value)
{
    buffer_printf(out, "%s %s\n", name, value);
}

static void put_number(struct buffer *out, const char *name, int64_t value)
{
    buffer_printf(out, "%s %" PRId64 "\n", name, value);
}

static void put_commune(struct buffer *out, const struct known_commune *commune)
{
    buffer_append_text(out, "commune ");
    buffer_append_text(out, commune->code);
    buffer_append_char(out, ' ');
    buffer_append_integer(out, commune->revision);
    buffer_append_char(out, ' ');
    words_put_hex(out, commune->head, sizeof commune->head);
    if (commune->is_short) {
        buffer_printf(out, " short %" PRId64, commune->missing);
    }
    buffer_append_char(out, '\n');
}

static void put_sum(struct buffer *out)
{
    unsigned char sum[SHA256_BYTES];
    sha256(sum, &(struct slice){out->bytes, out->length}, 1);
    buffer_append_text(out, "end ");
    words_put_hex(out, sum, sizeof sum);
    buffer_append_char(out, '\n');
}

void last_known_render(const struct last_known *known, struct buffer *out)
{
    buffer_append_text(out, FIRST_LINE "\n");
    put_text(out, "election", known->election);
    put_text(out, "generation", known->generation);
    buffer_append_text(out, "digest ");
    words_put_hex(out, known->digest, sizeof known->digest);
    buffer_append_char(out, '\n');
    put_text(out, "phase", election_phase_name(known->phase));
    put_text(out, "publication", publication_mode_name(known->publication));
    put_number(out, "written", known->written_ms);
    put_number(out, "revision", known->revision);
    put_number(out, "voted", known->voted);
    for (size_t i = 0; i < known->province_count; i++) {
        const struct known_province *province = &known->provinces[i];
        buffer_printf(out, "province %s %" PRId64 " %" PRId64 " %" PRId64 "\n", province->code,
                      province->revision, province->voted, province->short_since_ms);
        for (size_t j = 0; j < province->commune_count; j++) {
            put_commune(out, &known->communes[province->first_commune + j]);
        }
    }
    put_sum(out);
}

enum turnout_error last_known_put(const char *data, struct slice bytes, struct error *error)
{
    return private_file_replace_at(data, LAST_KNOWN_FILE, "data", bytes.bytes, bytes.length, error);
}

/* ---- reading ---- */

/* The lines that are left. After a fault every further read fails, too: it is looked at once, at the end. */
struct reader {
    struct slice rest;
    struct slice line; /* what is left of the one that is being read */
    bool failed;
};

static bool next_line(struct reader *reader, const char *name)
{
    struct slice rest = reader->rest;
    struct slice line = text_split(&rest, '\n');
    if (!slice_equals(text_split(&line, ' '), name)) {
        return false;
    }
    reader->rest = rest;
    reader->line = line;
    return true;
}

static struct slice next_word(struct reader *reader)
{
    return text_split(&reader->line, ' ');
}

static void want(struct reader *reader, bool is_good)
{
    reader->failed = reader->failed || !is_good;
}

static void read_name(struct reader *reader, char *ret_name, size_t capacity)
{
    struct slice word = next_word(reader);
    want(reader, text_is_code(word) && slice_copy(word, ret_name, capacity));
}

static int64_t read_count(struct reader *reader)
{
    int64_t count = 0;
    want(reader, text_parse_integer(next_word(reader), 0, INT64_MAX, &count));
    return count;
}

static int64_t read_number_line(struct reader *reader, const char *name)
{
    want(reader, next_line(reader, name));
    return read_count(reader);
}

static void read_head(struct reader *reader, struct last_known *known)
{
    want(reader, next_line(reader, FIRST_LINE));
    want(reader, next_line(reader, "election"));
    read_name(reader, known->election, sizeof known->election);
    want(reader, next_line(reader, "generation"));
    read_name(reader, known->generation, sizeof known->generation);
    want(reader, next_line(reader, "digest"));
    want(reader, words_read_hex(next_word(reader), known->digest, sizeof known->digest));
    want(reader, next_line(reader, "phase"));
    want(reader, election_phase_parse(next_word(reader), &known->phase));
    want(reader, next_line(reader, "publication"));
    want(reader, publication_mode_parse(next_word(reader), &known->publication));
    known->written_ms = read_number_line(reader, "written");
    want(reader, known->written_ms <= MOMENT_MS_MAX);
    known->revision = read_number_line(reader, "revision");
    known->voted = read_number_line(reader, "voted");
}

static void read_commune(struct reader *reader, struct known_commune *commune)
{
    read_name(reader, commune->code, sizeof commune->code);
    commune->revision = read_count(reader);
    want(reader, words_read_hex(next_word(reader), commune->head, sizeof commune->head));
    commune->is_short = reader->line.length > 0;
    if (commune->is_short) {
        want(reader, slice_equals(next_word(reader), "short"));
        commune->missing = read_count(reader);
    }
}

static void read_province(struct reader *reader, struct last_known *known, struct known_province *province)
{
    read_name(reader, province->code, sizeof province->code);
    province->revision = read_count(reader);
    province->voted = read_count(reader);
    province->short_since_ms = read_count(reader);
    want(reader, province->short_since_ms <= MOMENT_MS_MAX);
    province->first_commune = known->commune_count;
    while (!reader->failed && next_line(reader, "commune")) {
        read_commune(reader, &known->communes[known->commune_count++]);
        province->commune_count++;
    }
}

static size_t count_lines(struct slice text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.length; i++) {
        lines += text.bytes[i] == '\n' ? 1 : 0;
    }
    return lines;
}

/* Whether the text ends with the sum of what stands before; *ret_text becomes that. */
static bool check_sum(struct slice text, struct slice *ret_text)
{
    unsigned char sum[SHA256_BYTES];
    unsigned char wanted[SHA256_BYTES];
    enum { LAST_LINE = sizeof "end " - 1 + SUM_HEX + 1 };
    if (text.length <= LAST_LINE || text.bytes[text.length - 1] != '\n') {
        return false;
    }
    struct slice above = {text.bytes, text.length - LAST_LINE};
    struct slice last = {text.bytes + above.length, LAST_LINE - 1};
    sha256(sum, &above, 1);
    *ret_text = above;
    return slice_equals(text_split(&last, ' '), "end") && words_read_hex(last, wanted, sizeof wanted) &&
           memcmp(sum, wanted, sizeof sum) == 0;
}

static bool parse(struct slice text, struct last_known *known)
{
    struct reader reader = {.failed = !check_sum(text, &reader.rest)};
    if (reader.failed) {
        return false;
    }
    size_t lines = count_lines(reader.rest) + 1;
    known->provinces = memory_new_array(lines, sizeof *known->provinces);
    known->communes = memory_new_array(lines, sizeof *known->communes);
    read_head(&reader, known);
    while (!reader.failed && next_line(&reader, "province")) {
        read_province(&reader, known, &known->provinces[known->province_count++]);
    }
    return !reader.failed && reader.rest.length == 0;
}

void last_known_done(struct last_known *known)
{
    free(known->provinces);
    free(known->communes);
    *known = (struct last_known){.province_count = 0};
}

enum turnout_error last_known_read(const char *data, struct last_known *ret_known, struct error *error)
{
    char *bytes;
    size_t length;
    enum turnout_error failed =
        private_file_read_at(data, LAST_KNOWN_FILE, "data", FILE_BYTES_MAX, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct last_known known = {.province_count = 0};
    if (parse((struct slice){bytes, length}, &known)) {
        *ret_known = known;
    } else {
        last_known_done(&known);
        failed = error_fail(error, TURNOUT_BAD_INPUT, "data",
                            "%s/" LAST_KNOWN_FILE
                            " is damaged: put the right file back; or remove it, and nobody will notice "
                            "reports that Redis has lost until now",
                            data);
    }
    free(bytes);
    return failed;
}

enum turnout_error last_known_remove(const char *data, struct error *error)
{
    struct private_folder folder;
    enum turnout_error failed = private_folder_open(data, PRIVATE_FOLDER_FOUND, "data", &folder, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (unlinkat(folder.fd, LAST_KNOWN_FILE, 0) != 0 && errno != ENOENT) {
        failed = error_fail_system(error, errno, "data", "cannot remove %s/" LAST_KNOWN_FILE, data);
    }
    private_folder_close(&folder);
    return failed;
}

void last_known_describe(const struct last_known *known, char ret_words[LAST_KNOWN_WORDS_BYTES])
{
    char when[RFC3339_BYTES];
    rfc3339_format(known->written_ms / 1000, 0, when);
    int length =
        snprintf(ret_words, LAST_KNOWN_WORDS_BYTES, "%s, revision %" PRId64 ", %" PRId64 " voted at %s",
                 election_phase_name(known->phase), known->revision, known->voted, when);
    assert(length > 0 && length < LAST_KNOWN_WORDS_BYTES);
}
