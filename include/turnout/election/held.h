/* A report that is set aside: held until a committee decides, or voided after it was counted or held. This is what
 * the tally needs to know of it, also after the decision; the log has the report as it was sent. */
#ifndef TURNOUT_ELECTION_HELD_H
#define TURNOUT_ELECTION_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/base/text.h>
#include <turnout/election/report.h>

enum held_state {
    HELD_WAITING,
    HELD_RELEASED,
    HELD_REJECTED,
    HELD_SUPERSEDED, /* was to be released, but the unit had already reported again */
    HELD_VOIDED,     /* a committee has taken all of the unit's reports out of the count */
};

enum { RULE_FLAGS_BYTES = 256, HELD_ID_BYTES = AREA_CODE_BYTES + sizeof ".2147483647" };

struct held_report {
    struct report_received received;
    enum held_state state;
    enum report_code code; /* of the rule that held it; CODE_VOIDED: it was counted before it was voided */
};

const char *
held_state_name(enum held_state state); /* "held", "released", "rejected", "superseded", "voided" */
bool held_state_parse(struct slice name, enum held_state *ret_state);

/* The id of a held report: `<unit>.<seq>`. A unit's code may contain dots. */
void held_id_write(const char *unit, int32_t seq, char ret_id[HELD_ID_BYTES]);
bool held_id_parse(struct slice id, struct slice *ret_unit, int32_t *ret_seq);

/* The position of a report among all that wait. A unit's second report is placed after the first ones of other units,
 * so one unit cannot push the others out of sight. Reports of the same order are sorted by id. */
struct held_place {
    int64_t order;
    char id[HELD_ID_BYTES];
};

/* `waiting` is how many of the unit's reports wait already. */
int64_t held_order(size_t waiting, int64_t received_ms);

enum { HELD_PLACE_BYTES = DECIMAL_BYTES_MAX + HELD_ID_BYTES };

/* `<order>:<id>` */
void held_place_write(const struct held_place *place, char ret_text[HELD_PLACE_BYTES]);
bool held_place_parse(struct slice text, struct held_place *ret_place);

#endif
