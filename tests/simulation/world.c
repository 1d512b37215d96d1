/* Virtual time, events, chance, trace. */
#include "world.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>

enum { WALL_SPEED = 60, TRACE_LINE_BYTES = 1024 };

struct event {
    int64_t at_us;
    uint64_t number;
    world_event_fn *on_event;
    void *context;
};

static struct {
    uint64_t seed;
    uint64_t random[2];
    bool is_traced;
    int64_t now_us;
    int64_t wall_start_ms;
    uint64_t steps;
    uint64_t numbered;
    uint64_t digest;
    struct event *events; /* a heap: the next one is the first */
    size_t count;
    size_t capacity;
} world;

/* ---- life ---- */

/* splitmix64 spreads a small seed over all bits. */
static uint64_t spread(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

void world_begin(uint64_t seed, bool is_traced)
{
    uint64_t state = seed;
    world.seed = seed;
    world.random[0] = spread(&state);
    world.random[1] = spread(&state);
    world.is_traced = is_traced;
    world.now_us = 0;
    world.steps = 0;
    world.numbered = 0;
    world.digest = UINT64_C(0xcbf29ce484222325);
    world.count = 0;
}

void world_end(void)
{
    free(world.events);
    world.events = NULL;
    world.capacity = 0;
}

/* ---- time ---- */

int64_t world_now_us(void)
{
    return world.now_us;
}

void world_set_wall_clock(int64_t start_ms)
{
    world.wall_start_ms = start_ms;
}

int64_t clock_wall_ms(void)
{
    return world.wall_start_ms + world.now_us / 1000 * WALL_SPEED;
}

int64_t clock_monotonic_us(void)
{
    return world.now_us;
}

int64_t clock_monotonic_ms(void)
{
    return world.now_us / 1000;
}

int64_t clock_boot_ms(void)
{
    return world.now_us / 1000;
}

bool clock_is_synchronised(void)
{
    return true;
}

/* ---- chance ---- */

/* xoroshiro128+ */
static uint64_t next_random(void)
{
    uint64_t a = world.random[0];
    uint64_t b = world.random[1];
    uint64_t sum = a + b;
    b ^= a;
    world.random[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
    world.random[1] = (b << 37) | (b >> 27);
    return sum;
}

uint64_t world_random(uint64_t below)
{
    assert(below > 0);
    return (next_random() >> 11) % below;
}

int64_t world_between(int64_t least, int64_t most)
{
    assert(least <= most);
    return least + (int64_t)world_random((uint64_t)(most - least) + 1);
}

bool world_chance(uint32_t in_a_thousand)
{
    return world_random(1000) < in_a_thousand;
}

/* ---- events ---- */

static bool is_before(const struct event *a, const struct event *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->number < b->number;
}

static void swap(size_t a, size_t b)
{
    struct event kept = world.events[a];
    world.events[a] = world.events[b];
    world.events[b] = kept;
}

void world_at(int64_t at_us, world_event_fn *on_event, void *context)
{
    if (world.count == world.capacity) {
        world.capacity = world.capacity == 0 ? 256 : 2 * world.capacity;
        world.events = memory_resize(world.events, world.capacity, sizeof *world.events);
    }
    size_t at = world.count++;
    world.events[at] = (struct event){at_us, world.numbered++, on_event, context};
    while (at > 0 && is_before(&world.events[at], &world.events[(at - 1) / 2])) {
        swap(at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

void world_after(int64_t delay_us, world_event_fn *on_event, void *context)
{
    world_at(world.now_us + delay_us, on_event, context);
}

static struct event take_first(void)
{
    struct event first = world.events[0];
    world.events[0] = world.events[--world.count];
    size_t at = 0;
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < world.count; child++) {
            least = is_before(&world.events[child], &world.events[least]) ? child : least;
        }
        if (least == at) {
            return first;
        }
        swap(at, least);
        at = least;
    }
}

bool world_step(void)
{
    if (world.count == 0) {
        return false;
    }
    struct event event = take_first();
    assert(event.at_us >= world.now_us);
    world.now_us = event.at_us;
    world.steps++;
    event.on_event(event.context);
    return true;
}

uint64_t world_steps(void)
{
    return world.steps;
}

/* ---- trace ---- */

void world_trace(const char *format, ...)
{
    char line[TRACE_LINE_BYTES];
    int head = snprintf(line, sizeof line, "%10" PRId64 " ", world.now_us);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line + head, sizeof line - (size_t)head, format, arguments);
    va_end(arguments);
    assert(head > 0 && length >= 0);
    for (const char *c = line; *c != '\0'; c++) { /* FNV-1a */
        world.digest = (world.digest ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    if (world.is_traced) {
        (void)puts(line);
    }
}

uint64_t world_digest(void)
{
    return world.digest;
}

void world_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fflush(stdout);
    (void)fprintf(stderr, "seed %" PRIu64 ", step %" PRIu64 ", %" PRId64 " us: ", world.seed, world.steps,
                  world.now_us);
    (void)vfprintf(stderr, format, arguments);
    (void)fprintf(stderr, "\n");
    va_end(arguments);
    _exit(1);
}

/* ---- the log ---- */

struct log_field log_text(const char *key, const char *text)
{
    return (struct log_field){.key = key, .text = text};
}

struct log_field log_number(const char *key, int64_t number)
{
    return (struct log_field){.key = key, .number = number};
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    (void)level;
    const char *text = "";
    for (; fields->key != NULL; fields++) {
        text = fields->text != NULL ? fields->text : text;
    }
    world_trace("log %s: %s", event, text);
}

/* Called when memory has run out: there is nothing to flush. */
void log_stop(void)
{
}

bool log_has_dropped_lately(void)
{
    return false;
}
