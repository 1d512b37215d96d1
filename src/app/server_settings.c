/* The settings of turnoutd, and how the values are read that only it has. */
#include "server_settings.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/text.h>

/* ---- values of our own; `target` is a struct server_settings ---- */

static enum turnout_error read_nothing(const char *text, void *target, struct error *error)
{
    (void)text;
    (void)target;
    (void)error;
    return TURNOUT_OK;
}

static enum turnout_error read_redis(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    settings->redis_is_managed = strcmp(text, "managed") == 0;
    if (settings->redis_is_managed) {
        return TURNOUT_OK;
    }
    if (strncmp(text, "cluster://", strlen("cluster://")) == 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, "redis",
                          "cluster:// is not built yet; use managed, unix:/path or tcp://host:port");
    }
    return store_address_parse(text, &settings->redis, error);
}

/* The Redis that turnoutd manages has its users from turnoutd. Behind `redis` in the table, because who logs in is a
 * question only once it is known where. */
static enum turnout_error check_not_managed(const struct server_settings *settings, struct error *error)
{
    return settings->redis_is_managed
               ? error_fail(error, TURNOUT_BAD_INPUT, "redis",
                            "turnoutd logs in to the Redis it manages by itself: leave this out, or say with "
                            "`redis` where another one is")
               : TURNOUT_OK;
}

static enum turnout_error read_redis_user(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    if (text[0] == '\0') {
        return TURNOUT_OK;
    }
    enum turnout_error failed = check_not_managed(settings, error);
    return failed != TURNOUT_OK ? failed : store_address_set_user(&settings->redis, text, error);
}

static enum turnout_error read_redis_password(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    if (text[0] == '\0') {
        return TURNOUT_OK;
    }
    enum turnout_error failed = check_not_managed(settings, error);
    return failed != TURNOUT_OK ? failed : store_address_read_password(&settings->redis, text, error);
}

static enum turnout_error read_public(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    return listen_address_parse(text, &settings->public_http, error);
}

static enum turnout_error read_intake_http(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    return listen_address_parse(text, &settings->intake_http, error);
}

static enum turnout_error read_intake_stream(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    return listen_address_parse(text, &settings->intake_stream, error);
}

static enum turnout_error read_operate(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    return listen_address_parse(text, &settings->operate, error);
}

static enum turnout_error read_workers(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    int64_t workers = sysconf(_SC_NPROCESSORS_ONLN);
    workers = workers < 1 ? 1 : workers > WORKERS_MAX ? WORKERS_MAX : workers;
    if (text[0] != '\0' && !text_parse_integer(slice_of(text), 1, WORKERS_MAX, &workers)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "workers",
                          "must be a whole number from 1 to %d, or empty for one a core", WORKERS_MAX);
    }
    settings->workers = (uint32_t)workers;
    return TURNOUT_OK;
}

static enum turnout_error read_hosts(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    return host_list_parse(text, &settings->hosts, error);
}

static enum turnout_error read_proxies(const char *text, void *target, struct error *error)
{
    struct server_settings *settings = target;
    return proxy_list_parse(text, &settings->proxies, error);
}

/* ---- the table ---- */

#define AT(member) SETTING_AT(struct server_settings, member)

