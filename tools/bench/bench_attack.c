/* Connections that do the server no good: they say nothing, or `--text` over and over, a byte a second, or `--whole` at
 * once; `--deaf` ones read nothing of the answer. What the
 * server drops is opened again, at most `--a-second` of them. Ends by itself after `--seconds`, or when it is told
 * to, and says how it went.
 *
 * An attack comes from many places, so the connections have many addresses of the loopback network. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>
#include <turnout/base/memory.h>

#include "bench_loopback.h"
#include "bench_options.h"

enum {
    ADDRESSES = 250, /* 127.0.1.1 and following */
    EVENTS_A_TURN = 256,
    TICK_MS = 10,
    SECOND_MS = 1000,
};

struct peer {
    int fd;      /* -1: not open */
    size_t said; /* bytes of the text, in all */
};

struct attack {
    const struct bench_options *options;
    struct buffer text;
    struct peer *peers;
    uint32_t *closed; /* a stack of those that are to be opened */
    uint32_t closed_count;
    int poll;
    uint64_t opened;
    uint64_t dropped;
    uint64_t spoken; /* turns to say a byte, of all peers together */
    bool was_ready;
};

static volatile sig_atomic_t is_told_to_end;

static void on_signal(int signal)
{
    (void)signal;
    is_told_to_end = 1;
}

static bool open_peer(struct attack *attack, uint32_t index)
{
    struct peer *peer = &attack->peers[index];
    uint32_t from = LOOPBACK_ATTACKERS + index % ADDRESSES;
    struct epoll_event interest = {.events = attack->options->is_deaf ? EPOLLHUP : EPOLLIN,
                                   .data.u32 = index};
    peer->said = 0;
    peer->fd = loopback_connect(from, attack->options->ports[0]);
    attack->opened++;
    return peer->fd >= 0 && epoll_ctl(attack->poll, EPOLL_CTL_ADD, peer->fd, &interest) == 0;
}

static void open_some(struct attack *attack, uint64_t most)
{
    for (; attack->closed_count > 0 && most > 0; most--) {
        uint32_t index = attack->closed[--attack->closed_count];
        if (!open_peer(attack, index)) {
            perror("bench_attack: connecting");
            exit(EXIT_FAILURE);
        }
    }
    if (!attack->was_ready && attack->opened >= attack->options->connections) {
        attack->was_ready = true; /* each has been opened once */
        (void)printf("ready\n");
        (void)fflush(stdout);
    }
}

/* What the server has to say is of no interest, only whether it has closed. */
static void hear(struct attack *attack, uint32_t index)
{
    struct peer *peer = &attack->peers[index];
    char heard[4096];
    ssize_t length = recv(peer->fd, heard, sizeof heard, 0);
    if (length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR))) {
        return;
    }
    (void)close(peer->fd);
    peer->fd = -1;
    attack->dropped++;
    attack->closed[attack->closed_count++] = index;
}

/* Each that is open and has not said it yet. */
static void speak_whole(struct attack *attack)
{
    const char *text = attack->text.bytes;
    size_t length = attack->text.length;
    for (uint32_t i = 0; i < attack->options->connections; i++) {
        struct peer *peer = &attack->peers[i];
        if (peer->fd >= 0 && peer->said == 0 &&
            send(peer->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length) {
            peer->said = length;
        }
    }
}

/* Everybody's turn comes once a second. A byte that cannot be sent is not said. */
static void speak(struct attack *attack, uint64_t turns)
{
    const char *text = attack->text.bytes;
    size_t length = attack->text.length;
    for (; length > 0 && attack->spoken < turns; attack->spoken++) {
        struct peer *peer = &attack->peers[attack->spoken % attack->options->connections];
        if (peer->fd >= 0 && send(peer->fd, text + peer->said % length, 1, MSG_NOSIGNAL) == 1) {
            peer->said++;
        }
    }
}

static bool go_on(struct attack *attack)
{
    const struct bench_options *options = attack->options;
    int64_t began_ms = clock_monotonic_ms();
    int64_t opened_ms = began_ms;
    while (is_told_to_end == 0) {
        int64_t now_ms = clock_monotonic_ms();
        uint64_t passed_ms = (uint64_t)(now_ms - began_ms);
        if (passed_ms >= (uint64_t)options->seconds * SECOND_MS) {
            return true;
        }
        uint64_t due = (uint64_t)(now_ms - opened_ms) * options->a_second / SECOND_MS;
        if (due > 0) {
            /* What was not opened in its time, since nothing was closed, is not made up for later. */
            open_some(attack, due);
            opened_ms = now_ms;
        }
        if (options->is_whole) {
            speak_whole(attack);
        } else {
            speak(attack, passed_ms * options->connections / SECOND_MS);
        }

        struct epoll_event events[EVENTS_A_TURN];
        int count = epoll_wait(attack->poll, events, EVENTS_A_TURN, TICK_MS);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            hear(attack, events[i].data.u32);
        }
    }
    return true;
}

/* `\n` is the end of a line. */
static void write_text(struct buffer *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (at[0] == '\\' && at[1] == 'n') {
            buffer_append_text(out, "\r\n");
            at++;
        } else {
            buffer_append_char(out, *at);
        }
    }
}

static void attack_init(struct attack *attack, const struct bench_options *options)
{
    *attack = (struct attack){.options = options, .poll = epoll_create1(EPOLL_CLOEXEC)};
    write_text(&attack->text, options->text);
    attack->peers = memory_new_array(options->connections, sizeof *attack->peers);
    attack->closed = memory_new_array(options->connections, sizeof *attack->closed);
    for (uint32_t i = 0; i < options->connections; i++) {
        attack->peers[i].fd = -1;
        attack->closed[attack->closed_count++] = i;
    }
}

static void attack_done(struct attack *attack)
{
    for (uint32_t i = 0; i < attack->options->connections; i++) {
        if (attack->peers[i].fd >= 0) {
            (void)close(attack->peers[i].fd);
        }
    }
    if (attack->poll >= 0) {
        (void)close(attack->poll);
    }
    buffer_done(&attack->text);
    free(attack->closed);
    free(attack->peers);
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct sigaction ends = {.sa_handler = on_signal};
    if (sigaction(SIGTERM, &ends, NULL) != 0 || sigaction(SIGINT, &ends, NULL) != 0 ||
        !bench_options_read(argc, argv, &options)) {
        return EXIT_FAILURE;
    }
    struct attack attack;
    attack_init(&attack, &options);
    bool done = attack.poll >= 0 && go_on(&attack);
    (void)printf("{\"opened\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"open\":%" PRIu32 "}\n", attack.opened,
                 attack.dropped, options.connections - attack.closed_count);
    attack_done(&attack);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
