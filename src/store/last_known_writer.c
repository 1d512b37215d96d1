/* Writes `last-known` on a thread that has one file to write or none. */
#include <turnout/store/last_known_writer.h>

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>

enum stage { STAGE_IDLE, STAGE_BEGUN, STAGE_WRITTEN };

struct last_known_writer {
    const char *data;
    pthread_t thread;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    enum stage stage;
    bool is_ending;
    struct buffer bytes;
    enum turnout_error failed;
    struct error error;
};

static void take_lock(struct last_known_writer *writer)
{
    int failed = pthread_mutex_lock(&writer->lock);
    assert(failed == 0);
}

static void give_lock(struct last_known_writer *writer)
{
    int failed = pthread_mutex_unlock(&writer->lock);
    assert(failed == 0);
}

static void say_changed(struct last_known_writer *writer)
{
    int failed = pthread_cond_broadcast(&writer->changed);
    assert(failed == 0);
}

static void wait_for_change(struct last_known_writer *writer)
{
    int failed = pthread_cond_wait(&writer->changed, &writer->lock);
    assert(failed == 0);
}

static void *run(void *context)
{
    struct last_known_writer *writer = context;
    take_lock(writer);
    for (;;) {
        while (writer->stage != STAGE_BEGUN && !writer->is_ending) {
            wait_for_change(writer);
        }
        if (writer->stage != STAGE_BEGUN) {
            break;
        }
        give_lock(writer); /* nobody touches the bytes before it is written */
        enum turnout_error failed = last_known_put(
            writer->data, (struct slice){writer->bytes.bytes, writer->bytes.length}, &writer->error);
        take_lock(writer);
        writer->failed = failed;
        writer->stage = STAGE_WRITTEN;
        say_changed(writer);
    }
    give_lock(writer);
    return NULL;
}

struct last_known_writer *last_known_writer_new(const char *data)
{
    struct last_known_writer *writer = memory_new(sizeof *writer);
    sigset_t all;
    sigset_t before;
    writer->data = data;
    int failed = pthread_mutex_init(&writer->lock, NULL) | pthread_cond_init(&writer->changed, NULL) |
                 sigfillset(&all) | pthread_sigmask(SIG_SETMASK, &all, &before);
    assert(failed == 0);
    failed = pthread_create(&writer->thread, NULL, run, writer) | pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert(failed == 0);
    return writer;
}

void last_known_writer_free(struct last_known_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    take_lock(writer);
    writer->is_ending = true;
    say_changed(writer);
    give_lock(writer);
    int failed = pthread_join(writer->thread, NULL);
    assert(failed == 0);
    failed = pthread_cond_destroy(&writer->changed) | pthread_mutex_destroy(&writer->lock);
    assert(failed == 0);
    buffer_done(&writer->bytes);
    free(writer);
}

bool last_known_writer_is_busy(struct last_known_writer *writer)
{
    take_lock(writer);
    bool is_busy = writer->stage == STAGE_BEGUN;
    give_lock(writer);
    return is_busy;
}

void last_known_writer_begin(struct last_known_writer *writer, const struct last_known *known)
{
    take_lock(writer);
    assert(writer->stage == STAGE_IDLE);
    buffer_clear(&writer->bytes);
    last_known_render(known, &writer->bytes);
    writer->stage = STAGE_BEGUN;
    say_changed(writer);
    give_lock(writer);
}

bool last_known_writer_finish(struct last_known_writer *writer, enum turnout_error *ret_failed,
                              struct error *error)
{
    take_lock(writer);
    while (writer->stage == STAGE_BEGUN) {
        wait_for_change(writer);
    }
    bool was_begun = writer->stage == STAGE_WRITTEN;
    if (was_begun) {
        *ret_failed = writer->failed;
        *error = writer->error;
        writer->stage = STAGE_IDLE;
    }
    give_lock(writer);
    return was_begun;
}
