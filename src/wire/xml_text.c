/* Escapes text, and replaces the characters that XML 1.0 does not allow (section 2.2). */
#include <turnout/wire/xml_text.h>

#include <stdbool.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd";

static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\t':
        return "&#9;";
    case '\n':
        return "&#10;";
    case '\r':
        return "&#13;";
    default:
        return (unsigned char)c < ' ' ? replacement : NULL;
    }
}

/* U+FFFE and U+FFFF. */
static bool is_no_character(const char *at)
{
    return strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0;
}

void xml_put_text(struct buffer *out, const char *text)
{
    while (*text != '\0') {
        const char *escape = escape_of(*text);
        if (escape != NULL) {
            buffer_append_text(out, escape);
            text++;
        } else if (is_no_character(text)) {
            buffer_append_text(out, replacement);
            text += 3;
        } else {
            buffer_append_char(out, *text++);
        }
    }
}
