/* Errors and garbage. A new one is a row of a table. */
#include "model_faults.h"

#include "scene.h"
#include "world.h"

/* None of them was run. */
static const char *const errors[] = {
    "-LOADING Redis is loading the dataset in memory\r\n",
    "-MISCONF Errors writing to the AOF file: No space left on device\r\n",
    "-READONLY You can't write against a read only replica.\r\n",
    "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
    "-BUSY Redis is busy running a script.\r\n",
    "-NOREPLICAS Not enough good replicas to write.\r\n",
    "-NOPERM this user has no permissions to run the 'fcall' command\r\n",
    "-ERR Function not found\r\n",
    "-TURNOUT it was never seeded\r\n",
    "$-1\r\n",
};

/* None of them is the answer to any command but a step of a register's change, whatever it asked for. An integer would
 * be one to many. */
static const char *const garbage[] = {
    "$-1\r\n",
    "*-1\r\n",
    "*0\r\n",
    "+OK\r\n",
    "$7\r\ngarbage\r\n",
    "*1\r\n$4\r\ndone\r\n",
    "*2\r\n$4\r\ndone\r\n$3\r\n1 2\r\n",
    "*4\r\n$6\r\nground\r\n$1\r\ng\r\n$1\r\nd\r\n$1\r\np\r\n",
    "*6\r\n$1\r\na\r\n$1\r\nb\r\n$4\r\nopen\r\n$1\r\nd\r\n*0\r\n*0\r\n",
    "-ERR something went wrong\r\n",
};

enum {
    ERROR_COUNT = sizeof errors / sizeof errors[0],
    GARBAGE_COUNT = sizeof garbage / sizeof garbage[0],
    RARE_TIMES = 10,
    RARE_HELD_UP_TIMES = 30,
};

static struct {
    int64_t until_us; /* Redis goes on refusing */
    size_t error;
} refusing;

void model_faults_begin(void)
{
    refusing.until_us = -1;
}

/* What officials ask for comes once among thousands of commits: at the same rate hardly a run would go wrong with
 * it. */
static bool is_rare(struct slice name)
{
    return !slice_equals(name, "turnout_commit") && !slice_equals(name, "turnout_load") &&
           !slice_equals(name, "turnout_settle");
}

bool model_refuses(struct slice name, struct buffer *reply)
{
    if (world_now_us() > refusing.until_us || scene.hazards.error == 0) {
        if (!world_chance(scene.hazards.error * (is_rare(name) ? RARE_TIMES : 1))) {
            return false;
        }
        refusing.error = world_random(ERROR_COUNT);
        refusing.until_us =
            world_now_us() +
            (scene.hazards.error_span_us > 0 ? world_between(0, scene.hazards.error_span_us) : 0);
    }
    world_trace("%.*s: %s", (int)name.length, name.bytes, errors[refusing.error]);
    buffer_append_text(reply, errors[refusing.error]);
    return true;
}

bool model_holds_up(struct slice name)
{
    return world_chance(scene.hazards.held_up * (is_rare(name) ? RARE_HELD_UP_TIMES : 1));
}

void model_garble(struct slice name, struct buffer *reply)
{
    if (!slice_equals(name, "turnout_register_step") && world_chance(scene.hazards.garbage)) {
        size_t which = world_random(GARBAGE_COUNT);
        buffer_clear(reply);
        buffer_append_text(reply, garbage[which]);
        world_trace("%.*s: garbage %d", (int)name.length, name.bytes, (int)which);
    }
}
