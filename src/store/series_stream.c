/* The series in Redis: a stream, each entry a minute, with a field for the nation and for each province. */
#include <turnout/store/series_stream.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "stream_lines.h"

enum { ID_BYTES = 32 };

static void write_id(int64_t moment, char ret_id[ID_BYTES])
{
    (void)snprintf(ret_id, ID_BYTES, "%" PRId64 "-0", moment * 1000);
}

/* ---- writing ---- */

struct writing {
    store_series_written_fn *on_written;
    void *context;
};

/* An id that is not behind the newest one is refused, because somebody else has written it. */
static bool stands_already(const redisReply *reply)
{
    static const char refused[] = "ERR The ID specified in XADD is equal or smaller";
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, refused, sizeof refused - 1) == 0;
}

static void on_written(void *context, const redisReply *reply, const char *why)
{
    struct writing *writing = context;
    bool is_there = reply != NULL && (reply->type == REDIS_REPLY_STRING || stands_already(reply));
    writing->on_written(writing->context, is_there ? TURNOUT_OK : reply_error(reply),
                        is_there ? "" : reply_words(reply, why));
    free(writing);
}

void store_write_series(struct store *store, const struct series_minute *minute,
                        store_series_written_fn *written, void *context)
{
    const struct election_register *reg = store_register(store);
    char key[REDIS_KEY_BYTES];
    char id[ID_BYTES];
    struct redis_command command;
    struct buffer words = {0};
    redis_key_series(store_election(store), key);
    write_id(minute->moment, id);
    redis_command_begin(&command, "XADD");
    redis_command_put_text(&command, key);
    redis_command_put_text(&command, "MAXLEN");
    redis_command_put_integer(&command, SERIES_MINUTES_MAX);
    redis_command_put_text(&command, id);
    for (uint32_t area = 0; area <= reg->province_count; area++) {
        if (minute->areas[area].is_known) {
            series_figure_write(&words, &minute->areas[area]);
            redis_command_put_text(&command, reg->areas[area].code);
            redis_command_put_buffer(&command, &words);
        }
    }
    buffer_done(&words);
    struct writing *writing = memory_new(sizeof *writing);
    *writing = (struct writing){written, context};
    store_send(store, &command, on_written, writing);
}

/* ---- reading ---- */

struct question {
    const struct election_register *reg;
    store_series_fn *on_series;
    void *context;
};

/* Areas that the register does not have are passed over. */
static void read_figures(const struct election_register *reg, const redisReply *fields,
                         struct series_figure *areas)
{
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        uint32_t area = register_find_area(reg, reply_text(fields->element[i]));
        if (area <= reg->province_count) {
            (void)series_figure_read(reply_text(fields->element[i + 1]), &areas[area]);
        }
    }
}

static bool read_minute(const struct election_register *reg, const redisReply *entry,
                        struct series_minute *minute)
{
    struct slice id = stream_entry_id(entry);
    int64_t moment_ms;
    if (!text_parse_integer(text_split(&id, '-'), 0, INT64_MAX, &moment_ms) ||
        entry->element[1]->type != REDIS_REPLY_ARRAY) {
        return false;
    }
    minute->moment = moment_ms / 1000;
    read_figures(reg, entry->element[1], minute->areas);
    return true;
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    size_t count = reply_length(reply);
    size_t areas = (size_t)question->reg->province_count + 1;
    struct series_minute *minutes = memory_new_array(count, sizeof *minutes);
    struct series_figure *figures = memory_new_array(count * areas, sizeof *figures);
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_list(reply, why, &error);
    for (size_t i = 0; i < count && failed == TURNOUT_OK; i++) {
        minutes[i].areas = &figures[i * areas];
        if (!read_minute(question->reg, reply->element[i], &minutes[i])) {
            failed = error_fail(&error, TURNOUT_BAD_INPUT, "", "the series holds what is no minute");
        }
    }
    bool is_sound = failed == TURNOUT_OK;
    question->on_series(question->context, failed, error.text, is_sound ? minutes : NULL,
                        is_sound ? count : 0);
    free(figures);
    free(minutes);
    free(question);
}

void store_read_series(struct store *store, int64_t after, store_series_fn *on_series, void *context)
{
    char key[REDIS_KEY_BYTES];
    char id[ID_BYTES] = "";
    redis_key_series(store_election(store), key);
    if (after != 0) {
        write_id(after, id);
    }
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){store_register(store), on_series, context};
    stream_read(store, key, id, "", STORE_SERIES_READ_MAX, on_reply, question);
}
