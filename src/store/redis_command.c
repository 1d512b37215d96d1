/* RESP, the sending half. */
#include "redis_command.h"

#include <string.h>

enum { HEAD_BYTES = sizeof "*4294967295\r\n" - 1 };

/* The number of words is known last and stands first, so room is left for it. */
void redis_command_begin(struct redis_command *command, const char *name)
{
    static const char room[HEAD_BYTES] = {0};
    *command = (struct redis_command){0};
    buffer_append(&command->bytes, room, sizeof room);
    redis_command_put_text(command, name);
}

void redis_command_begin_call(struct redis_command *command, const char *name, const char *function,
                              uint32_t key_count)
{
    redis_command_begin(command, name);
    redis_command_put_text(command, function);
    redis_command_put_integer(command, key_count);
}

void redis_command_done(struct redis_command *command)
{
    buffer_done(&command->bytes);
}

void redis_command_put(struct redis_command *command, struct slice word)
{
    struct buffer *bytes = &command->bytes;
    char *at = buffer_reserve(bytes, word.length + DECIMAL_BYTES_MAX + sizeof "$\r\n\r\n");
    *at++ = '$';
    at = text_put_unsigned(at, word.length);
    at = mempcpy(at, "\r\n", 2);
    if (word.length > 0) {
        at = mempcpy(at, word.bytes, word.length);
    }
    at = mempcpy(at, "\r\n", 2);
    *at = '\0';
    bytes->length = (size_t)(at - bytes->bytes);
    command->words++;
}

void redis_command_put_text(struct redis_command *command, const char *word)
{
    redis_command_put(command, slice_of(word));
}

void redis_command_put_integer(struct redis_command *command, int64_t word)
{
    char digits[DECIMAL_BYTES_MAX];
    redis_command_put(command, (struct slice){digits, (size_t)(text_put_integer(digits, word) - digits)});
}

void redis_command_put_buffer(struct redis_command *command, struct buffer *word)
{
    redis_command_put(command, (struct slice){word->bytes, word->length});
    buffer_clear(word);
}

struct slice redis_command_bytes(struct redis_command *command)
{
    char digits[DECIMAL_BYTES_MAX];
    struct slice words = {digits, (size_t)(text_put_unsigned(digits, command->words) - digits)};
    char *end = command->bytes.bytes + HEAD_BYTES;
    end[-2] = '\r';
    end[-1] = '\n';
    char *start = end - 3 - words.length;
    start[0] = '*';
    memcpy(start + 1, words.bytes, words.length);
    return (struct slice){start, command->bytes.length - (size_t)(start - command->bytes.bytes)};
}
