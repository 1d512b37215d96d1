/* What the oracle tells of the reports that stand in the log. */
#include <string.h>

#include "oracle_private.h"
#include "world.h"

const struct oracle_record *oracle_find_before(uint32_t unit, int32_t seq, const struct oracle_record *record)
{
    const struct oracle_unit *known = &oracle.units[unit];
    size_t end = record == NULL ? known->record_count : (size_t)(record - known->records);
    for (size_t i = end; i > 0; i--) {
        if (known->records[i - 1].seq == seq) {
            return &known->records[i - 1];
        }
    }
    return NULL;
}

const struct oracle_record *oracle_find(uint32_t unit, const unsigned char digest[REPORT_DIGEST_BYTES])
{
    const struct oracle_unit *known = &oracle.units[unit];
    for (size_t i = known->record_count; i > 0; i--) {
        if (memcmp(known->records[i - 1].digest, digest, REPORT_DIGEST_BYTES) == 0) {
            return &known->records[i - 1];
        }
    }
    return NULL;
}

size_t oracle_describe(uint32_t unit, struct unit_state *ret_state, struct unit_rounds *ret_rounds,
                       struct voided_report *ret_reports, size_t capacity)
{
    const struct oracle_unit *known = &oracle.units[unit];
    size_t count = 0;
    *ret_state = known->state;
    *ret_rounds = known->rounds;
    for (; count < known->counted_count && count < capacity; count++) {
        ret_reports[count] = known->counted[known->counted_count - 1 - count];
    }
    return count;
}

bool oracle_was_voided_since(uint32_t unit, int64_t since_us)
{
    return oracle.units[unit].voided_us >= since_us;
}

size_t oracle_count_waiting(const struct oracle_unit *known)
{
    size_t waiting = 0;
    for (size_t i = 0; i < known->held_count; i++) {
        waiting += known->held[i].state == HELD_WAITING ? 1 : 0;
    }
    return waiting;
}

bool oracle_is_empty(const struct oracle_unit *known)
{
    return known->state.seq == 0 && oracle_count_waiting(known) == 0;
}

bool oracle_was_empty_since(uint32_t unit, int64_t since_us)
{
    return oracle_is_empty(&oracle.units[unit]) || oracle.units[unit].empty_until_us >= since_us;
}

bool oracle_is_stored_durably(const struct oracle_record *record)
{
    return record->stored_by <= model_synced();
}

bool oracle_is_decided_durably(const struct oracle_record *record)
{
    return record->fate >= FATE_RELEASED && record->decided_by <= model_synced();
}

bool oracle_is_voided_durably(const struct oracle_record *record)
{
    return record->is_voided && record->voided_by <= model_synced();
}

bool oracle_was_voided_durably_since(uint32_t unit, int64_t since_us)
{
    const struct oracle_unit *known = &oracle.units[unit];
    for (size_t i = known->record_count; i > 0; i--) {
        const struct oracle_record *record = &known->records[i - 1];
        if (oracle_is_voided_durably(record) && record->voided_us >= since_us) {
            return true;
        }
    }
    return false;
}

int32_t oracle_durable_seq(uint32_t unit)
{
    int32_t seq = 0;
    for (size_t i = 0; i < oracle.units[unit].record_count; i++) {
        const struct oracle_record *record = &oracle.units[unit].records[i];
        bool is_counted = (record->fate == FATE_COUNTED && oracle_is_stored_durably(record)) ||
                          (record->fate == FATE_RELEASED && oracle_is_decided_durably(record));
        is_counted = is_counted && !oracle_is_voided_durably(record);
        seq = is_counted && record->seq > seq ? record->seq : seq;
    }
    return seq;
}

const struct oracle_record *oracle_draw_waiting(uint32_t unit)
{
    const struct oracle_unit *known = &oracle.units[unit];
    size_t first = known->record_count == 0 ? 0 : world_random(known->record_count);
    for (size_t i = 0; i < known->record_count; i++) {
        const struct oracle_record *record = &known->records[(first + i) % known->record_count];
        if (record->fate == FATE_WAITING && !record->is_voided) {
            return record;
        }
    }
    return NULL;
}
