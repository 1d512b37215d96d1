/* The settings of turnoutd (DESIGN section 10). One table says every setting once; flags, TURNOUT_* variables,
 * the INI file, --help, --print-config and --check-config all come from it (base/settings.h). */
#ifndef TURNOUT_APP_SERVER_SETTINGS_H
#define TURNOUT_APP_SERVER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <turnout/base/error.h>
#include <turnout/base/settings.h>
#include <turnout/net/hosts.h>
#include <turnout/net/listener.h>
#include <turnout/net/peers.h>
#include <turnout/store/store.h>

enum { WORKERS_MAX = 64 };

/* What the command line asks for. */
enum server_task {
    TASK_RUN,
    TASK_HELP,
    TASK_VERSION,
    TASK_PRINT_CONFIG, /* every setting with its value and where it came from */
    TASK_CHECK_CONFIG, /* read everything, the election too, and say whether it would start */
};

struct server_settings {
    const char *election; /* a folder, as is `data`; texts are borrowed from the values */
    const char *data;
    bool redis_is_managed;
    struct store_address redis;        /* and as whom to log in there; unless managed */
    struct listen_address public_http; /* `public`, which is a word of C++ */
    struct listen_address intake_http;
    struct listen_address intake_stream;
    struct listen_address operate;
    uint32_t workers;
    bool intake_is_open;
    bool durability_is_relaxed;
    int64_t publish_ms;
    uint32_t connections_per_address;
    uint32_t refusals_per_minute; /* of an address */
    uint32_t reports_per_minute;  /* of a unit */
    struct host_list hosts;
    struct proxy_list proxies;
    struct settings_values *values; /* owned */
};

/* Reads flags over environment over file over defaults; for help and version, flags alone. `environment` is environ. */
enum turnout_error server_settings_read(int argc, char **argv, char **environment,
                                        struct server_settings *ret_settings, struct error *error);
void server_settings_done(struct server_settings *settings);

enum server_task server_settings_task(const struct server_settings *settings);

void server_settings_print_help(FILE *out);
void server_settings_print(const struct server_settings *settings, FILE *out);

#endif
