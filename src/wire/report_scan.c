/* A fast scanner for reports, the most frequent input: one pass over the bytes. It follows RFC 8259 for everything a
 * report can contain (one flat object of texts, plain integers, true); anything else ends the scan, and report_load()
 * decides. */
#include "report_members.h"

#include <string.h>

enum { DIGITS_MAX = 18 }; /* so that no integer overflows */

struct scan {
    const char *at;
    const char *end;
    char *unescaped; /* where the next unescaped text goes */
};

static bool is_next(const struct scan *scan, char byte)
{
    return scan->at < scan->end && *scan->at == byte;
}

static void skip_blanks(struct scan *scan)
{
    while (is_next(scan, ' ') || is_next(scan, '\t') || is_next(scan, '\n') || is_next(scan, '\r')) {
        scan->at++;
    }
}

/* Takes a one-byte token and the blanks around it. */
static bool take_token(struct scan *scan, char token)
{
    skip_blanks(scan);
    if (!is_next(scan, token)) {
        return false;
    }
    scan->at++;
    skip_blanks(scan);
    return true;
}

/* ---- texts ---- */

static bool take_hex(struct scan *scan, uint32_t *ret_unit)
{
    enum { HEX_DIGITS = 4 };
    if (scan->end - scan->at < HEX_DIGITS) {
        return false;
    }
    uint32_t unit = 0;
    for (int i = 0; i < HEX_DIGITS; i++) {
        unsigned digit = text_hex_digit(*scan->at++);
        if (digit > 15) {
            return false;
        }
        unit = unit << 4 | digit;
    }
    *ret_unit = unit;
    return true;
}

/* After `\u`: one UTF-16 unit or a surrogate pair. NUL is refused: it would end a C string. */
static bool take_point(struct scan *scan, uint32_t *ret_point)
{
    uint32_t unit;
    if (!take_hex(scan, &unit) || unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff)) {
        return false;
    }
    if (unit >= 0xd800 && unit <= 0xdbff) {
        uint32_t low;
        if (scan->end - scan->at < 2 || memcmp(scan->at, "\\u", 2) != 0) {
            return false;
        }
        scan->at += 2;
        if (!take_hex(scan, &low) || low < 0xdc00 || low > 0xdfff) {
            return false;
        }
        unit = 0x10000 + ((unit - 0xd800) << 10 | (low - 0xdc00));
    }
    *ret_point = unit;
    return true;
}

static void put_utf8(struct scan *scan, uint32_t point)
{
    static const unsigned char leads[] = {0x00, 0xc0, 0xe0, 0xf0};
    int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    *scan->unescaped++ = (char)(leads[more] | point >> 6 * more);
    while (more-- > 0) {
        *scan->unescaped++ = (char)(0x80 | (point >> 6 * more & 0x3f));
    }
}

/* After a backslash. */
static bool unescape(struct scan *scan)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (scan->at == scan->end) {
        return false;
    }
    char letter = *scan->at++;
    if (letter == 'u') {
        uint32_t point;
        if (!take_point(scan, &point)) {
            return false;
        }
        put_utf8(scan, point);
        return true;
    }
    const char *found = memchr(letters, letter, sizeof letters - 1);
    if (found == NULL) {
        return false;
    }
    *scan->unescaped++ = meanings[found - letters];
    return true;
}

/* Takes the rest of a text that has been read from `start` on and continues with a backslash. Unescaped texts are
 * never longer than the input, so there is room for all of them. */
static bool take_rest_unescaped(struct scan *scan, const char *start, struct slice *ret_text)
{
    char *text = scan->unescaped;
    scan->unescaped = mempcpy(text, start, (size_t)(scan->at - start));
    while (scan->at < scan->end) {
        char byte = *scan->at++;
        if (byte == '"') {
            *ret_text = (struct slice){text, (size_t)(scan->unescaped - text)};
            return text_is_utf8(*ret_text, NULL);
        }
        if (byte == '\\') {
            if (!unescape(scan)) {
                return false;
            }
        } else if ((unsigned char)byte < ' ') {
            return false;
        } else {
            *scan->unescaped++ = byte;
        }
    }
    return false;
}

static bool take_text(struct scan *scan, struct slice *ret_text)
{
    if (!is_next(scan, '"')) {
        return false;
    }
    const char *start = scan->at + 1;
    const char *at = start;
    unsigned all_bits = 0;
    while (at < scan->end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ') {
        all_bits |= (unsigned char)*at++;
    }
    scan->at = at;
    if (is_next(scan, '\\')) {
        return take_rest_unescaped(scan, start, ret_text);
    }
    if (!is_next(scan, '"')) {
        return false;
    }
    scan->at++;
    *ret_text = (struct slice){start, (size_t)(at - start)};
    return all_bits < 0x80 || text_is_utf8(*ret_text, NULL);
}

/* ---- members ---- */

/* A fraction, an exponent or another digit is neither comma nor brace, so it ends the scan. */
static bool take_integer(struct scan *scan, int64_t *ret_integer)
{
    const char *start = scan->at;
    int64_t integer = 0;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9' && scan->at - start < DIGITS_MAX) {
        integer = integer * 10 + (*scan->at++ - '0');
    }
    ptrdiff_t digits = scan->at - start;
    *ret_integer = integer;
    return digits > 0 && (*start != '0' || digits == 1);
}

static bool take_true(struct scan *scan)
{
    static const char literal[] = "true";
    if (scan->end - scan->at < (ptrdiff_t)strlen(literal) ||
        memcmp(scan->at, literal, strlen(literal)) != 0) {
        return false;
    }
    scan->at += strlen(literal);
    return true;
}

static bool take_value(struct scan *scan, struct report_member *ret_member)
{
    if (is_next(scan, '"')) {
        ret_member->kind = MEMBER_TEXT;
        return take_text(scan, &ret_member->text);
    }
    if (is_next(scan, 't')) {
        ret_member->kind = MEMBER_TRUE;
        return take_true(scan);
    }
    ret_member->kind = MEMBER_INTEGER;
    return take_integer(scan, &ret_member->integer);
}

/* *likely is the usual field at this position. */
static bool take_member(struct scan *scan, struct report_members *members, enum report_field *likely)
{
    struct slice name;
    enum report_field field;
    if (!take_text(scan, &name) || !report_field_find(name, *likely, &field) ||
        members->of[field].kind != MEMBER_ABSENT || !take_token(scan, ':')) {
        return false;
    }
    *likely = (enum report_field)((field + 1) % FIELD_COUNT);
    return take_value(scan, &members->of[field]);
}

bool report_scan(struct slice text, struct report_members *ret_members)
{
    if (text.length == 0 || text.length > REPORT_BYTES_MAX) {
        return false;
    }
    memset(ret_members->of, 0, sizeof ret_members->of);
    ret_members->unknown_key = NULL;
    struct scan scan = {
        .at = text.bytes, .end = text.bytes + text.length, .unescaped = ret_members->unescaped};
    enum report_field likely = FIELD_ELECTION;
    if (!take_token(&scan, '{')) {
        return false;
    }
    bool is_empty = take_token(&scan, '}');
    if (!is_empty) {
        do {
            if (!take_member(&scan, ret_members, &likely)) {
                return false;
            }
        } while (take_token(&scan, ','));
    }
    return (is_empty || take_token(&scan, '}')) && scan.at == scan.end;
}
