/* Asks a Redis that loads its data how far it is (INFO persistence). */
#include "redis_loading.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/text.h>

bool redis_loading_is(const char *redis_error)
{
    return strstr(redis_error, "LOADING ") != NULL;
}

void redis_loading_put_question(struct redis_command *command)
{
    redis_command_begin(command, "INFO");
    redis_command_put_text(command, "persistence");
}

/* The whole number behind a field's name, which begins a line and ends with a colon; -1: it is not there. */
static int64_t field_of(const redisReply *info, const char *name)
{
    const char *at = info->type == REDIS_REPLY_STRING ? strstr(info->str, name) : NULL;
    int64_t value;
    if (at == NULL) {
        return -1;
    }
    const char *digits = at + strlen(name);
    struct slice number = {digits, strspn(digits, "0123456789")};
    return text_parse_integer(number, 0, INT64_MAX, &value) ? value : -1;
}

void redis_loading_read(const redisReply *info, char *ret_words, size_t capacity, int64_t *ret_loaded_bytes)
{
    int64_t loaded = field_of(info, "\nloading_loaded_bytes:");
    int64_t percent = field_of(info, "\nloading_loaded_perc:");
    int64_t left_s = field_of(info, "\nloading_eta_seconds:");
    *ret_loaded_bytes = loaded < 0 ? 0 : loaded;
    if (loaded < 0 || percent < 0) {
        (void)snprintf(ret_words, capacity, "Redis loads its data");
    } else if (left_s <= 0) {
        (void)snprintf(ret_words, capacity, "Redis loads its data: %" PRId64 " %%", percent);
    } else {
        (void)snprintf(ret_words, capacity, "Redis loads its data: %" PRId64 " %%, %" PRId64 " s to go",
                       percent, left_s);
    }
}
