/* The log: a queue of lines, and the thread that folds and writes them. The lock is held for copying one line, never
 * while anything is written. */
#include <turnout/base/log.h>

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <turnout/base/clock.h>

#include "log_fold.h"
#include "log_format.h"

enum {
    QUEUE_BYTES = 64 * 1024,
    FLUSH_MS = 1000,          /* how long log_stop waits for a slow reader */
    DROPPED_EVERY_MS = 10000, /* how often it is said, at most, that lines were dropped */
    LATELY_MS = 60000,
};

enum log_state {
    LOG_DIRECT,   /* no thread: each caller writes its own lines */
    LOG_QUEUED,   /* the thread writes them */
    LOG_FLUSHING, /* the same, and log_stop waits for the thread to end */
    LOG_GIVEN_UP, /* nobody has read them: nothing is queued any more */
};

/* Precedes a line's bytes and its kind in the queue. */
struct record {
    size_t length, kind_length, event_length;
};

static struct {
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    enum log_state state;
    char bytes[QUEUE_BYTES]; /* a ring */
    size_t start;
    size_t used;
    uint64_t dropped;
    uint64_t dropped_unsaid;
    int64_t dropped_ms; /* when last */
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The thread's own. */
static struct log_fold fold;
static int64_t dropped_said_ms;

/* ---- the queue; the lock is held ---- */

static void lock(void)
{
    int failed = pthread_mutex_lock(&queue.lock);
    assert(failed == 0);
}

static void unlock(void)
{
    int failed = pthread_mutex_unlock(&queue.lock);
    assert(failed == 0);
}

static void wake_all(void)
{
    int failed = pthread_cond_broadcast(&queue.changed);
    assert(failed == 0);
}

/* Returns at `deadline_ms` of the monotonic clock at the latest. */
static void wait_for_change(int64_t deadline_ms)
{
    int failed;
    if (deadline_ms == INT64_MAX) {
        failed = pthread_cond_wait(&queue.changed, &queue.lock);
    } else {
        struct timespec deadline = {.tv_sec = deadline_ms / 1000,
                                    .tv_nsec = (long)(deadline_ms % 1000) * 1000000};
        failed = pthread_cond_timedwait(&queue.changed, &queue.lock, &deadline);
    }
    assert(failed == 0 || failed == ETIMEDOUT);
}

static void push(const void *bytes, size_t length)
{
    size_t at = (queue.start + queue.used) % QUEUE_BYTES;
    size_t first = length < QUEUE_BYTES - at ? length : QUEUE_BYTES - at;
    memcpy(queue.bytes + at, bytes, first);
    memcpy(queue.bytes, (const char *)bytes + first, length - first);
    queue.used += length;
}

static void pop(void *ret_bytes, size_t length)
{
    size_t first = length < QUEUE_BYTES - queue.start ? length : QUEUE_BYTES - queue.start;
    memcpy(ret_bytes, queue.bytes + queue.start, first);
    memcpy((char *)ret_bytes + first, queue.bytes, length - first);
    queue.start = (queue.start + length) % QUEUE_BYTES;
    queue.used -= length;
}

static void count_dropped(void)
{
    queue.dropped++;
    queue.dropped_unsaid++;
    queue.dropped_ms = clock_monotonic_ms();
}

static void push_line(const struct log_line *line)
{
    struct record record = {line->length, line->kind_length, line->event_length};
    if (queue.state == LOG_GIVEN_UP ||
        sizeof record + line->length + line->kind_length > QUEUE_BYTES - queue.used) {
        count_dropped();
        return;
    }
    push(&record, sizeof record);
    push(line->bytes, line->length);
    push(line->kind, line->kind_length);
    wake_all();
}

static void pop_line(struct log_line *ret_line)
{
    struct record record;
    pop(&record, sizeof record);
    ret_line->length = record.length;
    ret_line->kind_length = record.kind_length;
    ret_line->event_length = record.event_length;
    pop(ret_line->bytes, record.length);
    pop(ret_line->kind, record.kind_length);
}

/* ---- writing; the lock is not held ---- */

/* A log_say_fn. What cannot be written is dropped. */
static void write_out(void *context, const char *bytes, size_t length)
{
    (void)context;
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, bytes, length);
        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) { /* another process made our standard error non-blocking */
            struct pollfd writable = {.fd = STDERR_FILENO, .events = POLLOUT};
            (void)poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            lock();
            count_dropped();
            unlock();
            return;
        }
    }
}

static void write_line(const struct log_line *line)
{
    char text[LOG_LINE_BYTES_MAX + 1];
    memcpy(text, line->bytes, line->length);
    text[line->length] = '\n';
    write_out(NULL, text, line->length + 1);
}

/* ---- the thread ---- */

/* How many dropped lines there are to tell of now: once there is room again, but not too often. */
static uint64_t take_dropped(int64_t now_ms)
{
    bool has_room = queue.used < QUEUE_BYTES / 2;
    bool is_due = dropped_said_ms == 0 || now_ms - dropped_said_ms >= DROPPED_EVERY_MS;
    bool is_last = queue.used == 0 && queue.state != LOG_QUEUED;
    uint64_t dropped = (has_room && is_due) || is_last ? queue.dropped_unsaid : 0;
    if (dropped > 0) {
        queue.dropped_unsaid = 0;
        dropped_said_ms = now_ms;
    }
    return dropped;
}

