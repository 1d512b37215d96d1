/* Where Redis listens, and as whom to log in there. */
#ifndef TURNOUT_STORE_ADDRESS_H
#define TURNOUT_STORE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>

/* Users of config/redis/users.acl: the server, and one that may only read. */
#define SERVER_REDIS_USER "turnoutd"
#define READER_REDIS_USER "turnout-reader"

enum { STORE_USER_BYTES = 65, STORE_PASSWORD_BYTES = 257 };

struct store_address {
    /* Of a unix socket; empty for TCP. One byte shorter than the system's, because hiredis 0.14 does not end a path
     * that fills its own. */
    char path[107];
    char host[256];
    uint16_t port;
    char user[STORE_USER_BYTES]; /* Redis's default user when empty */
    char password[STORE_PASSWORD_BYTES];
};

/* Reads `unix:/path` or `tcp://host:port`. Nobody logs in there yet: user and password are empty. */
enum turnout_error store_address_parse(const char *text, struct store_address *ret_address,
                                       struct error *error);

/* Puts an address in the place of a host's name, which the system is asked for once: hiredis would ask on every
 * connection, and the thread that waits for the answer does nothing else. An address, or the path of a socket, stays as
 * it is. While the system thinks, `goes_on_waiting` is called now and then with words for a person: false gives up,
 * with TURNOUT_UNAVAILABLE, as does a system that cannot tell; TURNOUT_NOT_FOUND when there is no such name. */
enum turnout_error store_address_resolve(struct store_address *address,
                                         bool (*goes_on_waiting)(void *context, const char *why),
                                         void *context, struct error *error);

/* A name of 1 to 64 bytes, ASCII without blanks. */
enum turnout_error store_address_set_user(struct store_address *address, const char *user,
                                          struct error *error);

/* The address for links that only read: where the server logs in as SERVER_REDIS_USER, they do so as READER_REDIS_USER, with
 * the same password. Under any other name there is one user for everything. */
struct store_address store_address_for_reading(const struct store_address *address);

/* Reads the password from the first line of a file that only its owner can get at; 1 to 256 bytes. Its bytes stand in
 * no error. */
enum turnout_error store_address_read_password(struct store_address *address, const char *path,
                                               struct error *error);

#endif
