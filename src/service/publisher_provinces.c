/* What the publisher takes of a province: only what adds up, from the units up.
 *
 * The units are many, so few readings include them. The first reading has the units of all provinces. Each later one
 * has those of one province, in turn. A province that did not add up is believed again only after a reading with its
 * units. */
#include <inttypes.h>
#include <stdio.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/service/counters.h>

#include "province_check.h"
#include "publisher_private.h"

/* Redis needs some 6 ms to read so many. */
enum { UNITS_CHECKED_A_SECOND = 5000 };

void publisher_refuse_province(struct publisher *publisher, uint32_t province, const char *why)
{
    const struct area *area = &publisher->options.reg->areas[province];
    if (publisher->areas[province].verified || publisher->renewed_ms == 0) {
        log_error("under-verification", log_text("province", area->code), log_text("why", why));
        publisher->moved = true;
    }
    publisher->areas[province].verified = false;
    for (uint32_t i = 0; i < area->children; i++) {
        publisher->areas[area->first_child + i].verified = false;
    }
    counter_add(&publisher->counters.verification_failures, 1);
}

void publisher_take_province(struct publisher *publisher, const struct store_province *province)
{
    const char *code = publisher->options.reg->areas[province->province].code;
    bool was_verified = publisher->areas[province->province].verified;
    struct error error;
    if (province_check(publisher->options.reg, publisher->options.losses, province, &error) != TURNOUT_OK) {
        publisher_refuse_province(publisher, province->province, error.text);
        return;
    }
    if (!was_verified && province->units == NULL) {
        return; /* until its units were seen to add up, too */
    }
    if (!was_verified && publisher->renewed_ms != 0) {
        log_info("verified-again", log_text("province", code));
    }
    bool has_moved = province_take(publisher->options.reg, province, publisher->areas);
    publisher->moved = publisher->moved || has_moved;
    publisher->known[province->province] = province->version;
    if (publisher->reading_is_durable) {
        losses_note(publisher->options.losses, province);
    }
}

uint32_t publisher_choose_checked(struct publisher *publisher)
{
    const struct election_register *reg = publisher->options.reg;
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms < publisher->check_at_ms || reg->province_count == 0) {
        return 0;
    }
    publisher->last_checked = publisher->last_checked % reg->province_count + 1;
    publisher->check_at_ms =
        now_ms + INT64_C(1000) * reg->areas[publisher->last_checked].units / UNITS_CHECKED_A_SECOND;
    return publisher->last_checked;
}

void publisher_count_unverified(struct publisher *publisher)
{
    uint32_t unverified = 0;
    for (uint32_t province = 1; province <= publisher->options.reg->province_count; province++) {
        unverified += publisher->areas[province].verified ? 0 : 1;
    }
    atomic_store(&publisher->counters.unverified, unverified);
    char words[64] = "";
    if (unverified > 0) {
        (void)snprintf(words, sizeof words, "%" PRIu32 " provinces are under verification", unverified);
    }
    health_post(publisher->options.health, HEALTH_SUMS, true, words);
}
