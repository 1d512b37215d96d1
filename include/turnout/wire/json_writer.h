/* Writes JSON piece by piece into a buffer. Handles commas and escaping; the structure is up to the caller. Used
 * where thousands of documents are rendered; jansson only reads. (The functions are named `put`, because json_integer
 * and the like are jansson's.) */
#ifndef TURNOUT_WIRE_JSON_WRITER_H
#define TURNOUT_WIRE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

struct json_writer {
    struct buffer *out; /* borrowed */
    bool needs_comma;
};

struct json_writer json_writer_of(struct buffer *out);

/* Keys are ASCII literals and not escaped; NULL inside an array or at the top. Inline, so that their length is known
 * at compile time. */
static inline struct slice json_key(const char *key)
{
    return key == NULL ? (struct slice){0} : slice_of(key);
}

/* The base of the functions below. A key of {NULL, 0} means none. */
void json_put_member(struct json_writer *json, struct slice key, struct slice token);
void json_put_member_text(struct json_writer *json, struct slice key, struct slice value);
void json_put_member_integer(struct json_writer *json, struct slice key, int64_t value);

/* Writes a complete JSON token. */
static inline void json_put_raw(struct json_writer *json, const char *key, const char *token)
{
    json_put_member(json, json_key(key), slice_of(token));
}

/* Writes UTF-8, escaped where JSON requires it; NULL becomes null. */
static inline void json_put_text(struct json_writer *json, const char *key, const char *value)
{
    if (value == NULL) {
        json_put_raw(json, key, "null");
    } else {
        json_put_member_text(json, json_key(key), slice_of(value));
    }
}

static inline void json_put_integer(struct json_writer *json, const char *key, int64_t value)
{
    json_put_member_integer(json, json_key(key), value);
}

static inline void json_put_boolean(struct json_writer *json, const char *key, bool value)
{
    json_put_raw(json, key, value ? "true" : "false");
}

static inline void json_open_object(struct json_writer *json, const char *key)
{
    json_put_raw(json, key, "{");
    json->needs_comma = false;
}

static inline void json_open_array(struct json_writer *json, const char *key)
{
    json_put_raw(json, key, "[");
    json->needs_comma = false;
}

void json_close_object(struct json_writer *json);
void json_close_array(struct json_writer *json);

#endif
