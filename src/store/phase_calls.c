/* What is sent to change the phase of the election, by a server that runs (meta.c) or starts (unfinished_opening.c). */
#include "phase_calls.h"

#include <stdbool.h>
#include <string.h>

#include <turnout/election/phase.h>

void change_put_begin(struct redis_command *command, const struct election *election, const char *generation,
                      const char *field, const char *before)
{
    char meta[REDIS_KEY_BYTES];
    redis_key_meta(election, meta);
    redis_command_begin_call(command, "FCALL", "turnout_change_begin", 1);
    redis_command_put_text(command, meta);
    redis_command_put_text(command, generation);
    redis_command_put_text(command, field);
    redis_command_put_text(command, before);
}

void phase_put(struct redis_command *command, const struct province_keys *keys, const char *generation,
               int64_t number, const char *word)
{
    /* The totals, and every key that reports leave something in. */
    static const int used[] = {KEY_TOTALS,  KEY_UNITS, KEY_LOG,    KEY_HELD,
                               KEY_WAITING, KEY_ASIDE, KEY_LEDGER, KEY_FLAGGED};
    bool is_after_rehearsal = strcmp(word, election_phase_name(PHASE_OPEN)) == 0 ||
                              strcmp(word, election_phase_name(PHASE_CLOSED)) == 0;
    uint32_t count = is_after_rehearsal ? 1 : sizeof used / sizeof used[0];
    redis_command_begin_call(command, "FCALL", "turnout_phase", count);
    for (uint32_t i = 0; i < count; i++) {
        redis_command_put_text(command, keys->text[used[i]]);
    }
    redis_command_put_text(command, generation);
    redis_command_put_integer(command, number);
    redis_command_put_text(command, word);
}
