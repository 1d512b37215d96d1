/* Noting why a unit is not heard. */
#include <turnout/service/committee.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>

#include "committee_private.h"

/* An excuse on its way, to be logged when it is noted. */
struct excusing {
    const char *unit;
    struct excuse excuse;
    store_excused_fn *on_excused;
    void *context;
};

static void on_noted(void *context, enum turnout_error error, const char *why)
{
    struct excusing *excusing = context;
    const struct excuse *excuse = &excusing->excuse;
    if (error == TURNOUT_OK) {
        log_info("excuse", log_text("who", excuse->who), log_text("unit", excusing->unit),
                 log_text("status", excuse_status_name(excuse->status)));
    } else {
        log_warning("excuse", log_text("who", excuse->who), log_text("unit", excusing->unit),
                    log_text("status", excuse_status_name(excuse->status)), log_text("failed", why));
    }
    excusing->on_excused(excusing->context, error, why);
    free(excusing);
}

void committee_excuse(struct committee *committee, const struct principal *principal, uint32_t unit,
                      const struct excuse *excuse, store_excused_fn *on_excused, void *context)
{
    const struct committee_options *options = &committee->options;
    assert(token_role_may(principal->role, ROLE_DECIDE));
    assert(register_area_contains(options->reg, principal->area, options->reg->units[unit].commune));
    struct excusing *excusing = memory_new(sizeof *excusing);
    *excusing = (struct excusing){.unit = options->reg->units[unit].code,
                                  .excuse = *excuse,
                                  .on_excused = on_excused,
                                  .context = context};
    excusing->excuse.given_ms = clock_wall_ms();
    principal_write_who(principal, excusing->excuse.who);
    store_excuse(options->store, unit, &excusing->excuse, on_noted, excusing);
}
