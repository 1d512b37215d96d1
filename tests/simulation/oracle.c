/* Reads the log lines and says what follows from them. */
#include "oracle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/wire/log_line.h>
#include <turnout/wire/signature.h>

#include "officials.h"
#include "oracle_private.h"
#include "registers.h"
#include "scene.h"
#include "senders.h"
#include "world.h"

struct oracle oracle;

/* ---- records ---- */

/* The one that has the seq; NULL when it is free. */
static struct oracle_record *find_standing(uint32_t unit, int32_t seq)
{
    struct oracle_unit *known = &oracle.units[unit];
    const struct oracle_record *last = oracle_find_before(unit, seq, NULL);
    return last == NULL || last->is_voided ? NULL : &known->records[last - known->records];
}

static void add_record(uint32_t unit, const struct oracle_record *record)
{
    struct oracle_unit *known = &oracle.units[unit];
    if (known->record_count == known->record_capacity) {
        known->record_capacity = known->record_capacity == 0 ? 16 : 2 * known->record_capacity;
        known->records = memory_resize(known->records, known->record_capacity, sizeof *known->records);
    }
    known->records[known->record_count++] = *record;
}

static void add_held(uint32_t unit, const struct held_report *held, struct slice line)
{
    struct oracle_unit *known = &oracle.units[unit];
    if (known->held_count == known->held_capacity) {
        known->held_capacity = known->held_capacity == 0 ? 8 : 2 * known->held_capacity;
        known->held = memory_resize(known->held, known->held_capacity, sizeof *known->held);
        known->held_kept = memory_resize(known->held_kept, known->held_capacity, sizeof *known->held_kept);
    }
    size_t waiting = 0;
    for (size_t i = 0; i < known->held_count; i++) {
        waiting += known->held[i].state == HELD_WAITING;
    }
    known->held_kept[known->held_count] =
        (struct oracle_kept){line, held_order(waiting, held->received.received_ms)};
    known->held[known->held_count++] = *held;
}

static void add_counted(uint32_t unit, const struct report_received *received, uint32_t violations)
{
    struct oracle_unit *known = &oracle.units[unit];
    if (known->counted_count == known->counted_capacity) {
        known->counted_capacity = known->counted_capacity == 0 ? 16 : 2 * known->counted_capacity;
        known->counted = memory_resize(known->counted, known->counted_capacity, sizeof *known->counted);
    }
    known->counted[known->counted_count++] = (struct voided_report){*received, violations};
}

/* ---- lines ---- */

static int32_t count_alike(uint32_t unit, int32_t voted)
{
    const struct area *commune = &scene.reg->areas[scene.reg->units[unit].commune];
    int32_t alike = 0;
    for (uint32_t i = commune->first_child; i < commune->first_child + commune->units; i++) {
        alike += i != unit && oracle.units[i].state.seq > 0 && oracle.units[i].state.voted == voted ? 1 : 0;
    }
    return alike;
}

static struct report_received received_of(const struct log_line *line)
{
    struct report_received received = {.seq = line->report.seq,
                                       .voted = line->report.voted,
                                       .registered = line->report.registered,
                                       .kind = line->report.kind,
                                       .reason = line->report.reason,
                                       .test = line->report.test,
                                       .round = election_round_at(&scene.election, line->report.as_of),
                                       .as_of = line->report.as_of,
                                       .received_ms = line->received_ms};
    report_digest(&line->report, received.digest);
    return received;
}

/* A line must name what stood before it. */
static void check_before(const struct log_line *line, uint32_t unit)
{
    const struct unit_state *state = &oracle.units[unit].state;
    if (line->was_silent != (state->seq == 0) ||
        (!line->was_silent &&
         (line->voted_before != state->voted || line->registered_before != state->registered))) {
        world_fail("%s: the line names another state before it than the one that stood",
                   scene.reg->units[unit].code);
    }
}

/* The province has another register: silent units have its rolls, and so has what the communes add up to. */
static void take_register(uint32_t province, uint32_t reg)
{
    const struct area *area = &scene.reg->areas[province];
    if (reg == REGISTER_UNKNOWN || reg == oracle.provinces[province].reg) {
        return;
    }
    oracle.provinces[province].reg = reg;
    for (uint32_t i = area->first_child; i < area->first_child + area->children; i++) {
        const struct area *commune = &scene.reg->areas[i];
        for (uint32_t unit = commune->first_child; unit < commune->first_child + commune->units; unit++) {
            struct unit_state *state = &oracle.units[unit].state;
            if (state->seq == 0) {
                int32_t roll = registers_roll(reg, unit);
                oracle.communes[i].known.totals.registered += roll - state->registered;
                state->registered = roll;
            }
        }
        oracle.communes[i].is_touched = true;
    }
}

