/* The JSON writer. Room for a whole member is reserved at once, then filled without further checks. */
#include <turnout/wire/json_writer.h>

#include <string.h>

enum { ESCAPE_BYTES_MAX = sizeof "\\u0000" - 1 };

struct json_writer json_writer_of(struct buffer *out)
{
    return (struct json_writer){.out = out};
}

/* Comma and key, in a place that has room for more than those. */
static char *put_key(struct json_writer *json, char *at, const char *key, size_t key_length)
{
    if (json->needs_comma) {
        *at++ = ',';
    }
    if (key != NULL) {
        *at++ = '"';
        at = mempcpy(at, key, key_length);
        *at++ = '"';
        *at++ = ':';
    }
    return at;
}

static char *begin_member(struct json_writer *json, const char *key, size_t value_bytes)
{
    size_t key_length = key == NULL ? 0 : strlen(key);
    char *at = buffer_reserve(json->out, sizeof ",\"\":" + key_length + value_bytes);
    return put_key(json, at, key, key_length);
}

static void end_member(struct json_writer *json, char *end)
{
    *end = '\0';
    json->out->length = (size_t)(end - json->out->bytes);
    json->needs_comma = true;
}

void json_put_raw(struct json_writer *json, const char *key, const char *token)
{
    size_t length = strlen(token);
    char *at = begin_member(json, key, length);
    end_member(json, mempcpy(at, token, length));
}

void json_open_object(struct json_writer *json, const char *key)
{
    json_put_raw(json, key, "{");
    json->needs_comma = false;
}

void json_close_object(struct json_writer *json)
{
    buffer_append_char(json->out, '}');
    json->needs_comma = true;
}

void json_open_array(struct json_writer *json, const char *key)
{
    json_put_raw(json, key, "[");
    json->needs_comma = false;
}

void json_close_array(struct json_writer *json)
{
    buffer_append_char(json->out, ']');
    json->needs_comma = true;
}

/* Appends `byte`, which may not stand in a string as it is. */
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

void json_put_text(struct json_writer *json, const char *key, const char *value)
{
    if (value == NULL) {
        json_put_raw(json, key, "null");
        return;
    }
    size_t length = strlen(value);
    char *at = begin_member(json, key, 2 + length * ESCAPE_BYTES_MAX);
    *at++ = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)value[i];
        if (byte < ' ' || byte == '"' || byte == '\\') {
            at = put_escaped(at, byte);
        } else {
            *at++ = (char)byte;
        }
    }
    *at++ = '"';
    end_member(json, at);
}

void json_put_integer(struct json_writer *json, const char *key, int64_t value)
{
    char *at = begin_member(json, key, 0);
    json->out->length = (size_t)(at - json->out->bytes);
    buffer_append_integer(json->out, value);
    json->needs_comma = true;
}

void json_put_boolean(struct json_writer *json, const char *key, bool value)
{
    json_put_raw(json, key, value ? "true" : "false");
}