static void say_dropped(uint64_t dropped)
{
    struct log_line line;
    log_format(LOG_LEVEL_WARNING, "log-lines-dropped", log_fields(log_number("lines", (int64_t)dropped)),
               &line);
    write_line(&line);
}

static int64_t due_ms(void)
{
    int64_t fold_ms = log_fold_due_ms(&fold);
    int64_t dropped_due_ms = queue.dropped_unsaid > 0 ? dropped_said_ms + DROPPED_EVERY_MS : INT64_MAX;
    return fold_ms < dropped_due_ms ? fold_ms : dropped_due_ms;
}

/* One round: at most one line of the queue, and what is due. The lock is held, but not while anything is written. */
static void write_some(void)
{
    struct log_line line;
    int64_t now_ms = clock_monotonic_ms();
    bool has_line = queue.used > 0;
    if (has_line) {
        pop_line(&line);
    }
    uint64_t dropped = take_dropped(now_ms);
    unlock();
    if (dropped > 0) {
        say_dropped(dropped);
    }
    log_fold_tick(&fold, now_ms, write_out, NULL);
    if (has_line) {
        log_fold_take(&fold, &line, now_ms, write_out, NULL);
    }
    lock();
}

static void write_queue(void)
{
    while (queue.state == LOG_QUEUED || queue.used > 0) {
        if (queue.used == 0 && clock_monotonic_ms() < due_ms()) {
            wait_for_change(due_ms());
        } else {
            write_some();
        }
    }
}

static void write_rest(void)
{
    uint64_t dropped = take_dropped(clock_monotonic_ms());
    unlock();
    log_fold_finish(&fold, write_out, NULL);
    if (dropped > 0) {
        say_dropped(dropped);
    }
    lock();
}

static void *write_lines(void *nothing)
{
    lock();
    do {
        write_queue();
        write_rest();
    } while (queue.used > 0); /* what was logged meanwhile */
    if (queue.state == LOG_FLUSHING) {
        queue.state = LOG_DIRECT;
    }
    wake_all();
    unlock();
    return nothing;
}

/* Detached: a thread that is held in write() can not be waited for. */
static int start_thread(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    int failed = sigfillset(&all) != 0 || pthread_sigmask(SIG_SETMASK, &all, &before) != 0 ||
                 pthread_attr_init(&attributes) != 0 ||
                 pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) != 0;
    assert(!failed);
    int reason = pthread_create(&thread, &attributes, write_lines, NULL);
    failed = pthread_attr_destroy(&attributes) != 0 || pthread_sigmask(SIG_SETMASK, &before, NULL) != 0;
    assert(!failed);
    return reason;
}

/* ---- what others call ---- */

enum turnout_error log_start(struct error *error)
{
    pthread_condattr_t monotonic;
    int failed = pthread_condattr_init(&monotonic) != 0 ||
                 pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) != 0 ||
                 pthread_cond_init(&queue.changed, &monotonic) != 0 ||
                 pthread_condattr_destroy(&monotonic) != 0;
    assert(!failed);
    lock(); /* the thread waits for it */
    assert(queue.state == LOG_DIRECT);
    int reason = start_thread();
    queue.state = reason == 0 ? LOG_QUEUED : LOG_DIRECT;
    unlock();
    if (reason != 0) {
        return error_fail_system(error, reason, "", "cannot start a thread for the log");
    }
    return TURNOUT_OK;
}

void log_stop(void)
{
    lock();
    if (queue.state == LOG_QUEUED) {
        queue.state = LOG_FLUSHING;
        wake_all();
    }
    int64_t deadline_ms = clock_monotonic_ms() + FLUSH_MS;
    while (queue.state == LOG_FLUSHING && clock_monotonic_ms() < deadline_ms) {
        wait_for_change(deadline_ms);
    }
    if (queue.state == LOG_FLUSHING) {
        queue.state = LOG_GIVEN_UP;
    }
    unlock();
}

uint64_t log_lines_dropped(void)
{
    lock();
    uint64_t dropped = queue.dropped;
    unlock();
    return dropped;
}

bool log_has_dropped_lately(void)
{
    lock();
    bool has = queue.dropped > 0 && clock_monotonic_ms() - queue.dropped_ms < LATELY_MS;
    unlock();
    return has;
}

struct log_field log_text(const char *key, const char *text)
{
    return (struct log_field){.key = key, .text = text == NULL ? "" : text};
}

struct log_field log_number(const char *key, int64_t number)
{
    return (struct log_field){.key = key, .number = number};
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    struct log_line line;
    log_format(level, event, fields, &line);
    lock();
    bool is_direct = queue.state == LOG_DIRECT;
    if (!is_direct) {
        push_line(&line);
    }
    unlock();
    if (is_direct) {
        write_line(&line);
    }
}