static struct oracle_province *province_of(uint32_t unit)
{
    return &oracle.provinces[register_province_of(scene.reg, scene.reg->units[unit].commune)];
}

static void apply(struct oracle_commune *commune, uint32_t unit, const struct decision *decision)
{
    struct oracle_unit *known = &oracle.units[unit];
    totals_add(&commune->known.totals, &decision->change);
    if (decision->status == STATUS_ACCEPTED) {
        known->state = decision->after;
    }
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        known->rounds.heard |= decision->change.rounds[i] > 0 ? UINT64_C(1) << i : 0;
        known->rounds.late |= decision->change.late[i] > 0 ? UINT64_C(1) << i : 0;
    }
}

static void read_report(struct oracle_commune *commune, const struct model_entry *entry, uint32_t unit,
                        const struct log_line *line, struct slice text)
{
    const struct oracle_unit *known = &oracle.units[unit];
    const char *code = scene.reg->units[unit].code;
    struct report_received received = received_of(line);
    if (find_standing(unit, received.seq) != NULL || oracle_find(unit, received.digest) != NULL) {
        world_fail("%s seq %d: counted or held twice", code, received.seq);
    }
    if (oracle_is_empty(known)) {
        oracle.units[unit].empty_until_us = world_now_us();
    }
    const struct sent_report *sent = senders_find(unit, received.seq, received.digest);
    if (sent == NULL || line->round != received.round) {
        world_fail("%s seq %d: nobody has sent this report", code, received.seq);
    }
    struct rules_context context = {.phase = entry->ground.phase,
                                    .unit = &known->state,
                                    .listed = registers_roll(entry->ground.reg, unit),
                                    .held = known->held,
                                    .held_count = known->held_count,
                                    .alike = count_alike(unit, received.voted)};
    struct decision decision;
    rules_decide(&scene.election, &context, &received, &decision);
    bool is_held = line->outcome == LOG_HELD;
    if (decision.status != (is_held ? STATUS_HELD : STATUS_ACCEPTED) || decision.held_before ||
        (is_held && decision.code != line->code)) {
        world_fail("%s seq %d: stands as %s, but is %s %s under what stood before it in phase %s", code,
                   received.seq, log_outcome_name(line->outcome), report_status_name(decision.status),
                   report_code_name(decision.code), election_phase_name(entry->ground.phase));
    }
    struct oracle_record record = {
        .seq = received.seq, .fate = is_held ? FATE_WAITING : FATE_COUNTED, .stored_by = entry->transaction};
    memcpy(record.digest, received.digest, sizeof record.digest);
    add_record(unit, &record);
    if (is_held) {
        add_held(unit, &(struct held_report){received, HELD_WAITING, decision.code}, text);
    } else {
        add_counted(unit, &received, decision.violations);
        province_of(unit)->flagged_count += decision.violations != 0 ? 1 : 0;
    }
    if (log_line_is_public(&received, &decision, &known->state)) {
        province_of(unit)->ledger_count++;
    }
    apply(commune, unit, &decision);
}

static struct held_report *find_waiting(uint32_t unit, int32_t seq)
{
    struct oracle_unit *known = &oracle.units[unit];
    for (size_t i = 0; i < known->held_count; i++) {
        if (known->held[i].received.seq == seq && known->held[i].state == HELD_WAITING) {
            return &known->held[i];
        }
    }
    return NULL;
}

static void read_decision(struct oracle_commune *commune, const struct model_entry *entry, uint32_t unit,
                          const struct log_line *line)
{
    static const struct {
        enum fate fate;
        enum held_state state;
        enum report_status status;
    } outcomes[] = {
        [LOG_RELEASED] = {FATE_RELEASED, HELD_RELEASED, STATUS_ACCEPTED},
        [LOG_REJECTED] = {FATE_REJECTED, HELD_REJECTED, STATUS_REJECTED},
        [LOG_SUPERSEDED] = {FATE_SUPERSEDED, HELD_SUPERSEDED, STATUS_SUPERSEDED},
    };
    const char *code = scene.reg->units[unit].code;
    struct held_report *held = find_waiting(unit, line->report.seq);
    struct oracle_record *record = find_standing(unit, line->report.seq);
    if (held == NULL || record == NULL) {
        world_fail("%s seq %d: %s, but it does not wait", code, line->report.seq,
                   log_outcome_name(line->outcome));
    }
    struct decision decision = {.status = STATUS_REJECTED, .change = rules_turned_down()};
    if (line->outcome != LOG_REJECTED) {
        rules_release(&scene.election, &oracle.units[unit].state, &held->received, &decision);
    }
    if (decision.status != outcomes[line->outcome].status) {
        world_fail("%s seq %d: %s, but the rules say %s", code, line->report.seq,
                   log_outcome_name(line->outcome), report_status_name(decision.status));
    }
    held->state = outcomes[line->outcome].state;
    record->fate = outcomes[line->outcome].fate;
    record->decided_by = entry->transaction;
    province_of(unit)->ledger_count++;
    apply(commune, unit, &decision);
}

