/* The JSON writer. Space for a whole member is reserved once, then filled without further checks. */
#include <turnout/wire/json_writer.h>

#include <string.h>

enum { ESCAPE_BYTES_MAX = sizeof "\\u0000" - 1 };

struct json_writer json_writer_of(struct buffer *out)
{
    return (struct json_writer){.out = out};
}

/* Reserves space for a member with a value of at most `value_bytes`, and writes its key. */
static char *begin_member(struct json_writer *json, struct slice key, size_t value_bytes)
{
    char *at = buffer_reserve(json->out, sizeof ",\"\":" + key.length + value_bytes);
    if (json->needs_comma) {
        *at++ = ',';
    }
    if (key.bytes != NULL) {
        *at++ = '"';
        at = mempcpy(at, key.bytes, key.length);
        *at++ = '"';
        *at++ = ':';
    }
    return at;
}

static void end_member(struct json_writer *json, char *end)
{
    *end = '\0';
    json->out->length = (size_t)(end - json->out->bytes);
    json->needs_comma = true;
}

void json_put_member(struct json_writer *json, struct slice key, struct slice token)
{
    char *at = begin_member(json, key, token.length);
    end_member(json, mempcpy(at, token.bytes, token.length));
}

void json_close_object(struct json_writer *json)
{
    buffer_append_char(json->out, '}');
    json->needs_comma = true;
}

void json_close_array(struct json_writer *json)
{
    buffer_append_char(json->out, ']');
    json->needs_comma = true;
}

/* Appends a byte that needs escaping in a string. */
static char *put_escaped(char *at, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorthand[' '] = {['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    *at++ = '\\';
    if (byte >= ' ') {
        *at++ = (char)byte;
    } else if (shorthand[byte] != '\0') {
        *at++ = shorthand[byte];
    } else {
        at = mempcpy(at, "u00", 3);
        *at++ = hex[byte >> 4];
        *at++ = hex[byte & 15];
    }
    return at;
}

void json_put_member_text(struct json_writer *json, struct slice key, struct slice value)
{
    char *at = begin_member(json, key, 2 + value.length * ESCAPE_BYTES_MAX);
    *at++ = '"';
    for (size_t i = 0; i < value.length; i++) {
        unsigned char byte = (unsigned char)value.bytes[i];
        if (byte < ' ' || byte == '"' || byte == '\\') {
            at = put_escaped(at, byte);
        } else {
            *at++ = (char)byte;
        }
    }
    *at++ = '"';
    end_member(json, at);
}

void json_put_member_integer(struct json_writer *json, struct slice key, int64_t value)
{
    char *at = begin_member(json, key, DECIMAL_BYTES_MAX);
    end_member(json, text_put_integer(at, value));
}
