/* Weighing what speaks against the clock. */
#include <turnout/service/clock_watch.h>

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

enum verdict { VERDICT_NONE, VERDICT_FITS, VERDICT_CONTRADICTS };

struct clock_watch {
    int64_t tolerance_ms;
    /* the looking thread's */
    int64_t store_ahead_ms;
    bool was_synchronised; /* when it stood where it stood */
    int64_t jumped_to_ms;  /* where it stands since jumped_at_ms, when it has jumped */
    int64_t jumped_at_ms;  /* by the clock that never jumps; 0: it has not */
    /* shared */
    _Atomic int64_t standing_ms; /* where it stood: wall clock less the clock that never jumps */
    atomic_bool is_doubted;
    _Atomic uint32_t epoch;         /* of what counts: older counts were held against another clock */
    _Atomic uint32_t noted_epoch;   /* of the two that follow */
    _Atomic uint32_t fitting;       /* units whose last count fits */
    _Atomic uint32_t contradicting; /* units whose last count is of the future */
    /* the noting thread's */
    uint32_t unit_count;
    unsigned char *verdicts; /* one a unit */
};

static int64_t stands_at(void)
{
    return clock_wall_ms() - clock_boot_ms();
}

static int64_t jumped_ms(const struct clock_watch *watch)
{
    return stands_at() - atomic_load(&watch->standing_ms);
}

/* For people: to the nearest. */
static int64_t seconds_of(int64_t ms)
{
    return (ms + (ms < 0 ? -500 : 500)) / 1000;
}

static bool is_beyond(int64_t difference_ms, int64_t tolerance_ms)
{
    return difference_ms > tolerance_ms || difference_ms < -tolerance_ms;
}

/* ---- noting ---- */

static void set_verdict(struct clock_watch *watch, uint32_t unit, enum verdict verdict)
{
    enum verdict before = watch->verdicts[unit];
    watch->verdicts[unit] = (unsigned char)verdict;
    uint32_t fitting = atomic_load(&watch->fitting);
    uint32_t contradicting = atomic_load(&watch->contradicting);
    atomic_store(&watch->fitting, fitting + (verdict == VERDICT_FITS) - (before == VERDICT_FITS));
    atomic_store(&watch->contradicting,
                 contradicting + (verdict == VERDICT_CONTRADICTS) - (before == VERDICT_CONTRADICTS));
}

void clock_watch_set_units(struct clock_watch *watch, uint32_t unit_count)
{
    free(watch->verdicts);
    watch->unit_count = unit_count;
    watch->verdicts = memory_new_array(unit_count, sizeof *watch->verdicts);
    atomic_store(&watch->fitting, 0);
    atomic_store(&watch->contradicting, 0);
}

void clock_watch_note_count(struct clock_watch *watch, uint32_t unit, int64_t as_of_s, int64_t received_ms)
{
    uint32_t epoch = atomic_load(&watch->epoch);
    if (epoch != atomic_load(&watch->noted_epoch)) {
        memset(watch->verdicts, VERDICT_NONE, watch->unit_count);
        atomic_store(&watch->fitting, 0);
        atomic_store(&watch->contradicting, 0);
        atomic_store(&watch->noted_epoch, epoch);
    }
    int64_t ahead_ms = as_of_s * 1000 - received_ms;
    if (ahead_ms > watch->tolerance_ms) {
        set_verdict(watch, unit, VERDICT_CONTRADICTS);
    } else if (ahead_ms > -(int64_t)CLOCK_FRESH_S * 1000) {
        set_verdict(watch, unit, VERDICT_FITS);
    }
}

void clock_watch_note_store(struct clock_watch *watch, int64_t ahead_ms)
{
    watch->store_ahead_ms = ahead_ms;
}

/* ---- weighing ---- */

static bool do_units_contradict(const struct clock_watch *watch, bool is_synchronised)
{
    uint32_t contradicting = atomic_load(&watch->contradicting);
    uint32_t needed = is_synchronised ? CLOCK_CONTRADICTING_SYNCHRONISED_MIN : CLOCK_CONTRADICTING_MIN;
    return atomic_load(&watch->noted_epoch) == atomic_load(&watch->epoch) && contradicting >= needed &&
           contradicting > atomic_load(&watch->fitting);
}

