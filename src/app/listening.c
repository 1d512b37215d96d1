/* The listening sockets, from their opening until somebody accepts from them. */
#include "listening.h"

#include <assert.h>
#include <unistd.h>

#include <turnout/base/log.h>

static enum turnout_error open_one(struct listening *listening, const char *setting,
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

enum turnout_error listenings_open(struct listenings *listenings, const struct server_settings *settings,
                                   struct error *error)
{
    const struct {
        struct listening *listening;
        const char *setting;
        const struct listen_address *wanted;
        uint32_t count;
    } all[] = {
        {&listenings->public_http, "public", &settings->public_http, settings->workers},
        {&listenings->intake_http, "intake-http", &settings->intake_http, settings->workers},
        {&listenings->intake_stream, "intake-stream", &settings->intake_stream, settings->workers},
        {&listenings->operate, "operate", &settings->operate, 1},
    };
    enum turnout_error failed = TURNOUT_OK;
    for (size_t i = 0; i < sizeof all / sizeof all[0] && failed == TURNOUT_OK; i++) {
        failed = open_one(all[i].listening, all[i].setting, all[i].wanted, all[i].count, error);
    }
    return failed;
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

static void close_one(struct listening *listening)
{
    for (uint32_t i = 0; i < listening->count; i++) {
        if (listening->fds[i] >= 0) {
            close(listening->fds[i]);
        }
    }
    listening->count = 0;
}

void listenings_close(struct listenings *listenings)
{
    close_one(&listenings->public_http);
    close_one(&listenings->intake_http);
    close_one(&listenings->intake_stream);
    close_one(&listenings->operate);
}
