/* The gate: whether anything may be acknowledged. inspector.h inspects Redis, and shuts or opens it; the tally checks
 * it before every answer. Zeroed, it is open. Every new link shuts it until Redis was inspected after that. */
#ifndef TURNOUT_SERVICE_GATE_H
#define TURNOUT_SERVICE_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gate {
    /* Why it is shut, a literal, for the sender of a report; NULL: nothing is wrong. */
    _Atomic(const char *) why;
    _Atomic uint32_t links;     /* that have come up */
    _Atomic uint32_t inspected; /* how many of them had come up when Redis was last inspected */
    atomic_bool is_durable;     /* acknowledged means durable; may be false while the gate is open */
};

/* NULL when it is open. */
static inline const char *gate_shut_why(struct gate *gate)
{
    const char *why = atomic_load(&gate->why);
    if (why != NULL) {
        return why;
    }
    return atomic_load(&gate->inspected) == atomic_load(&gate->links)
               ? NULL
               : "Redis was away, and is being looked at";
}

static inline void gate_note_link(struct gate *gate)
{
    (void)atomic_fetch_add(&gate->links, 1);
}

#endif
