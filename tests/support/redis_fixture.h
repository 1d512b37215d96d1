/* A real redis-server for a test: in a fresh folder under /tmp, on a unix socket in it, with `appendonly yes` and
 * `appendfsync always`, and with the users of config/redis/users.acl. What is tested gets no other rights than it has
 * in earnest; what a test does behind its back it does as a user of its own, who may do everything. A test that cannot
 * have it ends with a failure. */
#ifndef TURNOUT_TESTS_REDIS_FIXTURE_H
#define TURNOUT_TESTS_REDIS_FIXTURE_H

#include <stdbool.h>
#include <sys/types.h>

#include <turnout/store/store.h>

#include "workspace.h"

struct redisReply;
struct redisContext;

enum { REDIS_FIXTURE_SETTINGS_MAX = 16, REDIS_DIGEST_BYTES = 64 };

#define REDIS_FIXTURE_USER "tests" /* may do everything; only here */

struct redis_fixture {
    struct workspace workspace;
    struct store_address address;                     /* for the user turnoutd */
    char url[128];                                    /* the same as the setting `redis` has it */
    const char *settings[REDIS_FIXTURE_SETTINGS_MAX]; /* --name value ..., and a NULL; they win over ours */
    pid_t pid;                                        /* 0: not running */
    struct redisContext *redis;                       /* a blocking link of the test's own user */
};

/* `settings` may be NULL; its strings are borrowed until redis_fixture_stop. Returns once Redis answers. */
void redis_fixture_start(struct redis_fixture *fixture, const char *const *settings);

/* A blocking link to the Redis at `path`, logged in as `user`, who has no password. The caller ends it with
 * redisFree(). */
struct redisContext *redis_fixture_log_in(const char *path, const char *user);

/* Sends a signal. After SIGKILL and SIGTERM it returns once the process is gone. */
void redis_fixture_signal(struct redis_fixture *fixture, int signal_number);

/* Starts it again in the same folder: launch returns at once, await once Redis answers, restart does both. */
void redis_fixture_launch(struct redis_fixture *fixture);
void redis_fixture_await(struct redis_fixture *fixture);
void redis_fixture_restart(struct redis_fixture *fixture);

/* The same for one that may end instead, because it cannot read its file: then false. */
bool redis_fixture_try_restart(struct redis_fixture *fixture);

/* One command, whose reply the caller ends with freeReplyObject(). Error replies are returned as such. */
struct redisReply *redis_fixture_command(struct redis_fixture *fixture, const char *format, ...);

/* The same for a command whose reply does not matter. */
void redis_fixture_run(struct redis_fixture *fixture, const char *format, ...);

/* A fingerprint of everything in it. The settings must have `--enable-debug-command yes`. */
void redis_fixture_digest(struct redis_fixture *fixture, char ret_digest[REDIS_DIGEST_BYTES]);

/* Stops it and removes the folder. */
void redis_fixture_stop(struct redis_fixture *fixture);

#endif
