/* Reads where Redis listens, and as whom to log in there. */
#include <turnout/store/store.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/private_file.h>
#include <turnout/base/text.h>

enum { PASSWORD_FILE_BYTES_MAX = 1024 };

static bool take_prefix(struct slice *text, const char *prefix)
{
    size_t length = strlen(prefix);
    if (text->length < length || memcmp(text->bytes, prefix, length) != 0) {
        return false;
    }
    text->bytes += length;
    text->length -= length;
    return true;
}

static enum turnout_error parse_unix(struct slice path, struct store_address *ret_address,
                                     struct error *error)
{
    struct store_address address = {0};
    if (path.length == 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "redis", "unix: needs the path of a socket behind it");
    }
    if (!slice_copy(path, address.path, sizeof address.path)) {
        return error_fail(error, TURNOUT_TOO_LARGE, "redis",
                          "the path of a unix socket has at most %zu bytes", sizeof address.path - 1);
    }
    *ret_address = address;
    return TURNOUT_OK;
}

/* The port stands behind the last colon; an IPv6 address stands in brackets. */
static enum turnout_error parse_tcp(struct slice text, struct store_address *ret_address, struct error *error)
{
    struct store_address address = {0};
    size_t colon = text.length;
    while (colon > 0 && text.bytes[colon - 1] != ':') {
        colon--;
    }
    uint64_t port;
    if (colon == 0 ||
        !text_parse_unsigned((struct slice){text.bytes + colon, text.length - colon}, UINT16_MAX, &port) ||
        port == 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "redis",
                          "tcp:// needs host:port behind it, port 1 to 65535");
    }
    struct slice host = {text.bytes, colon - 1};
    if (host.length >= 2 && host.bytes[0] == '[' && host.bytes[host.length - 1] == ']') {
        host = (struct slice){host.bytes + 1, host.length - 2};
    }
    if (host.length == 0 || !slice_copy(host, address.host, sizeof address.host)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "redis", "tcp:// needs a host of 1 to %zu bytes",
                          sizeof address.host - 1);
    }
    address.port = (uint16_t)port;
    *ret_address = address;
    return TURNOUT_OK;
}

enum turnout_error store_address_parse(const char *text, struct store_address *ret_address,
                                       struct error *error)
{
    struct slice rest = slice_of(text);
    if (take_prefix(&rest, "unix:")) {
        return parse_unix(rest, ret_address, error);
    }
    if (take_prefix(&rest, "tcp://")) {
        return parse_tcp(rest, ret_address, error);
    }
    return error_fail(error, TURNOUT_BAD_INPUT, "redis", "\"%.80s\" is not unix:/path or tcp://host:port",
                      text);
}

/* ---- as whom ---- */

/* ASCII that can be seen: no blank, no control character. */
static bool is_visible(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] <= ' ' || text.bytes[i] > '~') {
            return false;
        }
    }
    return true;
}

enum turnout_error store_address_set_user(struct store_address *address, const char *user,
                                          struct error *error)
{
    struct slice name = slice_of(user);
    if (name.length == 0 || name.length >= sizeof address->user || !is_visible(name)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "redis-user",
                          "the name of a Redis user has 1 to %zu bytes, ASCII without blanks",
                          sizeof address->user - 1);
    }
    bool fits = slice_copy(name, address->user, sizeof address->user);
    assert(fits);
    return TURNOUT_OK;
}

struct store_address store_address_for_reading(const struct store_address *address)
{
    struct store_address reading = *address;
    if (strcmp(address->user, SERVER_REDIS_USER) == 0) {
        bool fits = slice_copy(slice_of(READER_REDIS_USER), reading.user, sizeof reading.user);
        assert(fits);
    }
    return reading;
}

static bool take_password(struct slice bytes, struct store_address *address)
{
    struct slice password = text_split(&bytes, '\n');
    for (size_t i = 0; i < password.length; i++) {
        unsigned char byte = (unsigned char)password.bytes[i];
        if (byte < ' ' || byte == 0x7f) {
            return false; /* most likely the file is something else, or its lines end as on Windows */
        }
    }
    return password.length > 0 && slice_copy(password, address->password, sizeof address->password);
}

enum turnout_error store_address_read_password(struct store_address *address, const char *path,
                                               struct error *error)
{
    char *bytes;
    size_t length;
    enum turnout_error failed =
        private_path_read(path, "redis-password-file", PASSWORD_FILE_BYTES_MAX, &bytes, &length, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (!take_password((struct slice){bytes, length}, address)) {
        failed =
            error_fail(error, TURNOUT_BAD_INPUT, "redis-password-file",
                       "%s: its first line must be the password, 1 to %zu bytes, none a control character",
                       path, sizeof address->password - 1);
    }
    sodium_memzero(bytes, length);
    free(bytes);
    return failed;
}
