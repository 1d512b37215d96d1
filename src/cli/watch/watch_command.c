/* `turnout watch`: fetches /v1/turnout once a second and shows it: in place on a terminal, else as one line for each
 * change. SIGINT and SIGTERM are read from a descriptor: they end the wait, and the cursor is restored. */
#include <assert.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <turnout/base/clock.h>

#include "client/http_client.h"
#include "client/this_machine.h"
#include "commands.h"
#include "watch/watch_picture.h"

enum { ASK_EVERY_MS = 1000, REQUEST_TIMEOUT_MS = 3000, HTTP_OK = 200, HTTP_NOT_MODIFIED = 304 };

#define CURSOR_HIDE "\033[?25l"
#define CURSOR_SHOW "\033[?25h"

struct watch_options {
    const char *server;
    bool once;
    bool insecure;
};

struct watch {
    struct http_client *client;
    struct http_response response;
    struct turnout_document document; /* the last valid one */
    bool has_document;
    bool changed;               /* by the last request */
    char etag[HTTP_ETAG_BYTES]; /* of the document */
    struct error away;          /* why the last request failed */
    int64_t away_since_ms;      /* monotonic; 0 while the server answers */
    bool utf8;
    bool in_place; /* redraw, on a terminal */
    int lines_drawn;
};

/* Sends one request. On failure the last valid document is kept. */
static void ask(struct watch *watch)
{
    bool was_away = watch->away_since_ms != 0;
    struct http_response *response = &watch->response;
    enum turnout_error code = http_client_get(
        watch->client, "/v1/turnout", watch->has_document ? watch->etag : NULL, response, &watch->away);
    struct turnout_document document;
    watch->changed = false;
    if (code == TURNOUT_OK && response->status == HTTP_OK) {
        code = turnout_document_parse(response->body.bytes, response->body.length, &document, &watch->away);
        if (code == TURNOUT_OK) {
            turnout_document_done(&watch->document);
            watch->document = document;
            watch->has_document = true;
            watch->changed = true;
            (void)slice_copy(slice_of(response->etag), watch->etag, sizeof watch->etag);
        }
    } else if (code == TURNOUT_OK && response->status != HTTP_NOT_MODIFIED) {
        code = error_fail(&watch->away, TURNOUT_UNAVAILABLE, "", "HTTP %d", response->status);
    }
    if (code == TURNOUT_OK) {
        watch->away_since_ms = 0;
    } else if (!was_away) {
        watch->away_since_ms = clock_monotonic_ms();
        watch->changed = true;
    }
}

static struct watch_picture picture_of(const struct watch *watch)
{
    bool away = watch->away_since_ms != 0;
    return (struct watch_picture){
        .document = watch->has_document ? &watch->document : NULL,
        .now = clock_wall_ms() / 1000,
        .utf8 = watch->utf8,
        .away = away ? watch->away.text : NULL,
        .away_s = away ? (clock_monotonic_ms() - watch->away_since_ms) / 1000 : 0,
    };
}

/* One line a change, for a log or a pipe. */
static void write_line(const struct watch_picture *picture, struct buffer *out)
{
    if (picture->away != NULL) {
        buffer_printf(out, "server away: %s\n", picture->away);
    } else {
        watch_picture_nation(out, picture);
        buffer_append_char(out, '\n');
    }
}

static int count_lines(const struct buffer *text)
{
    int lines = 0;
    for (size_t i = 0; i < text->length; i++) {
        lines += text->bytes[i] == '\n' ? 1 : 0;
    }
    return lines;
}

/* False when standard output is closed. */
static bool show(struct watch *watch, bool whole)
{
    struct buffer out = {0};
    struct watch_picture picture = picture_of(watch);
    if (watch->in_place) {
        if (watch->lines_drawn > 0) {
            buffer_printf(&out, "\033[%dA\r\033[J", watch->lines_drawn);
        }
        struct buffer text = {0};
        watch_picture_write(&text, &picture);
        watch->lines_drawn = count_lines(&text);
        buffer_append(&out, text.bytes, text.length);
        buffer_done(&text);
    } else if (whole) {
        watch_picture_write(&out, &picture);
    } else if (watch->changed) {
        write_line(&picture, &out);
    }
    bool written =
        out.length == 0 || (fwrite(out.bytes, 1, out.length, stdout) == out.length && fflush(stdout) == 0);
    buffer_done(&out);
    return written;
}

/* A descriptor that becomes readable on SIGINT or SIGTERM; -1 with errno. */
static int open_signals(void)
{
    sigset_t ends;
    if (sigemptyset(&ends) != 0 || sigaddset(&ends, SIGINT) != 0 || sigaddset(&ends, SIGTERM) != 0 ||
        sigprocmask(SIG_BLOCK, &ends, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &ends, SFD_CLOEXEC);
}

/* Requests and shows until a signal arrives or output is closed. */
static int follow(struct watch *watch, int signals)
{
    for (;;) {
        ask(watch);
        if (!show(watch, false)) {
            return EXIT_FAILED;
        }
        struct pollfd ended = {.fd = signals, .events = POLLIN};
        if (poll(&ended, 1, ASK_EVERY_MS) > 0) {
            return EXIT_DONE;
        }
    }
}

static int run(struct watch *watch, bool once)
{
    if (once) {
        ask(watch);
        bool shown = show(watch, true);
        return shown && watch->away_since_ms == 0 ? EXIT_DONE : EXIT_FAILED;
    }
    int signals = open_signals();
    if (signals < 0) {
        (void)fprintf(stderr, "turnout watch: signals: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    watch->in_place = isatty(STDOUT_FILENO) == 1;
    (void)fputs(watch->in_place ? CURSOR_HIDE : "", stdout);
    int status = follow(watch, signals);
    (void)fputs(watch->in_place ? CURSOR_SHOW : "", stdout);
    (void)close(signals);
    return finish_output(status);
}

static int run_watch(const struct command_line *line)
{
    const struct watch_options *options = line->options;
    struct watch watch = {0};
    struct error error = {0};
    if (http_client_new(options->server, options->insecure, REQUEST_TIMEOUT_MS, &watch.client, &error) !=
        TURNOUT_OK) {
        return usage_error(line->name, "--server: %s", error.text);
    }
    /* With an unknown locale, plain ASCII is used, which every terminal can show. */
    watch.utf8 = setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    int status = run(&watch, options->once);
    turnout_document_done(&watch.document);
    http_response_done(&watch.response);
    http_client_free(watch.client);
    return status;
}

static const struct setting settings[] = {
    SERVER_URL(struct watch_options, server, "http://127.0.0.1:8080", "the public listener"),
    {.name = "once",
     .kind = SETTING_FLAG,
     SETTING_AT(struct watch_options, once),
     .help = "shows the figures once, and ends"},
    INSECURE_OPTION(struct watch_options, insecure),
    COMMAND_HELP,
};

const struct command command_watch = {
    .name = "watch",
    .purpose = "Follows the national figure in the terminal.",
    .usage = "[OPTIONS]",
    .settings = {settings, sizeof settings / sizeof settings[0]},
    .options_bytes = sizeof(struct watch_options),
    .notes = "Exit status: 0 done, 1 the server or the terminal is gone, 2 wrong usage.",
    .run = run_watch,
};