/* What units say from here on is held against the clock as it stands now. */
static void note_jump(struct clock_watch *watch)
{
    watch->jumped_to_ms = stands_at();
    watch->jumped_at_ms = clock_boot_ms();
    (void)atomic_fetch_add(&watch->epoch, 1);
}

/* It may have been wrong where it stood, and nobody has found it wrong since. */
static bool has_settled(const struct clock_watch *watch)
{
    bool is_contradicted = atomic_load(&watch->noted_epoch) == atomic_load(&watch->epoch) &&
                           atomic_load(&watch->contradicting) > 0;
    return !watch->was_synchronised && !is_contradicted &&
           clock_boot_ms() - watch->jumped_at_ms >= CLOCK_SETTLED_MS;
}

/* From here on the clock is believed as it stands now. */
static void believe(struct clock_watch *watch, bool is_synchronised)
{
    watch->was_synchronised = is_synchronised;
    watch->jumped_at_ms = 0;
    atomic_store(&watch->standing_ms, stands_at());
    (void)atomic_fetch_add(&watch->epoch, 1);
}

bool clock_watch_look(struct clock_watch *watch, char ret_why[CLOCK_WHY_BYTES])
{
    bool is_synchronised = clock_is_synchronised();
    bool is_contradicted = do_units_contradict(watch, is_synchronised);
    bool differs = is_beyond(watch->store_ahead_ms, watch->tolerance_ms);
    bool has_jumped = is_beyond(jumped_ms(watch), watch->tolerance_ms);
    if (has_jumped && (is_contradicted || differs || (is_synchronised && !watch->was_synchronised))) {
        believe(watch, is_synchronised);
        watch->store_ahead_ms = 0; /* until it is asked again */
        has_jumped = is_contradicted = differs = false;
    }
    if (!has_jumped) {
        watch->jumped_at_ms = 0;
    } else if (watch->jumped_at_ms == 0 ||
               is_beyond(stands_at() - watch->jumped_to_ms, watch->tolerance_ms)) {
        note_jump(watch);
    } else if (has_settled(watch)) {
        believe(watch, is_synchronised);
        has_jumped = false;
    }
    watch->was_synchronised = watch->was_synchronised || (is_synchronised && !has_jumped);
    atomic_store(&watch->is_doubted, has_jumped || is_contradicted || differs);
    ret_why[0] = '\0';
    if (has_jumped) {
        (void)snprintf(ret_why, CLOCK_WHY_BYTES,
                       "the machine's clock has jumped by %" PRId64
                       " s: set it right; where it is right now, %s",
                       seconds_of(jumped_ms(watch)),
                       watch->was_synchronised ? "restart turnoutd" : "it is believed in a minute");
    } else if (is_contradicted) {
        (void)snprintf(ret_why, CLOCK_WHY_BYTES,
                       "%" PRIu32 " units report counts of this machine's future, %" PRIu32
                       " do not: its clock is slow",
                       atomic_load(&watch->contradicting), atomic_load(&watch->fitting));
    } else if (differs) {
        (void)snprintf(ret_why, CLOCK_WHY_BYTES,
                       "Redis's clock is %" PRId64
                       " s ahead of this machine's (negative: behind): one is wrong",
                       seconds_of(watch->store_ahead_ms));
    }
    return ret_why[0] == '\0';
}

bool clock_watch_is_doubted(const struct clock_watch *watch)
{
    return watch != NULL &&
           (atomic_load(&watch->is_doubted) || is_beyond(jumped_ms(watch), watch->tolerance_ms));
}

/* ---- life ---- */

struct clock_watch *clock_watch_new(int64_t tolerance_ms, uint32_t unit_count)
{
    struct clock_watch *watch = memory_new(sizeof *watch);
    watch->tolerance_ms = tolerance_ms;
    clock_watch_set_units(watch, unit_count);
    believe(watch, clock_is_synchronised());
    return watch;
}

void clock_watch_free(struct clock_watch *watch)
{
    if (watch != NULL) {
        free(watch->verdicts);
        free(watch);
    }
}
