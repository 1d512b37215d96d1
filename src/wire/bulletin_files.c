/* A bulletin's files: lines of numbers, each with the hash of the file below it; the last line is the file's own. */
#include <turnout/wire/bulletin_files.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/sha256.h>
#include <turnout/wire/signature.h>

static const char area_header[] = "code,registered,voted,units,units_reported,held,sha256\n";
static const char commune_header[] = "code,registered,voted,seq,as_of,kind,receipt\n";
static const char statement_head[] = "turnout-bulletin-v1";

void sha256_hex(struct slice bytes, char ret_hex[SHA256_HEX_BYTES])
{
    unsigned char hash[SHA256_BYTES];
    sha256(hash, &bytes, 1);
    (void)sodium_bin2hex(ret_hex, SHA256_HEX_BYTES, hash, sizeof hash);
}

void bulletin_file_name(const char *code, char ret_name[BULLETIN_FILE_NAME_BYTES])
{
    int length = snprintf(ret_name, BULLETIN_FILE_NAME_BYTES, "areas/%s.csv", code);
    assert(length > 0 && length < BULLETIN_FILE_NAME_BYTES);
}

static void put_number(struct buffer *out, int64_t number)
{
    buffer_append_char(out, ',');
    buffer_append_integer(out, number);
}

static void put_text(struct buffer *out, const char *text)
{
    buffer_append_char(out, ',');
    buffer_append_text(out, text);
}

void bulletin_sign(struct slice statement, const unsigned char *pair,
                   unsigned char ret_signature[BULLETIN_SIGNATURE_BYTES])
{
    _Static_assert(BULLETIN_SIGNATURE_BYTES == crypto_sign_BYTES, "an Ed25519 signature is that long");
    int failed = crypto_sign_detached(ret_signature, NULL, (const unsigned char *)statement.bytes,
                                      statement.length, pair);
    assert(failed == 0);
}

/* ---- areas ---- */

static void put_line(struct buffer *out, const struct bulletin_line *line, const char *hash)
{
    buffer_append_text(out, line->code);
    put_number(out, line->registered);
    put_number(out, line->voted);
    put_number(out, line->units);
    put_number(out, line->units_reported);
    put_number(out, line->held);
    put_text(out, hash);
    buffer_append_char(out, '\n');
}

void bulletin_write_area(struct buffer *out, const char *code, const struct bulletin_child *children,
                         size_t count)
{
    struct bulletin_line sum = {.registered = 0};
    bool fits = slice_copy(slice_of(code), sum.code, sizeof sum.code);
    assert(fits);
    buffer_append_text(out, area_header);
    for (size_t i = 0; i < count; i++) {
        put_line(out, &children[i].line, children[i].sha256);
        bulletin_line_add(&sum, &children[i].line);
    }
    put_line(out, &sum, "-");
}

static void put_unit(struct buffer *out, const struct unit *unit, const struct unit_state *state,
                     int32_t offset_s)
{
    buffer_append_text(out, unit->code);
    put_number(out, state->registered);
    put_number(out, state->voted);
    if (state->seq == 0) {
        buffer_append_text(out, ",,,,\n");
        return;
    }
    char as_of[RFC3339_BYTES];
    char receipt[RECEIPT_BYTES];
    rfc3339_format(state->as_of, offset_s, as_of);
    receipt_from_digest(state->digest, receipt);
    put_number(out, state->seq);
    put_text(out, as_of);
    put_text(out, report_kind_name(state->kind));
    put_text(out, receipt);
    buffer_append_char(out, '\n');
}

void bulletin_write_commune(struct buffer *out, const struct bulletin_line *own, const struct unit *units,
                            const struct unit_state *states, const struct bulletin_log *log, int32_t offset_s)
{
    char head[2 * LOG_HEAD_BYTES + 1];
    buffer_append_text(out, commune_header);
    for (int64_t i = 0; i < own->units; i++) {
        put_unit(out, &units[i], &states[i], offset_s);
    }
    put_line(out, own, "-");
    (void)sodium_bin2hex(head, sizeof head, log->head, LOG_HEAD_BYTES);
    buffer_append_text(out, "log");
    put_number(out, log->lines);
    put_text(out, head);
    buffer_append_char(out, '\n');
}

static bool next_count(struct slice *rest, int64_t *ret_count)
{
    return text_parse_integer(text_split(rest, ','), 0, INT64_MAX / 20000, ret_count);
}

bool bulletin_next_child(struct slice *rest, struct bulletin_child *ret_child)
{
    const char *end = rest->length == 0 ? NULL : memchr(rest->bytes, '\n', rest->length);
    if (end == NULL) {
        return false;
    }
    struct slice line = {rest->bytes, (size_t)(end - rest->bytes)};
    struct bulletin_child child;
    struct slice code = text_split(&line, ',');
    if (!text_is_code(code) || !slice_copy(code, child.line.code, sizeof child.line.code) ||
        !next_count(&line, &child.line.registered) || !next_count(&line, &child.line.voted) ||
        !next_count(&line, &child.line.units) || !next_count(&line, &child.line.units_reported) ||
        !next_count(&line, &child.line.held) ||
        !slice_copy(text_split(&line, ','), child.sha256, sizeof child.sha256) ||
        child.line.voted > child.line.registered) {
        return false;
    }
    *ret_child = child;
    *rest = (struct slice){end + 1, rest->length - (size_t)(end + 1 - rest->bytes)};
    return true;
}

bool bulletin_read_sum(struct slice file, struct bulletin_line *ret_line)
{
    struct slice rest = file;
    (void)text_split(&rest, '\n');
    struct bulletin_child child = {.sha256 = ""};
    while (bulletin_next_child(&rest, &child)) {
    }
    if (rest.length > 0 || strcmp(child.sha256, "-") != 0) {
        return false;
    }
    *ret_line = child.line;
    return true;
}

/* ---- the statement ---- */

static const char *status_of(const struct bulletin_statement *statement)
{
    return statement->is_rehearsal ? "rehearsal" : "unofficial";
}

void bulletin_write_statement(struct buffer *out, const struct bulletin_statement *statement)
{
    buffer_printf(out, "%s\n%s\n%lld\n%s\n%s\n%s\n%s\n%s\n%s\n", statement_head, statement->election,
                  (long long)statement->number, statement->label, statement->cut, statement->previous,
                  statement->nation, statement->sha256, status_of(statement));
}

bool bulletin_read_statement(struct slice text, struct bulletin_statement *ret_statement)
{
    struct bulletin_statement statement;
    struct slice rest = text;
    if (!slice_equals(text_split(&rest, '\n'), statement_head) ||
        !slice_copy(text_split(&rest, '\n'), statement.election, sizeof statement.election) ||
        !text_parse_integer(text_split(&rest, '\n'), 1, INT32_MAX, &statement.number) ||
        !slice_copy(text_split(&rest, '\n'), statement.label, sizeof statement.label) ||
        !slice_copy(text_split(&rest, '\n'), statement.cut, sizeof statement.cut) ||
        !slice_copy(text_split(&rest, '\n'), statement.previous, sizeof statement.previous) ||
        !slice_copy(text_split(&rest, '\n'), statement.nation, sizeof statement.nation) ||
        !slice_copy(text_split(&rest, '\n'), statement.sha256, sizeof statement.sha256)) {
        return false;
    }
    struct slice status = text_split(&rest, '\n');
    statement.is_rehearsal = slice_equals(status, "rehearsal");
    if ((!statement.is_rehearsal && !slice_equals(status, "unofficial")) || rest.bytes == NULL ||
        rest.length > 0) {
        return false;
    }
    *ret_statement = statement;
    return true;
}
