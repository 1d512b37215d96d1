/* What a run is about: an election, its register, and how much goes wrong. All of it is drawn from the seed. */
#ifndef TURNOUT_SIMULATION_SCENE_H
#define TURNOUT_SIMULATION_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/election/election.h>
#include <turnout/election/register.h>
#include <turnout/store/store.h>

/* How often things go wrong, of a thousand. */
struct hazards {
    uint32_t crash;        /* stages of a turn after which Redis ends */
    uint32_t power_loss;   /* crashes that take the power away, too */
    uint32_t cut;          /* commands and replies at which the connection is cut */
    uint32_t jitter;       /* those that take long */
    uint32_t held_up;      /* commands that arrive long after their connection has ended */
    uint32_t stall;        /* turns that take longer than any deadline */
    uint32_t error;        /* commands that Redis refuses */
    uint32_t garbage;      /* replies that are none */
    uint32_t server_end;   /* ticks at which a server ends and is started anew */
    int64_t error_span_us; /* how long Redis goes on refusing, at most */
};

struct scene {
    struct election election;
    struct election_register *reg; /* with every unit (registers.h) */
    struct hazards hazards;
    uint32_t server_count;
    uint32_t reports;            /* to be sent */
    uint32_t reports_per_minute; /* of a unit */
    uint32_t commit_lines_max;   /* few: several commits of a province are in flight */
    size_t in_flight_bytes_max;
    int64_t deadline_ms;
    int64_t gap_us;        /* between two moments at which units send, on the average */
    uint32_t burst;        /* reports that are sent at one moment, at most */
    int64_t change_gap_us; /* between two changes of the election, at most */
    bool has_changes;      /* of phase, mode, generation and register */
    bool has_registers;    /* more than one in turn */
    uint32_t follow;       /* how often, of a thousand looks, a server follows to the register that stands */
};

extern struct scene scene;

/* Redis holds the election already, in a phase that was drawn, too. */
void scene_begin(uint32_t reports);
void scene_end(void);

/* From here on nothing goes wrong any more. */
void scene_calm(void);

/* What `turnout reset` and the next start do: everything is deleted and seeded anew, with another generation. */
void scene_seed(enum election_phase phase);
uint32_t scene_generation(void); /* counted from 1 */
void scene_write_generation(uint32_t generation, char ret_text[GENERATION_BYTES]);
int64_t scene_seeded_at_us(void);

#endif
