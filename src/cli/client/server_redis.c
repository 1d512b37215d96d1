/* Locks a data folder, and finds or starts its Redis. */
#include "client/server_redis.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/store/log_walk.h>

enum { PATIENCE_STARTED_MS = 60000, PATIENCE_RUNNING_MS = 3000 };

static void ignore_event(void *context, const char *event, pid_t pid, const char *detail)
{
    (void)context;
    (void)event;
    (void)pid;
    (void)detail;
}

/* *ret_is_used: turnoutd is running there. */
static int lock_data(const char *data, int *ret_fd, bool *ret_is_used)
{
    *ret_fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret_fd < 0) {
        (void)fprintf(stderr, "--data %s: %s\n", data, strerror(errno));
        return EXIT_FAILED;
    }
    *ret_is_used = flock(*ret_fd, LOCK_EX | LOCK_NB) != 0;
    return EXIT_DONE;
}

/* Finds the Redis of `data`; starts it unless a running turnoutd has. */
static int find_managed(const char *data, enum server_redis_use use, bool is_used, const char *managed_user,
                        struct server_redis *server)
{
    struct error error;
    enum turnout_error failed = TURNOUT_OK;
    if (use == REDIS_OF_ANY_SERVER) {
        failed = managed_redis_find(data, &server->address, &error);
    }
    if (failed == TURNOUT_OK && !is_used) {
        failed = managed_redis_start(data, ignore_event, NULL, &server->redis, &server->address, &error);
    }
    if (failed != TURNOUT_OK) {
        return command_fail(&error);
    }
    enum turnout_error named = store_address_set_user(&server->address, managed_user, &error);
    assert(named == TURNOUT_OK);
    return EXIT_DONE;
}

static int read_address(const char *command, const struct server_redis_options *options,
                        struct store_address *ret_address)
{
    struct error error;
    if (store_address_parse(options->redis, ret_address, &error) != TURNOUT_OK) {
        return usage_error(command, "--redis: %s", error.text);
    }
    if (options->redis_user != NULL &&
        store_address_set_user(ret_address, options->redis_user, &error) != TURNOUT_OK) {
        return usage_error(command, "--redis-user: %s", error.text);
    }
    if (options->redis_password_file != NULL &&
        store_address_read_password(ret_address, options->redis_password_file, &error) != TURNOUT_OK) {
        return usage_error(command, "--redis-password-file: %s", error.text);
    }
    return EXIT_DONE;
}

int server_redis_check(const char *command, const struct server_redis_options *options)
{
    if (options->redis == NULL && (options->redis_user != NULL || options->redis_password_file != NULL)) {
        return usage_error(command, "--redis-user and --redis-password-file are for --redis");
    }
    return EXIT_DONE;
}

int server_redis_check_either(const char *command, const struct settings_values *values,
                              const struct server_redis_options *options)
{
    if (settings_is_given(values, "data") && options->redis != NULL) {
        return usage_error(command, "either --data or --redis");
    }
    return server_redis_check(command, options);
}

int server_redis_open(const char *command, const struct server_redis_options *options,
                      enum server_redis_use use, const char *managed_user, struct server_redis *ret_server)
{
    struct server_redis server = {.data_fd = -1};
    bool is_used = false;
    int status = options->redis == NULL ? EXIT_DONE : read_address(command, options, &server.address);
    if (status == EXIT_DONE && options->data != NULL) {
        status = lock_data(options->data, &server.data_fd, &is_used);
    }
    if (status == EXIT_DONE && is_used && use == REDIS_OF_A_STOPPED_SERVER) {
        (void)fprintf(stderr, "--data %s: turnoutd runs there; stop it first\n", options->data);
        status = EXIT_FAILED;
    }
    if (status == EXIT_DONE && options->redis == NULL) {
        status = find_managed(options->data, use, is_used, managed_user, &server);
    }
    if (status != EXIT_DONE) {
        server_redis_close(&server);
        return status;
    }
    server.patience_ms = server.redis == NULL ? PATIENCE_RUNNING_MS : PATIENCE_STARTED_MS;
    *ret_server = server;
    return EXIT_DONE;
}

int server_redis_open_to_read(const char *command, const struct server_redis_options *options,
                              struct server_redis *ret_server)
{
    struct server_redis_options where = *options;
    where.data = where.redis == NULL ? where.data : NULL;
    return server_redis_open(command, &where, REDIS_OF_ANY_SERVER, READER_REDIS_USER, ret_server);
}

void server_redis_close(struct server_redis *server)
{
    managed_redis_stop(server->redis);
    if (server->data_fd >= 0) {
        (void)close(server->data_fd);
    }
    sodium_memzero(server, sizeof *server);
}
