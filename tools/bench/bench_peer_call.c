/* The totals, the units and the log have the names of turnoutd's own keys, so that bench_check finds them. */
#include "bench_peer_call.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "redis_keys.h"

struct writing {
    struct peer_call *call;
    size_t count;
};

__attribute__((format(printf, 2, 3))) static void put(struct writing *writing, const char *format, ...)
{
    assert(writing->count < PEER_CALL_WORDS);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(writing->call->words[writing->count++], PEER_CALL_WORD_BYTES, format, arguments);
    va_end(arguments);
    assert(length > 0 && length < PEER_CALL_WORD_BYTES);
}

void peer_call_make(const struct bench_reports *reports, uint32_t unit, const struct report *report,
                    struct peer_call *ret_call)
{
    const struct election_register *reg = reports->folder.reg;
    const struct election *election = &reports->folder.election;
    const char *province = reg->areas[bench_reports_province(reports, unit)].code;
    struct province_keys keys;
    province_keys_init(&keys, election, province);

    struct writing writing = {ret_call, 0};
    put(&writing, "FCALL");
    put(&writing, "peer_report");
    put(&writing, "4");
    put(&writing, "%s", keys.text[KEY_TOTALS]);
    put(&writing, "turnout:{%s:%s}:commune:%s", election->id, province,
        reg->areas[reg->units[unit].commune].code);
    put(&writing, "%s", keys.text[KEY_UNITS]);
    put(&writing, "%s", keys.text[KEY_LOG]);
    put(&writing, "%s", report->unit);
    put(&writing, "%" PRId32, report->seq);
    put(&writing, "%s", report->as_of_text);
    put(&writing, "%" PRId32, report->voted);
    if (report->registered == REGISTERED_ABSENT) {
        put(&writing, "-");
    } else {
        put(&writing, "%" PRId32, report->registered);
    }
    put(&writing, "%s", report_kind_name(report->kind));
    put(&writing, "%" PRId64, clock_wall_ms());
    assert(writing.count == PEER_CALL_WORDS);
}
