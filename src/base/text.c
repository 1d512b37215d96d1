/* Slices, whole numbers, codes, UTF-8. */
#include <turnout/base/text.h>

#include <string.h>
#include <strings.h>

#include <turnout/base/limits.h>

bool slice_equals_ignoring_case(struct slice slice, const char *text)
{
    return strlen(text) == slice.length &&
           (slice.length == 0 || strncasecmp(slice.bytes, text, slice.length) == 0);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice slice)
{
    while (slice.length > 0 && is_blank(slice.bytes[0])) {
        slice.bytes++;
        slice.length--;
    }
    while (slice.length > 0 && is_blank(slice.bytes[slice.length - 1])) {
        slice.length--;
    }
    return slice;
}

bool slice_copy(struct slice slice, char *ret_text, size_t capacity)
{
    if (slice.length >= capacity) {
        return false;
    }
    if (slice.length > 0) {
        memcpy(ret_text, slice.bytes, slice.length);
    }
    ret_text[slice.length] = '\0';
    return true;
}

bool text_find(struct slice name, const char *const *names, size_t count, size_t *ret_index)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL && slice_equals(name, names[i])) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/* FNV-1a, 64 bits, its upper half folded in. */
uint32_t slice_hash(struct slice slice)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < slice.length; i++) {
        hash = (hash ^ (unsigned char)slice.bytes[i]) * UINT64_C(0x100000001b3);
    }
    return (uint32_t)(hash ^ hash >> 32);
}

bool text_parse_unsigned(struct slice slice, uint64_t most, uint64_t *ret_value)
{
    if (slice.length == 0) {
        return false;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < slice.length; i++) {
        char c = slice.bytes[i];
        if (c < '0' || c > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(c - '0');
        if (value > (UINT64_MAX - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    if (value > most) {
        return false;
    }
    *ret_value = value;
    return true;
}

bool text_parse_integer(struct slice slice, int64_t least, int64_t most, int64_t *ret_value)
{
    bool negative = slice.length > 0 && slice.bytes[0] == '-';
    if (negative) {
        slice.bytes++;
        slice.length--;
    }
    uint64_t magnitude;
    if (!text_parse_unsigned(slice, (uint64_t)INT64_MAX + (negative ? 1 : 0), &magnitude)) {
        return false;
    }
    /* By way of ~, because INT64_MIN has no positive counterpart to negate. */
    int64_t value = negative && magnitude > 0 ? ~(int64_t)(magnitude - 1) : (int64_t)magnitude;
    if (value < least || value > most) {
        return false;
    }
    *ret_value = value;
    return true;
}

char *text_put_unsigned(char *at, uint64_t value)
{
    size_t digits = 1;
    for (uint64_t left = value; left >= 10; left /= 10) {
        digits++;
    }
    for (char *digit = at + digits; digit > at; value /= 10) {
        *--digit = (char)('0' + value % 10);
    }
    return at + digits;
}

char *text_put_integer(char *at, int64_t value)
{
    if (value < 0) {
        *at++ = '-';
        return text_put_unsigned(at, (uint64_t)0 - (uint64_t)value);
    }
    return text_put_unsigned(at, (uint64_t)value);
}

static bool is_code_character(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

static bool is_code_within(struct slice slice, size_t bytes_max)
{
    if (slice.length == 0 || slice.length > bytes_max) {
        return false;
    }
    for (size_t i = 0; i < slice.length; i++) {
        if (!is_code_character(slice.bytes[i])) {
            return false;
        }
    }
    return true;
}

bool text_is_code(struct slice slice)
{
    return is_code_within(slice, AREA_CODE_BYTES_MAX);
}

bool text_is_key_id(struct slice slice)
{
    return is_code_within(slice, KEY_BYTES_MAX);
}

/* Reads one code point at bytes[0..length). Returns its length in bytes, 0 when it is not well-formed. */
static size_t decode_utf8(const unsigned char *bytes, size_t length, uint32_t *ret_point)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least; /* a smaller point in this form would be overlong */
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

    for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
        if ((bytes[0] & forms[form].mask) != forms[form].lead) {
            continue;
        }
        if (form + 1 > length) {
            return 0;
        }
        uint32_t point = bytes[0] & (unsigned char)~forms[form].mask;
        for (size_t i = 1; i <= form; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return 0;
            }
            point = point << 6 | (bytes[i] & 0x3fU);
        }
        bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
        if (point < forms[form].least || point > 0x10ffff || is_surrogate) {
            return 0;
        }
        *ret_point = point;
        return form + 1;
    }
    return 0;
}

bool text_is_utf8(struct slice slice, size_t *ret_characters)
{
    const unsigned char *bytes = (const unsigned char *)slice.bytes;
    size_t characters = 0;
    for (size_t at = 0; at < slice.length; characters++) {
        uint32_t point;
        size_t taken = decode_utf8(bytes + at, slice.length - at, &point);
        if (taken == 0) {
            return false;
        }
        at += taken;
    }
    if (ret_characters != NULL) {
        *ret_characters = characters;
    }
    return true;
}

static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

static bool is_no_character(uint32_t point)
{
    return (point & 0xfffe) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef);
}

static bool ends_line_or_turns_direction(uint32_t point)
{
    return point == 0x061c || point == 0x200e || point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069);
}

