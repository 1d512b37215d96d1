/* The names under which a listener may be asked. Names are compared as text, in upper or lower case; addresses by
 * value. */
#include <turnout/net/hosts.h>

#include <string.h>

#include <turnout/net/peers.h>

static bool is_in_name(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_';
}

static bool is_name(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (!is_in_name(text.bytes[i])) {
            return false;
        }
    }
    return text.length > 0;
}

/* Numeric, as it stands in a Host. */
static bool parse_address(struct slice text, struct peer_address *ret_address)
{
    bool is_v6 = text.length >= 2 && text.bytes[0] == '[' && text.bytes[text.length - 1] == ']';
    return is_v6 ? peer_address_parse((struct slice){text.bytes + 1, text.length - 2}, ret_address)
                 : is_name(text) && peer_address_parse(text, ret_address);
}

enum turnout_error host_list_parse(const char *text, struct host_list *ret_list, struct error *error)
{
    struct host_list list = {.count = 0};
    struct slice rest = slice_of(text);
    while (rest.bytes != NULL) {
        struct slice word = text_split(&rest, ' ');
        struct peer_address address;
        if (word.length == 0) {
            continue;
        }
        if (list.count == HOSTS_MAX) {
            return error_fail(error, TURNOUT_TOO_LARGE, "hosts", "more than %d names", HOSTS_MAX);
        }
        if ((!is_name(word) && !parse_address(word, &address)) ||
            !slice_copy(word, list.names[list.count], sizeof list.names[list.count])) {
            return error_fail(
                error, TURNOUT_BAD_INPUT, "hosts",
                "'%.*s' is no name or address without a port; they stand with blanks between them",
                (int)word.length, word.bytes);
        }
        list.count++;
    }
    *ret_list = list;
    return TURNOUT_OK;
}

/* Takes the port off; what is then empty, of a Host that is not, is no name. */
static struct slice name_of(struct slice host)
{
    size_t end = host.length;
    while (end > 0 && host.bytes[end - 1] >= '0' && host.bytes[end - 1] <= '9') {
        end--;
    }
    bool has_port = end > 0 && host.bytes[end - 1] == ':';
    return (struct slice){host.bytes, has_port ? end - 1 : host.length};
}

static bool is_loopback(struct slice name)
{
    struct peer_address address;
    return slice_equals_ignoring_case(name, "localhost") ||
           (parse_address(name, &address) && peer_address_is_loopback(&address));
}

bool host_list_has(const struct host_list *list, struct slice host)
{
    struct slice name = name_of(host);
    if (host.length == 0 || is_loopback(name)) {
        return true;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        if (slice_equals_ignoring_case(name, list->names[i])) {
            return true;
        }
    }
    return false;
}

bool host_is_address(struct slice host, const struct sockaddr *address)
{
    struct peer_address named;
    struct peer_address own = peer_address_of(address);
    return parse_address(name_of(host), &named) && memcmp(&named, &own, sizeof own) == 0;
}
