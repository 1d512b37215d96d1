/* Bytes as text: slices, whole numbers, codes, UTF-8. Nothing here allocates. Numbers are parsed strictly: the whole
 * text must be decimal digits. */
#ifndef TURNOUT_BASE_TEXT_H
#define TURNOUT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Borrowed bytes, not NUL-terminated. */
struct slice {
    const char *bytes;
    size_t length;
};

/* Of a NUL-terminated string. Inline, like the next two, so that the length of a literal is known at compile time. */
static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, strlen(text)};
}

static inline bool slices_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

static inline bool slice_equals(struct slice slice, const char *text)
{
    return slices_equal(slice, slice_of(text));
}

/* The value of a hexadecimal digit of either case; 16 for any other character. */
static inline unsigned text_hex_digit(char c)
{
    unsigned digit = (unsigned)c - '0';
    unsigned letter = ((unsigned)c | 0x20) - 'a';
    return digit < 10 ? digit : letter < 6 ? 10 + letter : 16;
}

bool slice_equals_ignoring_case(struct slice slice, const char *text); /* ASCII case */
struct slice slice_trim(struct slice slice);                           /* spaces and tabs at both ends */

/* Copies into a NUL-terminated array of `capacity` bytes. False, and nothing written, when it does not fit. */
bool slice_copy(struct slice slice, char *ret_text, size_t capacity);

/* Finds the index of a name in a table of names. False when it is not there. NULL entries are skipped. */
bool text_find(struct slice name, const char *const *names, size_t count, size_t *ret_index);

/* For hash tables. Not cryptographic: whoever chooses the texts can make them collide. */
uint32_t slice_hash(struct slice slice);

/* Decimal digits only: no sign, no space, no leading '+'; leading zeros are fine. False when empty, not all
 * digits, or above `most`. */
bool text_parse_unsigned(struct slice slice, uint64_t most, uint64_t *ret_value);

/* The same with an optional leading '-', for least <= value <= most. */
bool text_parse_integer(struct slice slice, int64_t least, int64_t most, int64_t *ret_value);

enum { DECIMAL_BYTES_MAX = 20 }; /* of any 64-bit integer, its sign included */

/* Writes plain decimal, at most DECIMAL_BYTES_MAX bytes without a NUL, and returns the end. */
char *text_put_unsigned(char *at, uint64_t value);
char *text_put_integer(char *at, int64_t value);

/* A code: 1 to `AREA_CODE_BYTES_MAX` of A-Z a-z 0-9 . _ - (DESIGN section 2). */
bool text_is_code(struct slice slice);

/* The id of a signing key: 1 to `KEY_BYTES_MAX` of the same characters. */
bool text_is_key_id(struct slice slice);

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates); *ret_characters (may
 * be NULL) is the number of code points. */
bool text_is_utf8(struct slice slice, size_t *ret_characters);

/* Whether any character is a control character: C0, DEL or C1. The bytes must be UTF-8. */
bool text_has_control(struct slice slice);

/* Whether the text can be shown in a terminal, log or page as it is: UTF-8 without control characters, noncharacters
 * (U+FFFE, U+FFFF and the like), line separators (U+2028, U+2029) and marks that change the direction of writing
 * (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069). */
bool text_is_showable(struct slice slice);

/* The length without an incomplete character at the end, for UTF-8 that was cut to fit. */
size_t text_whole_length(struct slice slice);

/* The filter for foreign text (of a server, a file, Redis) before a person sees it: replaces each character that
 * cannot be shown with `?`. The text never grows. */
void text_make_showable(char *text);

enum { TEXT_SHOWN_BYTES = 52 };

/* For messages: at most 48 bytes of the slice, with `?` for what cannot be shown, and `...` where it was cut. Returns
 * ret_shown. */
const char *text_show(struct slice slice, char ret_shown[TEXT_SHOWN_BYTES]);

/* Splits off the part after the last `separator`, and shortens *rest to the part before it. False, and nothing
 * changed, when there is no separator. */
bool text_split_last(struct slice *rest, char separator, struct slice *ret_part);

/* Splits off and returns the part before the first `separator`; *rest becomes what follows it, or {NULL, 0} after the
 * last part. */
struct slice text_split(struct slice *rest, char separator);

#endif