static void read_void(struct oracle_commune *commune, const struct model_entry *entry, uint32_t unit,
                      const struct log_line *line)
{
    struct oracle_unit *known = &oracle.units[unit];
    int32_t listed = registers_roll(entry->ground.reg, unit);
    if (oracle_is_empty(known) || line->report.registered != listed) {
        world_fail("%s: voided, but there is nothing to void, or its roll is another",
                   scene.reg->units[unit].code);
    }
    struct totals change = rules_void(&known->state, listed, &known->rounds, oracle_count_waiting(known));
    totals_add(&commune->known.totals, &change);
    for (size_t i = 0; i < known->held_count; i++) {
        known->held[i].state = HELD_VOIDED;
    }
    for (size_t i = known->counted_count; i > 0; i--) {
        const struct voided_report *report = &known->counted[i - 1];
        province_of(unit)->flagged_count -= report->violations != 0 ? 1 : 0;
        add_held(unit, &(struct held_report){report->received, HELD_VOIDED, CODE_VOIDED},
                 (struct slice){NULL, 0});
    }
    for (size_t i = 0; i < known->record_count; i++) {
        struct oracle_record *record = &known->records[i];
        if (!record->is_voided) {
            record->is_voided = true;
            record->voided_by = entry->transaction;
            record->voided_us = world_now_us();
        }
    }
    known->state = (struct unit_state){.registered = listed};
    known->counted_count = 0;
    known->rounds = (struct unit_rounds){0};
    known->voided_us = world_now_us();
    province_of(unit)->ledger_count++;
}

static void read_line(struct oracle_commune *commune, uint32_t area, const struct model_entry *entry,
                      struct slice text)
{
    struct log_line line;
    struct error error;
    if (log_line_read(text, &line, &error) != TURNOUT_OK) {
        world_fail("%s", error.text);
    }
    uint32_t unit = register_find_unit(scene.reg, slice_of(line.report.unit));
    if (unit == REGISTER_NONE || scene.reg->units[unit].commune != area || line.outcome > LOG_VOIDED) {
        world_fail("a line that is of no unit of %s", scene.reg->areas[area].code);
    }
    check_before(&line, unit);
    if (line.outcome <= LOG_HELD) {
        read_report(commune, entry, unit, &line, text);
    } else if (line.outcome == LOG_VOIDED) {
        read_void(commune, entry, unit, &line);
    } else {
        read_decision(commune, entry, unit, &line);
    }
    log_chain_extend(commune->known.head, text);
}

static void read_entry(const struct model_entry *entry)
{
    uint32_t area = register_find_area(scene.reg, entry->commune);
    assert(area != REGISTER_NONE);
    struct oracle_commune *commune = &oracle.communes[area];
    if (entry->ground.reg == REGISTER_UNKNOWN) {
        world_fail("%s: was written to while its province had a register that no server has",
                   scene.reg->areas[area].code);
    }
    take_register(scene.reg->areas[area].parent, entry->ground.reg);
    if (entry->previous != commune->last_id) {
        world_fail("%s: an entry of its log does not name the one before it", scene.reg->areas[area].code);
    }
    commune->last_id = entry->id;
    commune->is_touched = true;
    struct slice rest = entry->lines;
    while (rest.bytes != NULL) {
        read_line(commune, area, entry, text_split(&rest, '\n'));
    }
}

/* ---- following ---- */

static void note_phase(struct oracle_province *province)
{
    const struct slice *phase = model_get_text(province->keys[KEY_TOTALS], "phase");
    bool is_closed = phase != NULL && slice_equals(*phase, "closed");
    if (is_closed || province->is_closed) {
        province->closed_us = world_now_us();
    }
    province->is_closed = is_closed;
}

