/* Reads the log line by line: `TIME LEVEL EVENT key=value ...`. What the thread has found stands behind a mutex. */
#include "demo/demo_log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>

enum { LISTENERS_HEARD_MAX = 16, LINE_BYTES_MAX = 8192, LISTENER_BYTES = 32 };

struct heard {
    char listener[LISTENER_BYTES];
    struct demo_address address;
};

struct demo_log {
    int pipe_fd;
    int finish_fd; /* readable: finish */
    FILE *file;
    pthread_t reader;
    bool is_reading;              /* the thread is to be joined */
    char pending[LINE_BYTES_MAX]; /* the line that has not ended yet */
    size_t pending_bytes;

    pthread_mutex_t mutex; /* guards what follows */
    struct heard heard[LISTENERS_HEARD_MAX];
    size_t heard_count;
    char last_words[DEMO_WORDS_BYTES];
    bool last_is_error;
};

static void lock(struct demo_log *log)
{
    int failed = pthread_mutex_lock(&log->mutex);
    assert(failed == 0);
}

static void unlock(struct demo_log *log)
{
    int failed = pthread_mutex_unlock(&log->mutex);
    assert(failed == 0);
}

/* ---- lines ---- */

/* Splits `key=value`; false when the word is none. */
static bool split_field(struct slice word, struct slice *ret_key, struct slice *ret_value)
{
    *ret_value = word;
    *ret_key = text_split(ret_value, '=');
    return ret_value->bytes != NULL;
}

/* The fields of a `listening` line. */
static void note_listener(struct demo_log *log, struct slice fields)
{
    struct heard heard = {0};
    while (fields.length > 0) {
        struct slice key;
        struct slice value;
        uint64_t port;
        if (!split_field(text_split(&fields, ' '), &key, &value)) {
            continue;
        }
        if (slice_equals(key, "listener") && !slice_copy(value, heard.listener, sizeof heard.listener)) {
            return;
        }
        if (slice_equals(key, "address") &&
            !slice_copy(value, heard.address.host, sizeof heard.address.host)) {
            return;
        }
        if (slice_equals(key, "port") && text_parse_unsigned(value, UINT16_MAX, &port)) {
            heard.address.port = (uint16_t)port;
        }
    }
    if (heard.address.port != 0 && log->heard_count < LISTENERS_HEARD_MAX) {
        log->heard[log->heard_count++] = heard;
    }
}

static void note_words(struct demo_log *log, struct slice line, bool is_error)
{
    if (line.length == 0 || (log->last_is_error && !is_error)) {
        return;
    }
    size_t most = sizeof log->last_words - 1;
    struct slice cut = {line.bytes, line.length < most ? line.length : most};
    bool fits = slice_copy(cut, log->last_words, sizeof log->last_words);
    assert(fits);
    log->last_is_error = is_error;
}

/* `TIME LEVEL EVENT key=value ...` */
static void note_line(struct demo_log *log, struct slice line)
{
    struct slice fields = line;
    (void)text_split(&fields, ' ');
    struct slice level = text_split(&fields, ' ');
    struct slice event = text_split(&fields, ' ');
    lock(log);
    note_words(log, line, slice_equals(level, "error"));
    if (slice_equals(level, "info") && slice_equals(event, "listening")) {
        note_listener(log, fields);
    }
    unlock(log);
}

/* ---- reading ---- */

/* Cuts what is pending into lines. A line that fills the room is taken as it is. */
static void take_lines(struct demo_log *log)
{
    struct slice rest = {log->pending, log->pending_bytes};
    while (memchr(rest.bytes, '\n', rest.length) != NULL) {
        const char *end = memchr(rest.bytes, '\n', rest.length);
        size_t length = (size_t)(end - rest.bytes);
        note_line(log, (struct slice){rest.bytes, length});
        rest.bytes += length + 1;
        rest.length -= length + 1;
    }
    if (rest.length == sizeof log->pending) {
        rest.length = 0;
    }
    memmove(log->pending, rest.bytes, rest.length);
    log->pending_bytes = rest.length;
}

/* False at the end of the pipe, or when it is empty for now. */
static bool take_bytes(struct demo_log *log)
{
    char *room = log->pending + log->pending_bytes;
    ssize_t length = read(log->pipe_fd, room, sizeof log->pending - log->pending_bytes);
    if (length < 0 && errno == EINTR) {
        return true;
    }
    if (length <= 0) {
        return false;
    }
    /* A full disk must not stop the reading: the server would stand still. */
    (void)fwrite(room, 1, (size_t)length, log->file);
    (void)fflush(log->file);
    log->pending_bytes += (size_t)length;
    take_lines(log);
    return true;
}

static void *read_log(void *context)
{
    struct demo_log *log = context;
    struct pollfd fds[] = {{.fd = log->pipe_fd, .events = POLLIN}, {.fd = log->finish_fd, .events = POLLIN}};
    bool is_open = true;
    while (is_open && fds[1].revents == 0) {
        int count = poll(fds, sizeof fds / sizeof fds[0], -1);
        if (count < 0) {
            assert(errno == EINTR);
            continue;
        }
        if (fds[0].revents != 0) {
            is_open = take_bytes(log);
        }
    }
    while (is_open && take_bytes(log)) {
    }
    return NULL;
}

/* ---- the log ---- */

enum turnout_error demo_log_new(int pipe_fd, const char *path, struct demo_log **ret_log, struct error *error)
{
    struct demo_log *log = memory_new(sizeof *log);
    log->pipe_fd = pipe_fd;
    log->finish_fd = eventfd(0, EFD_CLOEXEC);
    log->file = fopen(path, "we");
    int failed = pthread_mutex_init(&log->mutex, NULL);
    assert(failed == 0);
    int errno_value = errno;
    if (log->finish_fd >= 0 && log->file != NULL && fcntl(pipe_fd, F_SETFL, O_NONBLOCK) == 0) {
        errno_value = pthread_create(&log->reader, NULL, read_log, log);
        log->is_reading = errno_value == 0;
    }
    if (!log->is_reading) {
        demo_log_free(log);
        return error_fail_system(error, errno_value, "", "the server's log cannot be kept in %s", path);
    }
    *ret_log = log;
    return TURNOUT_OK;
}

bool demo_log_find_listener(struct demo_log *log, const char *listener, struct demo_address *ret_address)
{
    bool found = false;
    lock(log);
    for (size_t i = 0; i < log->heard_count && !found; i++) {
        found = strcmp(log->heard[i].listener, listener) == 0;
        if (found) {
            *ret_address = log->heard[i].address;
        }
    }
    unlock(log);
    return found;
}

void demo_log_finish(struct demo_log *log)
{
    if (!log->is_reading) {
        return;
    }
    int failed = eventfd_write(log->finish_fd, 1);
    assert(failed == 0);
    failed = pthread_join(log->reader, NULL);
    assert(failed == 0);
    log->is_reading = false;
}

void demo_log_last_words(struct demo_log *log, char ret_words[DEMO_WORDS_BYTES])
{
    lock(log);
    memcpy(ret_words, log->last_words, DEMO_WORDS_BYTES);
    unlock(log);
}

void demo_log_free(struct demo_log *log)
{
    if (log == NULL) {
        return;
    }
    demo_log_finish(log);
    (void)close(log->pipe_fd);
    if (log->finish_fd >= 0) {
        (void)close(log->finish_fd);
    }
    if (log->file != NULL) {
        (void)fclose(log->file);
    }
    int failed = pthread_mutex_destroy(&log->mutex);
    assert(failed == 0);
    free(log);
}
