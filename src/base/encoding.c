/* Telling encodings apart by their first bytes, and making UTF-16 into UTF-8. */
#include <turnout/base/encoding.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

#define SAVE_IT "save it as text in UTF-8, which a spreadsheet calls \"CSV UTF-8\""

/* ---- what is no text ---- */

/* Files that spreadsheets and offices make, by how they begin. */
static const struct {
    struct slice begins;
    const char *what;
} strangers[] = {
    {{"PK\x03\x04", 4}, "a spreadsheet's own file (.xlsx, .ods) or another zip file"},
    {{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8}, "a spreadsheet's own file of the old kind (.xls)"},
    {{"%PDF-", 5}, "a PDF"},
    {{"{\\rtf", 5}, "a word processor's file (.rtf)"},
    {{"<", 1}, "a page (HTML or XML)"},
    {{"\x1f\x8b", 2}, "a gzip file"},
    {{"\xff\xfe\0\0", 4}, "UTF-32"},
};

static const char *name_stranger(const char *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        struct slice begins = strangers[i].begins;
        if (length >= begins.length && memcmp(bytes, begins.bytes, begins.length) == 0) {
            return strangers[i].what;
        }
    }
    return NULL;
}

/* ---- UTF-8 ---- */

enum { WORD_BYTES = 8 };

/* Nearly all is ASCII in nearly all files. */
static size_t skip_ascii(const char *bytes, size_t length, size_t at)
{
    uint64_t word;
    while (at + WORD_BYTES <= length) {
        memcpy(&word, bytes + at, WORD_BYTES);
        if ((word & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
        at += WORD_BYTES;
    }
    return at;
}

/* Where the first line that is not UTF-8 begins; `length` when there is none. */
static size_t find_not_utf8(const char *bytes, size_t length)
{
    size_t at = 0;
    while ((at = skip_ascii(bytes, length, at)) < length) {
        /* A line feed is never part of another character, so a line can be looked at by itself. */
        const char *feed = memchr(bytes + at, '\n', length - at);
        size_t end = feed == NULL ? length : (size_t)(feed - bytes) + 1;
        while (at > 0 && bytes[at - 1] != '\n') {
            at--;
        }
        if (!text_is_utf8((struct slice){bytes + at, end - at}, NULL)) {
            return at;
        }
        at = end;
    }
    return length;
}

static uint32_t line_at(const char *bytes, size_t at)
{
    uint32_t line = 1;
    for (size_t i = 0; i < at; i++) {
        line += bytes[i] == '\n';
    }
    return line;
}

/* ---- UTF-16 ---- */

enum byte_order { NOT_UTF16, LITTLE_ENDIAN_UTF16, BIG_ENDIAN_UTF16 };

/* Without a mark two characters of ASCII show it, as every name of a column begins. */
static enum byte_order utf16_order(const unsigned char *bytes, size_t length, size_t *ret_mark_bytes)
{
    *ret_mark_bytes = 2;
    if (length >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0) {
        return LITTLE_ENDIAN_UTF16;
    }
    if (length >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0) {
        return BIG_ENDIAN_UTF16;
    }
    *ret_mark_bytes = 0;
    if (length >= 4 && bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0) {
        return LITTLE_ENDIAN_UTF16;
    }
    if (length >= 4 && bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0) {
        return BIG_ENDIAN_UTF16;
    }
    return NOT_UTF16;
}

static uint32_t utf16_unit(const unsigned char *bytes, enum byte_order order)
{
    return order == LITTLE_ENDIAN_UTF16 ? bytes[0] | (uint32_t)bytes[1] << 8
                                        : bytes[1] | (uint32_t)bytes[0] << 8;
}

static char *put_utf8(char *at, uint32_t point)
{
    if (point < 0x80) {
        *at++ = (char)point;
    } else if (point < 0x800) {
        *at++ = (char)(0xc0 | point >> 6);
        *at++ = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        *at++ = (char)(0xe0 | point >> 12);
        *at++ = (char)(0x80 | (point >> 6 & 0x3f));
        *at++ = (char)(0x80 | (point & 0x3f));
    } else {
        *at++ = (char)(0xf0 | point >> 18);
        *at++ = (char)(0x80 | (point >> 12 & 0x3f));
        *at++ = (char)(0x80 | (point >> 6 & 0x3f));
        *at++ = (char)(0x80 | (point & 0x3f));
    }
    return at;
}

/* False where half a character stands alone. Two bytes become at most three. */
static bool convert_utf16(const unsigned char *bytes, size_t length, enum byte_order order,
                          struct buffer *out)
{
    char *at = buffer_reserve(out, length / 2 * 3);
    const char *start = at;
    for (size_t i = 0; i + 2 <= length; i += 2) {
        uint32_t point = utf16_unit(bytes + i, order);
        if (point >= 0xd800 && point <= 0xdbff && i + 4 <= length) {
            uint32_t low = utf16_unit(bytes + i + 2, order);
            if (low >= 0xdc00 && low <= 0xdfff) {
                point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        if (point >= 0xd800 && point <= 0xdfff) {
            return false;
        }
        at = put_utf8(at, point);
    }
    out->length += (size_t)(at - start);
    return length % 2 == 0;
}

static enum turnout_error replace_utf16(char **bytes, size_t *length, size_t mark_bytes,
                                        enum byte_order order, struct error *error)
{
    struct buffer converted = {0};
    const unsigned char *text = (const unsigned char *)*bytes + mark_bytes;
    if (!convert_utf16(text, *length - mark_bytes, order, &converted)) {
        buffer_done(&converted);
        return error_fail(error, TURNOUT_BAD_INPUT, "", "the file is damaged UTF-16; " SAVE_IT);
    }
    free(*bytes);
    *bytes = buffer_take(&converted, length);
    return TURNOUT_OK;
}

enum turnout_error encoding_to_utf8(char **bytes, size_t *length, uint32_t *ret_line, struct error *error)
{
    *ret_line = 0;
    const char *stranger = name_stranger(*bytes, *length);
    if (stranger != NULL) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "the file is not text but %s; open it and " SAVE_IT,
                          stranger);
    }
    size_t mark_bytes;
    enum byte_order order = utf16_order((const unsigned char *)*bytes, *length, &mark_bytes);
    if (order != NOT_UTF16) {
        return replace_utf16(bytes, length, mark_bytes, order, error);
    }
    size_t bad = find_not_utf8(*bytes, *length);
    if (bad < *length) {
        *ret_line = line_at(*bytes, bad);
        return error_fail(error, TURNOUT_BAD_INPUT, "",
                          "the line is not UTF-8: the file was saved in a code page, such as windows-1258 or "
                          "latin1; open it in that and " SAVE_IT);
    }
    return TURNOUT_OK;
}