/* An election is opened as a whole: nothing real counts while a province may yet take reports of the rehearsal. */
static void check_opened_as_a_whole(void)
{
    const struct slice *in_rehearsal = NULL;
    const struct slice *opened = NULL;
    for (uint32_t i = 0; i <= scene.reg->province_count; i++) {
        const struct slice *phase =
            model_get_text(i == 0 ? oracle.meta : oracle.provinces[i].keys[KEY_TOTALS], "phase");
        if (phase != NULL && slice_equals(*phase, "rehearsal")) {
            in_rehearsal = i == 0 ? in_rehearsal : phase;
        } else if (phase != NULL && !slice_equals(*phase, "opening")) {
            opened = phase;
        }
    }
    if (in_rehearsal != NULL && opened != NULL) {
        world_fail("a province is in rehearsal, though the election is %.*s", (int)opened->length,
                   opened->bytes);
    }
}

bool oracle_was_closed_since(uint32_t unit, int64_t since_us)
{
    const struct oracle_province *province =
        &oracle.provinces[register_province_of(scene.reg, scene.reg->units[unit].commune)];
    return province->is_closed || province->closed_us >= since_us;
}

void oracle_follow(void)
{
    for (uint32_t i = 1; i <= scene.reg->province_count; i++) {
        struct oracle_province *province = &oracle.provinces[i];
        const struct model_key *log = province->keys[KEY_LOG];
        note_phase(province);
        while (province->entries_read < log->entry_count) {
            read_entry(&log->entries[province->entries_read++]);
        }
        const struct slice *digest = model_get_text(province->keys[KEY_TOTALS], "digest");
        uint32_t reg = digest == NULL ? REGISTER_UNKNOWN : registers_find(*digest);
        take_register(i, reg == REGISTER_UNKNOWN ? officials_register_before(i) : reg);
        const struct area *area = &scene.reg->areas[i];
        for (uint32_t commune = area->first_child; commune < area->first_child + area->children; commune++) {
            if (oracle.communes[commune].is_touched) {
                oracle_compare_commune(commune);
                oracle.communes[commune].is_touched = false;
            }
        }
        oracle_compare_province(i);
    }
    check_opened_as_a_whole();
}

static void forget(void)
{
    for (uint32_t i = 0; i < scene.reg->unit_count; i++) {
        struct oracle_unit *unit = &oracle.units[i];
        unit->state = (struct unit_state){.registered = registers_roll(0, i)};
        unit->record_count = 0;
        unit->held_count = 0;
        unit->counted_count = 0;
        unit->rounds = (struct unit_rounds){0};
        unit->voided_us = -1;
        unit->empty_until_us = world_now_us();
    }
    for (uint32_t i = 1; i < scene.reg->area_count; i++) {
        oracle.communes[i] = (struct oracle_commune){.is_touched = true};
        oracle.communes[i].known.totals.registered = registers_at(0)->areas[i].registered;
        oracle.provinces[i].reg = 0;
        oracle.provinces[i].entries_read = 0;
        oracle.provinces[i].ledger_count = 0;
        oracle.provinces[i].flagged_count = 0;
    }
}

void oracle_read_again(void)
{
    forget();
    oracle_follow();
}

/* ---- life ---- */

void oracle_begin(void)
{
    oracle.units = memory_new_array(scene.reg->unit_count, sizeof *oracle.units);
    oracle.communes = memory_new_array(scene.reg->area_count, sizeof *oracle.communes);
    oracle.provinces = memory_new_array(scene.reg->area_count, sizeof *oracle.provinces);
    char meta[REDIS_KEY_BYTES];
    redis_key_meta(&scene.election, meta);
    oracle.meta = model_key_of(slice_of(meta));
    for (uint32_t i = 1; i <= scene.reg->province_count; i++) {
        struct province_keys names;
        province_keys_init(&names, &scene.election, scene.reg->areas[i].code);
        for (int key = 0; key < PROVINCE_KEY_COUNT; key++) {
            oracle.provinces[i].keys[key] = model_key_of(slice_of(names.text[key]));
        }
        oracle.provinces[i].closed_us = -1;
    }
    oracle_read_again();
}

void oracle_end(void)
{
    for (uint32_t i = 0; i < scene.reg->unit_count; i++) {
        free(oracle.units[i].records);
        free(oracle.units[i].held);
        free(oracle.units[i].held_kept);
        free(oracle.units[i].counted);
    }
    free(oracle.units);
    free(oracle.communes);
    free(oracle.provinces);
}
