/* The election is open once meta says so (meta.c). Before that an opening is taken back, afterwards it is finished. */
#include "unfinished_opening.h"

#include "phase_calls.h"
#include "redis_sync.h"

static enum turnout_error fail_changed(struct error *error)
{
    return error_fail(error, TURNOUT_UNAVAILABLE, "redis",
                      "the phase is being changed by somebody else: start again");
}

enum turnout_error unfinished_opening_end(struct redisContext *redis, const struct store_options *options,
                                          const char *generation, enum election_phase phase,
                                          struct error *error)
{
    const char *name = election_phase_name(phase);
    struct redis_command command;
    int64_t number = 0;
    change_put_begin(&command, options->election, generation, "phase", name);
    enum turnout_error failed = redis_sync_send_number(redis, "FCALL", &command, &number, error);
    if (failed == TURNOUT_OK && number == 0) {
        failed = fail_changed(error);
    }
    for (uint32_t i = 1; failed == TURNOUT_OK && i <= options->reg->province_count; i++) {
        struct province_keys keys;
        int64_t answer = 0;
        province_keys_init(&keys, options->election, options->reg->areas[i].code);
        phase_put(&command, &keys, generation, number, name);
        failed = redis_sync_send_number(redis, "FCALL", &command, &answer, error);
        if (failed == TURNOUT_OK && answer < 0) {
            failed = fail_changed(error);
        }
    }
    return failed;
}
