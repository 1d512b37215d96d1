/* Asks a Redis that loads its data how far it is (INFO persistence). */
#include "redis_loading.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "redis_reply.h"

bool redis_loading_is(const char *redis_error)
{
    return strstr(redis_error, "LOADING ") != NULL;
}

void redis_loading_put_question(struct redis_command *command)
{
    redis_command_begin(command, "INFO");
    redis_command_put_text(command, "persistence");
}

void redis_loading_read(const redisReply *info, char *ret_words, size_t capacity, int64_t *ret_loaded_bytes)
{
    int64_t loaded = reply_info_number(info, "\nloading_loaded_bytes:", -1);
    int64_t percent = reply_info_number(info, "\nloading_loaded_perc:", -1);
    int64_t left_s = reply_info_number(info, "\nloading_eta_seconds:", -1);
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
