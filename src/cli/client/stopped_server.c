/* Locking a data folder, and having its Redis. */
#include "client/stopped_server.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sodium.h>

#include "command.h"

static void ignore_event(void *context, const char *event, pid_t pid, const char *detail)
{
    (void)context;
    (void)event;
    (void)pid;
    (void)detail;
}

/* -1 after telling why not. */
static int lock_data(const char *data)
{
    int folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        (void)fprintf(stderr, "--data %s: %s\n", data, strerror(errno));
        return -1;
    }
    if (flock(folder, LOCK_EX | LOCK_NB) != 0) {
        (void)fprintf(stderr, "--data %s: turnoutd runs there; stop it first\n", data);
        (void)close(folder);
        return -1;
    }
    return folder;
}

static int start_managed(const struct stopped_server_options *options, const char *managed_user,
                         struct stopped_server *server)
{
    struct error error;
    if (managed_redis_start(options->data, ignore_event, NULL, &server->redis, &server->address, &error) !=
        TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return EXIT_FAILED;
    }
    enum turnout_error named = store_address_set_user(&server->address, managed_user, &error);
    assert(named == TURNOUT_OK);
    return EXIT_DONE;
}

static int read_address(const char *command, const struct stopped_server_options *options,
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

int stopped_server_open(const char *command, const struct stopped_server_options *options,
                        const char *managed_user, struct stopped_server *ret_server)
{
    struct stopped_server server = {.data_fd = -1};
    int status = options->redis == NULL ? EXIT_DONE : read_address(command, options, &server.address);
    if (status != EXIT_DONE) {
        return status;
    }
    if (options->data != NULL) {
        server.data_fd = lock_data(options->data);
        status = server.data_fd < 0 ? EXIT_FAILED : EXIT_DONE;
    }
    if (status == EXIT_DONE && options->redis == NULL) {
        status = start_managed(options, managed_user, &server);
    }
    if (status != EXIT_DONE) {
        stopped_server_close(&server);
        return status;
    }
    *ret_server = server;
    return EXIT_DONE;
}

void stopped_server_close(struct stopped_server *server)
{
    managed_redis_stop(server->redis);
    if (server->data_fd >= 0) {
        (void)close(server->data_fd);
    }
    sodium_memzero(server, sizeof *server);
}
