/* The listening sockets, from their opening until somebody accepts from them. */
#include "listening.h"

#include <assert.h>
#include <unistd.h>

#include <turnout/base/log.h>
#include <turnout/net/peers.h>

enum turnout_error listening_open(struct listening *listening, const char *setting,
                                  const struct listen_address *wanted, uint32_t count, struct error *error)
{
    assert(count <= WORKERS_MAX);
    *listening = (struct listening){.setting = setting, .address = *wanted};
    if (wanted->is_off) {
        return TURNOUT_OK;
    }
    struct error cause;
    enum turnout_error failed = listener_open(&listening->address, count, listening->fds, &cause);
    if (failed != TURNOUT_OK) {
        return error_fail(error, failed, setting, "%s", cause.text);
    }
    listening->count = count;
    return TURNOUT_OK;
}

int listening_give(struct listening *listening, uint32_t place)
{
    if (listening->address.is_off) {
        return -1;
    }
    assert(place < listening->count);
    int fd = listening->fds[place];
    listening->fds[place] = -1;
    return fd;
}

void listening_log(const struct listening *listening)
{
    if (!listening->address.is_off) {
        log_info("listening", log_text("listener", listening->setting),
                 log_text("address", listening->address.host), log_number("port", listening->address.port));
    }
}

void listening_close(struct listening *listening)
{
    for (uint32_t i = 0; i < listening->count; i++) {
        if (listening->fds[i] >= 0) {
            close(listening->fds[i]);
        }
    }
    listening->count = 0;
}

static bool is_reached_by_others(const struct listen_address *address)
{
    struct peer_address own = {{0}};
    if (!address->is_off) {
        own = peer_address_of((const struct sockaddr *)&address->socket);
    }
    return !address->is_off && !peer_address_is_loopback(&own);
}

void listening_log_exposure(const struct server_settings *settings)
{
    const struct {
        const char *name;
        const struct listen_address *address;
        bool matters;
        const char *what;
    } listeners[] = {
        {"intake-http", &settings->intake_http, settings->intake_is_open,
         "intake is open: in rehearsal whoever reaches this address can report for any unit"},
        {"intake-stream", &settings->intake_stream, settings->intake_is_open,
         "intake is open: in rehearsal whoever reaches this address can report for any unit"},
        {"operate", &settings->operate, true, "whoever reaches this address can see how the server runs"},
    };
    for (size_t i = 0; i < sizeof listeners / sizeof listeners[0]; i++) {
        if (listeners[i].matters && is_reached_by_others(listeners[i].address)) {
            log_warning("exposed", log_text("listener", listeners[i].name),
                        log_text("address", listeners[i].address->host), log_text("what", listeners[i].what));
        }
    }
}
