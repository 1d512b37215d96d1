/* Reads and writes the ground of a province: generation, digest, phase. */
#include "ground_words.h"

#include <hiredis/hiredis.h>

#include "phase_calls.h"
#include "redis_reply.h"
#include "words.h"

void ground_words_put(struct redis_command *command, const struct store_ground *ground)
{
    struct buffer digest = {0};
    words_put_hex(&digest, ground->digest, sizeof ground->digest);
    redis_command_put_text(command, ground->generation);
    redis_command_put(command, (struct slice){digest.bytes, digest.length});
    redis_command_put_text(command, election_phase_name(ground->phase));
    buffer_done(&digest);
}

const char *ground_words_read(const struct redisReply *list, size_t first, struct store_ground *ret_ground)
{
    struct slice generation = reply_text(list->element[first]);
    if (generation.length == 0 ||
        !slice_copy(generation, ret_ground->generation, sizeof ret_ground->generation)) {
        return "generation";
    }
    if (!words_read_hex(reply_text(list->element[first + 1]), ret_ground->digest,
                        sizeof ret_ground->digest)) {
        return "digest";
    }
    struct slice phase = reply_text(list->element[first + 2]);
    ret_ground->is_opening = slice_equals(phase, PHASE_OPENING);
    if (ret_ground->is_opening) {
        ret_ground->phase = PHASE_REHEARSAL;
        return NULL;
    }
    return election_phase_parse(phase, &ret_ground->phase) ? NULL : "phase";
}
