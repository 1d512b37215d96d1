/* Reads where Redis listens. */
#include <turnout/store/store.h>

#include <string.h>

#include <turnout/base/text.h>

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
