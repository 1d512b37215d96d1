/* turnoutd.ini. Settings that are taken are within their bounds, and print as a file that says the same when it is
 * read again; a file that is refused is refused with words. */
#include "fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <turnout/base/buffer.h>

#include "../../src/app/server_settings.h"

enum { INPUT_BYTES_MAX = 16 * 1024 };

/* Reads a settings file of this text. It has no name of its own, only its descriptor's. */
static enum turnout_error read_text(struct slice text, struct server_settings *ret_settings,
                                    struct error *error)
{
    int fd = memfd_create("turnoutd.ini", MFD_CLOEXEC);
    assert(fd >= 0 && write(fd, text.bytes, text.length) == (ssize_t)text.length);
    struct buffer flag = {0};
    buffer_printf(&flag, "--config=/proc/self/fd/%d", fd);
    char program[] = "turnoutd";
    char *arguments[] = {program, flag.bytes, NULL};
    char *environment[] = {NULL};
    enum turnout_error failed = server_settings_read(2, arguments, environment, ret_settings, error);
    buffer_done(&flag);
    assert(close(fd) == 0);
    return failed;
}

static void check_bounds(const struct server_settings *settings)
{
    assert(settings->election[0] != '\0' && settings->data[0] != '\0');
    assert(settings->workers >= 1 && settings->workers <= WORKERS_MAX);
    assert(settings->publish_ms >= 50 && settings->publish_ms <= 60000);
    assert(settings->connections_per_address >= 1 && settings->connections_per_address <= 65535);
    assert(settings->refusals_per_minute >= 1 && settings->refusals_per_minute <= 1000000);
    assert(settings->reports_per_minute >= 1 && settings->reports_per_minute <= 1000000);
    assert(settings->proxies.count <= PROXIES_MAX);
    assert(settings->hosts.count <= HOSTS_MAX);
    assert(memchr(settings->redis.user, '\0', sizeof settings->redis.user) != NULL);
    assert(!settings->redis_is_managed || settings->redis.user[0] == '\0');
    const struct listen_address *const addresses[] = {&settings->public_http, &settings->intake_http,
                                                      &settings->intake_stream, &settings->operate};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        assert(addresses[i]->is_off || addresses[i]->socket.ss_family == AF_INET ||
               addresses[i]->socket.ss_family == AF_INET6);
    }
}

/* The settings as a file, without the comments on where each came from. */
static void print(const struct server_settings *settings, struct buffer *out)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    assert(file != NULL);
    server_settings_print(settings, file);
    assert(fclose(file) == 0);
    struct slice rest = {text, length};
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        if (line.length > 0 && line.bytes[0] != ';') {
            buffer_append(out, line.bytes, line.length);
            buffer_append_char(out, '\n');
        }
    }
    free(text);
}

static void check_printed_again(const struct server_settings *settings)
{
    struct buffer printed = {0};
    struct buffer again = {0};
    struct server_settings reread;
    struct error error;
    print(settings, &printed);
    assert(read_text((struct slice){printed.bytes, printed.length}, &reread, &error) == TURNOUT_OK);
    print(&reread, &again);
    assert(printed.bytes != NULL && again.bytes != NULL);
    assert(printed.length == again.length && memcmp(printed.bytes, again.bytes, again.length) == 0);
    server_settings_done(&reread);
    buffer_done(&printed);
    buffer_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct server_settings settings;
    struct error error = {.field = "", .text = ""};
    if (read_text((struct slice){(const char *)data, size}, &settings, &error) != TURNOUT_OK) {
        assert(error.text[0] != '\0');
        return 0;
    }
    check_bounds(&settings);
    check_printed_again(&settings);
    server_settings_done(&settings);
    return 0;
}
