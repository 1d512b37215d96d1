/* The settings of turnoutd (DESIGN section 10). One table says every setting once; flags, TURNOUT_* variables,
 * the INI file, --help, --print-config and --check-config all come from it. */
#ifndef TURNOUT_APP_OPTIONS_H
#define TURNOUT_APP_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <turnout/base/error.h>
#include <turnout/net/listener.h>
#include <turnout/net/peers.h>
#include <turnout/store/store.h>

enum { WORKERS_MAX = 64 };

struct settings {
    char election[PATH_MAX];
    char data[PATH_MAX];
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
    uint32_t reports_per_minute;  /* of a key, for each of its units */
    struct proxy_list proxies;
};

/* What the command line asks for. */
enum options_task {
    TASK_RUN,
    TASK_HELP,
    TASK_VERSION,
    TASK_PRINT_CONFIG, /* every setting with its value and where it came from */
    TASK_CHECK_CONFIG, /* read everything, the election too, and say whether it would start */
};

/* Where a value came from is the error's business too: the field is the setting, the text begins with its
 * place (`--workers`, `TURNOUT_WORKERS`, `turnoutd.ini:12`). */
struct options;

/* Reads flags over environment over file over defaults. `environment` is environ. The caller frees *ret_options,
 * which is made on any task. */
enum turnout_error options_read(int argc, char **argv, char **environment, struct options **ret_options,
                                struct error *error);
void options_free(struct options *options); /* NULL-safe */

enum options_task options_task(const struct options *options);
const struct settings *options_settings(const struct options *options);

void options_print_help(FILE *out);
void options_print(const struct options *options, FILE *out);

#endif
