/* Whether anything may be acknowledged. inspector.h looks at Redis, and shuts or opens it; the tally asks it before every
 * answer. Zeroed it is open. Every link that comes up anew shuts it until Redis was looked at after that. */
#ifndef TURNOUT_SERVICE_GATE_H
#define TURNOUT_SERVICE_GATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gate {
    /* Why it is shut, in words for the sender of a report, a literal; NULL: nothing is wrong. */
    _Atomic(const char *) why;
    _Atomic uint32_t links;     /* that have come up */
    _Atomic uint32_t inspected; /* of them, those after which Redis was looked at */
    atomic_bool is_durable;     /* whether acknowledged means durable; can be false while the gate is open */
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
