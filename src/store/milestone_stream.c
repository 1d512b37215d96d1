/* Milestones as lines of a stream: `<area> <mark> reached <revision> <as of>`, or `withdrawn`. */
#include <turnout/store/milestone_stream.h>

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "stream_lines.h"

static const char word_reached[] = "reached";
static const char word_withdrawn[] = "withdrawn";

/* ---- reading ---- */

struct question {
    const struct election_register *reg;
    store_milestones_fn *on_milestones;
    void *context;
};

/* `<milliseconds>-<number>` */
static bool read_id(struct slice id, struct milestone *milestone)
{
    struct slice rest = id;
    uint64_t number;
    if (!text_parse_integer(text_split(&rest, '-'), 1, INT64_MAX, &milestone->told_ms) ||
        !text_parse_unsigned(rest, UINT32_MAX, &number)) {
        return false;
    }
    milestone->told_number = (uint32_t)number;
    return true;
}

static bool read_entry(const redisReply *entry, const struct election_register *reg,
                       struct store_milestone *ret_entry)
{
    struct slice rest = stream_entry_line(entry);
    struct milestone *milestone = &ret_entry->milestone;
    ret_entry->area = register_find_area(reg, text_split(&rest, ' '));
    if (!mark_parse(text_split(&rest, ' '), &ret_entry->mark)) {
        return false;
    }
    struct slice word = text_split(&rest, ' ');
    milestone->is_reached = slice_equals(word, word_reached);
    return (milestone->is_reached || slice_equals(word, word_withdrawn)) &&
           text_parse_integer(text_split(&rest, ' '), 0, INT64_MAX, &milestone->revision) &&
           text_parse_integer(rest, 0, INT64_MAX, &milestone->as_of) &&
           read_id(stream_entry_id(entry), milestone);
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    size_t count = reply_length(reply);
    struct store_milestone *entries = memory_new_array(count, sizeof *entries);
    struct store_milestones milestones = {
        .entries = entries, .count = count, .has_more = count == STORE_MILESTONES_READ_MAX};
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_list(reply, why, &error);
    for (size_t i = 0; i < count && failed == TURNOUT_OK; i++) {
        if (!read_entry(reply->element[i], question->reg, &entries[i]) ||
            !slice_copy(stream_entry_id(reply->element[i]), milestones.last_id, sizeof milestones.last_id)) {
            failed = error_fail(&error, TURNOUT_BAD_INPUT, "", "a line of the election's milestones is none");
        }
    }
    question->on_milestones(question->context, failed, error.text, failed == TURNOUT_OK ? &milestones : NULL);
    free(entries);
    free(question);
}

void store_read_milestones(struct store *store, const char *after_id, store_milestones_fn *on_milestones,
                           void *context)
{
    char key[REDIS_KEY_BYTES];
    redis_key_milestones(store_election(store), key);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){store_register(store), on_milestones, context};
    stream_read(store, key, after_id, "", STORE_MILESTONES_READ_MAX, on_reply, question);
}

/* ---- telling ---- */

void store_telling_add(struct store_telling *telling, const char *area_code, enum mark mark,
                       const struct milestone *milestone)
{
    assert(telling->count < STORE_MILESTONES_TOLD_MAX);
    buffer_printf(&telling->lines, "%s %s %s %" PRId64 " %" PRId64 "\n", area_code, mark_name(mark),
                  milestone->is_reached ? word_reached : word_withdrawn, milestone->revision,
                  milestone->as_of);
    telling->count++;
}

struct waiting {
    store_told_fn *on_told;
    void *context;
};

static void on_told_reply(void *context, const redisReply *reply, const char *why)
{
    struct waiting *waiting = context;
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_number(reply, why, &error);
    waiting->on_told(waiting->context, failed, error.text, failed == TURNOUT_OK && reply->integer == 1);
    free(waiting);
}

void store_tell_milestones(struct store *store, const char *last_id, struct store_telling *telling,
                           store_told_fn *on_told, void *context)
{
    char key[REDIS_KEY_BYTES];
    struct redis_command command;
    redis_command_begin_call(&command, "FCALL", "turnout_tell", 2);
    redis_key_meta(store_election(store), key);
    redis_command_put_text(&command, key);
    redis_key_milestones(store_election(store), key);
    redis_command_put_text(&command, key);
    redis_command_put_text(&command, last_id);
    redis_command_put_buffer(&command, &telling->lines);
    buffer_done(&telling->lines);
    telling->count = 0;
    struct waiting *waiting = memory_new(sizeof *waiting);
    *waiting = (struct waiting){on_told, context};
    store_send(store, &command, on_told_reply, waiting);
}
