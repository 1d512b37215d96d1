/* The address of Redis, and the user to log in as. */
#ifndef TURNOUT_STORE_ADDRESS_H
#define TURNOUT_STORE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>

/* Users of config/redis/users.acl: the server's, and a read-only one. */
#define SERVER_REDIS_USER "turnoutd"
#define READER_REDIS_USER "turnout-reader"

enum { STORE_USER_BYTES = 65, STORE_PASSWORD_BYTES = 257 };

struct store_address {
    /* Path of a unix socket; empty for TCP. One byte shorter than the system's, because hiredis 0.14 does not
     * terminate a path that fills its buffer. */
    char path[107];
    char host[256];
    uint16_t port;
    char user[STORE_USER_BYTES]; /* empty: Redis's default user */
    char password[STORE_PASSWORD_BYTES];
};

/* Reads `unix:/path` or `tcp://host:port`. User and password are left empty. */
enum turnout_error store_address_parse(const char *text, struct store_address *ret_address,
                                       struct error *error);

/* Replaces a host name by its address, looked up once: hiredis would look it up, and block, on every connection. An
 * address or a socket path is left as it is. During the lookup `goes_on_waiting` is called now and then with words
 * for a person; false gives up, with TURNOUT_UNAVAILABLE, as does a failed lookup. TURNOUT_NOT_FOUND when the name
 * does not exist. */
enum turnout_error store_address_resolve(struct store_address *address,
                                         bool (*goes_on_waiting)(void *context, const char *why),
                                         void *context, struct error *error);

/* Sets the user: 1 to 64 bytes of ASCII without blanks. */
enum turnout_error store_address_set_user(struct store_address *address, const char *user,
                                          struct error *error);

/* The address for read-only links: READER_REDIS_USER with the same password where the server logs in as
 * SERVER_REDIS_USER; under any other name, one user does everything. */
struct store_address store_address_for_reading(const struct store_address *address);

/* Reads the password, 1 to 256 bytes, from the first line of a private file (base/private_file.h). No error contains
 * it. */
enum turnout_error store_address_read_password(struct store_address *address, const char *path,
                                               struct error *error);

#endif