static const struct setting rows[] = {
    {.name = "election",
     .kind = SETTING_PATH,
     AT(election),
     .is_required = true,
     .takes = "DIR",
     .help = "the election's folder: election.ini, areas.csv, units.csv, keys.csv"},
    {.name = "data",
     .kind = SETTING_PATH,
     AT(data),
     .standard = "./turnout-data",
     .takes = "DIR",
     .help = "what must outlive the process; one server a folder"},
    {.name = "redis",
     .kind = SETTING_OWN,
     .read = read_redis,
     .standard = "managed",
     .takes = "WHERE",
     .help = "managed: turnoutd runs a private one; or unix:/path, tcp://host:port: one that runs already"},
    {.name = "redis-user",
     .kind = SETTING_OWN,
     .read = read_redis_user,
     .standard = "",
     .takes = "NAME",
     .help = "as whom to log in to a Redis that runs already; empty: not at all, or with a password as "
             "`default`"},
    {.name = "redis-password-file",
     .kind = SETTING_OWN,
     .read = read_redis_password,
     .standard = "",
     .takes = "FILE",
     .help = "its first line is that user's password; only its owner may read it; empty: no password"},
    {.name = "public",
     .kind = SETTING_OWN,
     .read = read_public,
     .standard = "127.0.0.1:8080",
     .takes = "ADDRESS:PORT",
     .help = "where everybody reads; port 0: any free one; empty: off"},
    {.name = "intake-http",
     .kind = SETTING_OWN,
     .read = read_intake_http,
     .standard = "127.0.0.1:8081",
     .takes = "ADDRESS:PORT",
     .help = "where reports come in over HTTP"},
    {.name = "intake-stream",
     .kind = SETTING_OWN,
     .read = read_intake_stream,
     .standard = "127.0.0.1:7070",
     .takes = "ADDRESS:PORT",
     .help = "where reports come in one a line"},
    {.name = "operate",
     .kind = SETTING_OWN,
     .read = read_operate,
     .standard = "127.0.0.1:9090",
     .takes = "ADDRESS:PORT",
     .help = "/livez, /readyz and /metrics, for those who run it"},
    {.name = "workers",
     .kind = SETTING_OWN,
     .read = read_workers,
     .standard = "",
     .takes = "THREADS",
     .help = "threads that take reports, and as many that serve readers, 1 to 64; empty: one a core"},
    {.name = "intake",
     .kind = SETTING_CHOICE,
     AT(intake_is_open),
     .standard = "signed",
     .words = (const char *const[]){"signed", "open", NULL},
     .help = "open: takes unsigned test reports too, in rehearsal only"},
    {.name = "durability",
     .kind = SETTING_CHOICE,
     AT(durability_is_relaxed),
     .standard = "strict",
     .words = (const char *const[]){"strict", "relaxed", NULL},
     .help = "relaxed: starts even though Redis may lose acknowledged reports"},
    {.name = "publish-ms",
     .kind = SETTING_NUMBER,
     AT(publish_ms),
     .standard = "500",
     .takes = "MILLISECONDS",
     .least = 50,
     .most = 60000,
     .help = "how often the publication is renewed"},
    {.name = "connections-per-address",
     .kind = SETTING_NUMBER,
     AT(connections_per_address),
     .standard = "1024",
     .takes = "CONNECTIONS",
     .least = 1,
     .most = 65535,
     .help = "open connections from one address for reports, and as many for reading; for one more the "
             "quietest is ended"},
    {.name = "refusals-per-minute",
     .kind = SETTING_NUMBER,
     AT(refusals_per_minute),
     .standard = "6000",
     .takes = "REQUESTS",
     .least = 1,
     .most = 1000000,
     .help = "reports and requests a minute from one address that may fail (refused, or sent again); beyond "
             "it: too-many"},
    {.name = "reports-per-minute",
     .kind = SETTING_NUMBER,
     AT(reports_per_minute),
     .standard = "1200",
     .takes = "REPORTS",
     .least = 1,
     .most = 1000000,
     .help = "reports a minute that a unit may store, whoever sends them; beyond it: too-many"},
    {.name = "hosts",
     .kind = SETTING_OWN,
     .read = read_hosts,
     .standard = "",
     .takes = "NAMES",
     .help = "names under which intake and operate may be asked, beside loopback's and their own address"},
    {.name = "proxies",
     .kind = SETTING_OWN,
     .read = read_proxies,
     .standard = "",
     .takes = "ADDRESSES",
     .help = "addresses that speak for many, such as a proxy in front: no limits by address there"},
    {.name = "config",
     .kind = SETTING_OWN,
     .is_never_in_file = true,
     .read = read_nothing,
     .takes = "FILE",
     .help = "reads settings from FILE"},
    {.name = "print-config",
     .kind = SETTING_FLAG,
     .help = "prints every setting with its value and where it came from"},
    {.name = "check-config",
     .kind = SETTING_FLAG,
     .help = "says whether it would start: settings and election are read and checked"},
    {.name = "help", .kind = SETTING_FLAG, .help = "prints this"},
    {.name = "version", .kind = SETTING_FLAG, .help = "prints the version"},
};

#undef AT

static const struct settings_table table = {rows, sizeof rows / sizeof rows[0]};

/* ---- reading ---- */

enum server_task server_settings_task(const struct server_settings *settings)
{
    static const struct {
        const char *flag;
        enum server_task task;
    } tasks[] = {{"help", TASK_HELP},
                 {"version", TASK_VERSION},
                 {"print-config", TASK_PRINT_CONFIG},
                 {"check-config", TASK_CHECK_CONFIG}};
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        if (settings_is_given(settings->values, tasks[i].flag)) {
            return tasks[i].task;
        }
    }
    return TASK_RUN;
}

static const char variable_prefix[] = "TURNOUT_";

static enum turnout_error read_all(int argc, char **argv, char **environment,
                                   struct server_settings *settings, struct error *error)
{
    size_t word_count;
    enum turnout_error failed = settings_read_arguments(settings->values, argc, argv, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    const char *const *words = settings_words(settings->values, &word_count);
    if (word_count > 0) {
        return error_fail(error, TURNOUT_BAD_INPUT, words[0], "'%.200s' is not a flag; see --help", words[0]);
    }
    enum server_task task = server_settings_task(settings);
    if (task == TASK_HELP || task == TASK_VERSION) {
        return TURNOUT_OK;
    }
    failed = settings_read_environment(settings->values, variable_prefix, environment, error);
    const char *config = settings_text(settings->values, "config");
    if (failed == TURNOUT_OK && config != NULL && config[0] != '\0') {
        failed = settings_read_file(settings->values, config, error);
    }
    if (failed == TURNOUT_OK) {
        failed = settings_parse(settings->values, settings, error);
    }
    if (failed == TURNOUT_OK && task != TASK_PRINT_CONFIG) {
        failed = settings_require(settings->values, error); /* what is missing may be printed, too */
    }
    return failed;
}

enum turnout_error server_settings_read(int argc, char **argv, char **environment,
                                        struct server_settings *ret_settings, struct error *error)
{
    struct server_settings settings = {.values = settings_values_new(&table)};
    enum turnout_error failed = read_all(argc, argv, environment, &settings, error);
    if (failed != TURNOUT_OK) {
        server_settings_done(&settings);
        return failed;
    }
    *ret_settings = settings;
    return TURNOUT_OK;
}

void server_settings_done(struct server_settings *settings)
{
    settings_values_free(settings->values);
    sodium_memzero(settings, sizeof *settings); /* a password is in it */
}

void server_settings_print(const struct server_settings *settings, FILE *out)
{
    settings_print(settings->values, out);
}

void server_settings_print_help(FILE *out)
{
    (void)fprintf(
        out, "turnoutd --election DIR [--NAME VALUE ...]\n\n"
             "Counts voters on election day. Each setting may be a flag, a variable (TURNOUT_NAME), or a\n"
             "line `name = value` of the file named by --config; a flag counts most, the file least.\n\n");
    settings_print_help(&table, out);
    (void)fprintf(
        out, "\nExit status: 0 done, 1 failed while running, 2 bad settings, election or data folder.\n");
}