bool text_has_control(struct slice slice)
{
    const unsigned char *bytes = (const unsigned char *)slice.bytes;
    for (size_t at = 0; at < slice.length;) {
        uint32_t point;
        size_t taken = decode_utf8(bytes + at, slice.length - at, &point);
        if (taken == 0 || is_control(point)) {
            return true;
        }
        at += taken;
    }
    return false;
}

bool text_is_showable(struct slice slice)
{
    const unsigned char *bytes = (const unsigned char *)slice.bytes;
    for (size_t at = 0; at < slice.length;) {
        uint32_t point;
        size_t taken = decode_utf8(bytes + at, slice.length - at, &point);
        if (taken == 0 || is_control(point) || is_no_character(point) ||
            ends_line_or_turns_direction(point)) {
            return false;
        }
        at += taken;
    }
    return true;
}

size_t text_whole_length(struct slice slice)
{
    size_t start = slice.length;
    while (start > 0 && slice.length - start < 3 && ((unsigned char)slice.bytes[start - 1] & 0xc0) == 0x80) {
        start--;
    }
    if (start == 0) {
        return slice.length;
    }
    unsigned char lead = (unsigned char)slice.bytes[start - 1];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    size_t present = slice.length - start + 1;
    return present < wanted ? start - 1 : slice.length;
}

/* The character at the beginning, or the one byte that begins none; false when it cannot be shown. */
static bool first_character(struct slice text, struct slice *ret_character)
{
    uint32_t point;
    size_t taken = decode_utf8((const unsigned char *)text.bytes, text.length, &point);
    *ret_character = (struct slice){text.bytes, taken == 0 ? 1 : taken};
    return text_is_showable(*ret_character);
}

/* Writes at most as many bytes as the slice has, perhaps over itself, and returns how many. */
static size_t show_all(struct slice rest, char *ret_text)
{
    size_t written = 0;
    while (rest.length > 0) {
        struct slice character;
        if (first_character(rest, &character)) {
            memmove(ret_text + written, character.bytes, character.length);
            written += character.length;
        } else {
            ret_text[written++] = '?';
        }
        rest = (struct slice){rest.bytes + character.length, rest.length - character.length};
    }
    return written;
}

void text_make_showable(char *text)
{
    text[show_all(slice_of(text), text)] = '\0';
}

const char *text_show(struct slice slice, char ret_shown[TEXT_SHOWN_BYTES])
{
    static const char cut_mark[] = "...";
    struct slice head = {slice.bytes, TEXT_SHOWN_BYTES - sizeof cut_mark};
    bool is_cut = slice.length > head.length;
    head.length = is_cut ? text_whole_length(head) : slice.length;
    size_t written = show_all(head, ret_shown);
    memcpy(ret_shown + written, is_cut ? cut_mark : "", is_cut ? sizeof cut_mark : 1);
    return ret_shown;
}

struct slice text_split(struct slice *rest, char separator)
{
    struct slice whole = *rest;
    const char *at = whole.length > 0 ? memchr(whole.bytes, separator, whole.length) : NULL;
    if (at == NULL) {
        *rest = (struct slice){0};
        return whole;
    }
    size_t length = (size_t)(at - whole.bytes);
    *rest = (struct slice){at + 1, whole.length - length - 1};
    return (struct slice){whole.bytes, length};
}

bool text_split_last(struct slice *rest, char separator, struct slice *ret_part)
{
    for (size_t i = rest->length; i > 0; i--) {
        if (rest->bytes[i - 1] == separator) {
            *ret_part = (struct slice){rest->bytes + i, rest->length - i};
            rest->length = i - 1;
            return true;
        }
    }
    return false;
}
