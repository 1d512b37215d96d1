/* A command on its way to Redis, in the form that is sent (RESP: an array of bulk strings). Built word by word, so that
 * a large one is copied once. */
#ifndef TURNOUT_STORE_REDIS_COMMAND_H
#define TURNOUT_STORE_REDIS_COMMAND_H

#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

/* Embedded; begun with redis_command_begin, ended with redis_command_done. */
struct redis_command {
    struct buffer bytes;
    uint32_t words;
};

void redis_command_begin(struct redis_command *command, const char *name);

/* Begins a call of a function, by FCALL or FCALL_RO. Its keys come next. */
void redis_command_begin_call(struct redis_command *command, const char *name, const char *function,
                              uint32_t key_count);

void redis_command_done(struct redis_command *command);

void redis_command_put(struct redis_command *command, struct slice word);
void redis_command_put_text(struct redis_command *command, const char *word);
void redis_command_put_integer(struct redis_command *command, int64_t word);
void redis_command_put_buffer(struct redis_command *command, struct buffer *word); /* and clears the buffer */

/* The whole command, borrowed until it is changed. */
struct slice redis_command_bytes(struct redis_command *command);

#endif
