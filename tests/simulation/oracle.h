/* The oracle: what must stand. It reads nothing but the log lines of the model, commune by commune in their order, and
 * decides each again by rules_decide(), rules_release() and rules_void(). From that follow the units, the totals of
 * communes and provinces, the held reports, the chain and the ledger, and all of it must stand in the model word for
 * word. A map from unit and seq to what became of the report says what answers may say. */
#ifndef TURNOUT_SIMULATION_ORACLE_H
#define TURNOUT_SIMULATION_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/service/message.h>

enum fate { FATE_COUNTED, FATE_WAITING, FATE_RELEASED, FATE_REJECTED, FATE_SUPERSEDED };

/* A report that stands in the log. */
struct oracle_record {
    int32_t seq;
    enum fate fate;
    unsigned char digest[REPORT_DIGEST_BYTES];
    uint64_t stored_by;  /* the model's transaction */
    uint64_t decided_by; /* for FATE_RELEASED and what follows it */
    bool is_voided;      /* whatever became of it before */
    uint64_t voided_by;
    int64_t voided_us;
};

void oracle_begin(void);
void oracle_end(void);

/* Reads what is new in the logs, and compares what it changes. */
void oracle_follow(void);

/* Reads all logs from their beginning, and compares everything. */
void oracle_read_again(void);

/* NULL when no such report stands in the log. */
const struct oracle_record *oracle_find(uint32_t unit, const unsigned char digest[REPORT_DIGEST_BYTES]);

/* The last report of this seq before `record`, NULL for the last one: what was voided leaves its seq to others. */
const struct oracle_record *oracle_find_before(uint32_t unit, int32_t seq,
                                               const struct oracle_record *record);

/* The highest seq of the unit that was counted, of what is on the disk. */
int32_t oracle_durable_seq(uint32_t unit);

bool oracle_is_stored_durably(const struct oracle_record *record);
bool oracle_is_decided_durably(const struct oracle_record *record);
bool oracle_is_voided_durably(const struct oracle_record *record);

/* Whether the unit was voided at some time since then, or had nothing that counts or waits. */
bool oracle_was_voided_since(uint32_t unit, int64_t since_us);
bool oracle_was_voided_durably_since(uint32_t unit, int64_t since_us);
bool oracle_was_empty_since(uint32_t unit, int64_t since_us);

/* What a void of the unit says of it. Returns how many reports, at most `capacity`. */
size_t oracle_describe(uint32_t unit, struct unit_state *ret_state, struct unit_rounds *ret_rounds,
                       struct voided_report *ret_reports, size_t capacity);

/* Whether the unit's province was closed at some time since then. */
bool oracle_was_closed_since(uint32_t unit, int64_t since_us);

/* A report of the unit that waits for a decision, by chance; NULL when there is none. */
const struct oracle_record *oracle_draw_waiting(uint32_t unit);

#endif
