/* A proxy between turnoutd and Redis, over unix sockets, in a thread of its own. It passes on whole commands and their
 * replies; the next commit after redis_proxy_arm() it treats as told. */
#ifndef TURNOUT_TESTS_REDIS_PROXY_H
#define TURNOUT_TESTS_REDIS_PROXY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>

#include "workspace.h"

enum proxy_act {
    PROXY_PASS,
    PROXY_RESET, /* the link is closed once so many bytes of the reply have passed */
    PROXY_STALL, /* nothing passes any more, in either direction */
    PROXY_DELAY, /* the rest passes later */
    PROXY_REPLY, /* another reply takes its place */
};

struct proxy_fault {
    enum proxy_act act;
    size_t offset;           /* of the reply; what comes before it passes */
    int64_t delay_ms;        /* PROXY_DELAY */
    const char *reply;       /* PROXY_REPLY: its bytes; borrowed */
    bool is_kept_from_redis; /* PROXY_REPLY: Redis does not get the commit */
};

enum { PROXY_LINKS_MAX = 32 };

struct proxy_link {
    int client; /* -1: this place is free */
    int server;
    struct buffer request;    /* of which the last command is not whole yet */
    struct buffer late;       /* what is to pass at resume_ms, or is not whole yet */
    struct proxy_fault fault; /* of the reply that comes next */
    size_t passed_bytes;      /* of that reply */
    bool is_stalled;
    int64_t resume_ms; /* 0: nothing is late */
};

struct redis_proxy {
    char path[WORKSPACE_PATH_BYTES];
    char url[WORKSPACE_PATH_BYTES + 8]; /* as the setting `redis` has it */
    char redis_path[WORKSPACE_PATH_BYTES];
    int listener;
    int stop; /* an eventfd */
    pthread_t thread;
    pthread_mutex_t lock;
    struct proxy_fault armed; /* under the lock, as is `hits` */
    uint64_t hits;
    struct proxy_link links[PROXY_LINKS_MAX];
};

/* Listens in the workspace. Redis need not be there yet. */
void redis_proxy_start(struct redis_proxy *proxy, const struct workspace *workspace, const char *redis_path);
void redis_proxy_stop(struct redis_proxy *proxy);

void redis_proxy_arm(struct redis_proxy *proxy, const struct proxy_fault *fault);

/* How many faults have happened so far. One comes later than its commit when its reply is shorter than the offset: then
 * the replies after it count, too. */
uint64_t redis_proxy_hits(struct redis_proxy *proxy);

#endif
