/* Noting why a unit is not heard. */
#include <turnout/service/committee.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "committee_private.h"

/* An excuse on its way to the tally and back. */
struct excusing {
    struct write_message write;
    const char *unit; /* its code */
    struct excuse excuse;
    store_excused_fn *on_excused;
    void *context;
};

static void on_noted(void *context, enum turnout_error error, const char *why)
{
    struct excusing *excusing = context;
    tally_written(&excusing->write, error, why);
}

static void begin(struct write_message *write, struct store *store)
{
    struct excusing *excusing = (struct excusing *)write;
    store_excuse(store, write->message.unit, &excusing->excuse, on_noted, excusing);
}

static void on_written(struct write_message *write)
{
    struct excusing *excusing = (struct excusing *)write;
    const struct excuse *excuse = &excusing->excuse;
    if (write->error == TURNOUT_OK) {
        log_info("excuse", log_text("who", excuse->who), log_text("unit", excusing->unit),
                 log_text("status", excuse_status_name(excuse->status)));
    } else {
        log_warning("excuse", log_text("who", excuse->who), log_text("unit", excusing->unit),
                    log_text("status", excuse_status_name(excuse->status)), log_text("failed", write->why));
    }
    excusing->on_excused(excusing->context, write->error, write->why);
    free(excusing);
}

void committee_excuse(struct committee *committee, const struct principal *principal, uint32_t unit,
                      const struct excuse *excuse, store_excused_fn *on_excused, void *context)
{
    const struct committee_options *options = &committee->options;
    assert(token_role_may(principal->role, ROLE_DECIDE));
    assert(register_area_contains(options->reg, principal->area, options->reg->units[unit].commune));
    struct excusing *excusing = memory_new(sizeof *excusing);
    *excusing =
        (struct excusing){.write = {.message = {.unit = unit}, .begin = begin, .on_written = on_written},
                          .unit = options->reg->units[unit].code,
                          .excuse = *excuse,
                          .on_excused = on_excused,
                          .context = context};
    excusing->excuse.given_ms = clock_wall_ms();
    principal_write_who(principal, excusing->excuse.who);
    committee_write(committee, &excusing->write);
}
