/* Says at start what others can reach (listening addresses) and may write (owners and modes of files, which are looked
 * at as ssh does). */
#include "exposure.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <turnout/base/log.h>
#include <turnout/net/peers.h>

/* ---- addresses ---- */

static bool is_reached_by_others(const struct listen_address *address)
{
    struct peer_address own = {{0}};
    if (!address->is_off) {
        own = peer_address_of((const struct sockaddr *)&address->socket);
    }
    return !address->is_off && !peer_address_is_loopback(&own);
}

static void log_listeners(const struct server_settings *settings)
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

/* ---- files ---- */

/* NULL when nobody but us and root may. */
static const char *who_may_write(const struct stat *status)
{
    bool is_sticky_folder = S_ISDIR(status->st_mode) && (status->st_mode & S_ISVTX) != 0;
    if (status->st_uid != geteuid() && status->st_uid != 0) {
        return "another user, who owns it";
    }
    if (is_sticky_folder) {
        return NULL; /* what is in it is its owner's */
    }
    return (status->st_mode & S_IWOTH) != 0   ? "everybody"
           : (status->st_mode & S_IWGRP) != 0 ? "its group"
                                              : NULL;
}

/* Says who besides us may write it, and what that means. */
static void log_writers(const char *path, const char *what)
{
    struct stat status;
    const char *who = stat(path, &status) == 0 ? who_may_write(&status) : NULL;
    if (who != NULL) {
        log_warning("others-may-write", log_text("path", path), log_text("who", who), log_text("what", what));
    }
}

/* Who may write a folder above can put another one in its place. */
static void log_folders_above(const char *folder, const char *what)
{
    char path[PATH_MAX];
    bool is_there = realpath(folder, path) != NULL;
    while (is_there && strcmp(path, "/") != 0) {
        char *slash = strrchr(path, '/');
        slash[slash == path ? 1 : 0] = '\0';
        log_writers(path, what);
    }
}

static void log_files(const char *folder)
{
    static const char *const names[] = {"", "/election.ini", "/areas.csv", "/units.csv", "/keys.csv"};
    static const char what[] = "they can change who votes where and whose key is good; chmod go-w it";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        int length = snprintf(path, sizeof path, "%s%s", folder, names[i]);
        if (length < (int)sizeof path) {
            log_writers(path, what);
        }
    }
    log_folders_above(folder, what);
}

void exposure_log(const struct server_settings *settings)
{
    log_listeners(settings);
    log_files(settings->election);
    log_folders_above(settings->data, "they can take the data folder away; chmod go-w it");
}
