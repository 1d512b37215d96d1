/* JSON written piece by piece into a buffer: commas and escaping are its business, structure is the caller's.
 * Used where documents are rendered by the thousand; jansson reads, this writes. (Its functions `put`, because
 * json_integer and the like are jansson's.) */
#ifndef TURNOUT_WIRE_JSON_WRITER_H
#define TURNOUT_WIRE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>

struct json_writer {
    struct buffer *out; /* borrowed */
    bool needs_comma;
};

struct json_writer json_writer_of(struct buffer *out);

void json_open_object(struct json_writer *json,
                      const char *key); /* key NULL: inside an array or at the top */
void json_close_object(struct json_writer *json);
void json_open_array(struct json_writer *json, const char *key);
void json_close_array(struct json_writer *json);

/* Keys are plain ASCII literals and are not escaped. Values are UTF-8 and are. */
void json_put_text(struct json_writer *json, const char *key, const char *value); /* value NULL: null */
void json_put_integer(struct json_writer *json, const char *key, int64_t value);
void json_put_boolean(struct json_writer *json, const char *key, bool value);
void json_put_raw(struct json_writer *json, const char *key, const char *token); /* a finished JSON token */

#endif
