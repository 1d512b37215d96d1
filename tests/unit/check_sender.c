/* The sender against a small intake on the same event loop, which misbehaves in every way a real one may. It
 * counts a report once, as a real one does, so that what was sent twice comes back `duplicate`. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/report_json.h>

#include "client/sender.h"
#include "suite.h"

enum { REPORTS = 3000, LINKS_MOST = 256 };

enum manner {
    MANNER_GOOD,
    MANNER_BACKWARDS,   /* answers what it finds last line first */
    MANNER_LOSES,       /* closes the connection now and then, with and without having counted */
    MANNER_UNAVAILABLE, /* answers every report `unavailable` the first time */
    MANNER_SILENT,      /* the first connection is never answered */
    MANNER_RUBBISH,     /* the first connection is answered with rubbish */
    MANNER_WRONG_LINE,  /* the first connection is answered for a line that was never sent */
    MANNER_TWICE,       /* the first connection is answered twice for its first line */
    MANNER_ENDLESS,     /* the first connection is answered without ever ending the line */
    MANNER_REJECTS,     /* rejects every tenth */
};

struct intake {
    struct event_base *base;
    struct evconnlistener *listener;
    uint16_t port;
    enum manner manner;
    uint32_t connections_seen;
    struct bufferevent *links[LINKS_MOST + 1]; /* by number; NULL once closed */
    uint64_t lines_seen;
    uint8_t times_seen[REPORTS + 1]; /* by seq */
    bool counted[REPORTS + 1];
};

struct intake_link {
    struct intake *intake;
    uint32_t number; /* from 1 */
    uint64_t line;
};

static void answer(struct bufferevent *link, const struct report *report, enum report_status status,
                   uint64_t line)
{
    struct report_result result = {.seq = report->seq, .status = status};
    struct buffer text = {0};
    (void)strcpy(result.unit, report->unit);
    if (status == STATUS_REJECTED || status == STATUS_UNAVAILABLE) {
        report_reject(&result, report, status == STATUS_REJECTED ? CODE_MALFORMED : CODE_STORE_UNAVAILABLE,
                      "voted", "for \"%s\"", report->unit);
    } else {
        (void)strcpy(result.receipt, "7K4Q-9M2D");
    }
    result_json_write(&text, &result, line);
    buffer_append_char(&text, '\n');
    ck_assert_int_eq(bufferevent_write(link, text.bytes, text.length), 0);
    buffer_done(&text);
}

static void answer_rightly(struct bufferevent *link, struct intake *intake, const struct report *report,
                           uint64_t line)
{
    enum report_status status = intake->counted[report->seq] ? STATUS_DUPLICATE : STATUS_ACCEPTED;
    intake->counted[report->seq] = true;
    answer(link, report, status, line);
}

static void close_link(struct bufferevent *link, struct intake_link *state)
{
    state->intake->links[state->number] = NULL;
    bufferevent_free(link);
    free(state);
}

/* Returns whether the connection still stands. */
static bool treat(struct bufferevent *link, struct intake_link *state, const struct report *report,
                  uint64_t line)
{
    struct intake *intake = state->intake;
    bool first = state->number == 1;
    intake->lines_seen++;
    if (intake->times_seen[report->seq] < UINT8_MAX) {
        intake->times_seen[report->seq]++;
    }
    if (intake->manner == MANNER_LOSES && intake->lines_seen % 700 == 0) {
        intake->counted[report->seq] = intake->lines_seen % 1400 == 0; /* counted or not, never answered */
        close_link(link, state);
        return false;
    }
    if (intake->manner == MANNER_SILENT && first) {
        return true;
    }
    if (intake->manner == MANNER_RUBBISH && first) {
        ck_assert_int_eq(bufferevent_write(link, "accepted!\n", 10), 0);
        return true;
    }
    if (intake->manner == MANNER_ENDLESS && first) {
        char much[1000];
        memset(much, 'x', sizeof much);
        ck_assert_int_eq(bufferevent_write(link, much, sizeof much), 0);
        return true;
    }
    if (intake->manner == MANNER_UNAVAILABLE && intake->times_seen[report->seq] == 1) {
        answer(link, report, STATUS_UNAVAILABLE, line);
    } else if (intake->manner == MANNER_WRONG_LINE && first) {
        answer(link, report, STATUS_ACCEPTED, line + 100000);
    } else if (intake->manner == MANNER_REJECTS && report->seq % 10 == 0) {
        answer(link, report, STATUS_REJECTED, line);
    } else {
        answer_rightly(link, intake, report, line);
        if (intake->manner == MANNER_TWICE && first && line == 1) {
            answer(link, report, STATUS_ACCEPTED, line);
        }
    }
    return true;
}

static void on_lines(struct bufferevent *link, void *context)
{
    enum { AT_ONCE = 4096 };
    struct intake_link *state = context;
    static struct report reports[AT_ONCE];
    uint64_t first_line = state->line + 1;
    size_t count = 0;
    size_t length = 0;
    char *text = NULL;
    while (count < AT_ONCE &&
           (text = evbuffer_readln(bufferevent_get_input(link), &length, EVBUFFER_EOL_LF)) != NULL) {
        struct error error = {0};
        ck_assert_msg(report_json_parse(text, length, &reports[count], &error) == TURNOUT_OK, "%s: %s", text,
                      error.text);
        free(text);
        count++;
    }
    state->line += count;
    for (size_t i = 0; i < count; i++) {
        size_t at = state->intake->manner == MANNER_BACKWARDS ? count - 1 - i : i;
        if (!treat(link, state, &reports[at], first_line + at)) {
            return;
        }
    }
}

static void on_end(struct bufferevent *link, short events, void *context)
{
    (void)events;
    close_link(link, context);
}

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
                          int address_length, void *context)
{
    (void)listener;
    (void)address;
    (void)address_length;
    struct intake *intake = context;
    struct intake_link *state = calloc(1, sizeof *state);
    ck_assert_ptr_nonnull(state);
    state->intake = intake;
    state->number = ++intake->connections_seen;
    struct bufferevent *link = bufferevent_socket_new(intake->base, fd, BEV_OPT_CLOSE_ON_FREE);
    bufferevent_setcb(link, on_lines, NULL, on_end, state);
    ck_assert_int_eq(bufferevent_enable(link, EV_READ | EV_WRITE), 0);
    ck_assert_uint_le(state->number, LINKS_MOST);
    intake->links[state->number] = link;
}

static void intake_listen(struct intake *intake, struct event_base *base, enum manner manner)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *intake = (struct intake){.base = base, .manner = manner};
    intake->listener = evconnlistener_new_bind(base, on_connection, intake, LEV_OPT_CLOSE_ON_FREE, 64,
                                               (struct sockaddr *)&address, sizeof address);
    ck_assert_ptr_nonnull(intake->listener);
    ck_assert_int_eq(
        getsockname(evconnlistener_get_fd(intake->listener), (struct sockaddr *)&address, &length), 0);
    intake->port = ntohs(address.sin_port);
}

static void intake_close(struct intake *intake)
{
    for (uint32_t number = 1; number <= LINKS_MOST; number++) {
        if (intake->links[number] != NULL) {
            void *state = NULL;
            bufferevent_getcb(intake->links[number], NULL, NULL, NULL, &state);
            close_link(intake->links[number], state);
        }
    }
    evconnlistener_free(intake->listener);
}

/* ---- the caller ---- */

struct caller {
    struct event_base *base;
    struct sender *sender;
    uint32_t given;
    uint32_t allowed; /* how many `next` may give so far */
    uint32_t under_way;
    uint32_t under_way_most;
    uint32_t answered[REPORTS + 1]; /* by tag, which is the seq */
    uint32_t answered_count;
    uint32_t by_status[STATUS_COUNT];
    uint32_t links_up_told;
    uint32_t links_down_told;
    char detail[200]; /* of the last rejection */
};

static bool next(void *context, struct report *ret_report, uint64_t *ret_tag)
{
    struct caller *caller = context;
    if (caller->given == caller->allowed) {
        return false;
    }
    ck_assert_int_eq(ret_report->registered, REGISTERED_ABSENT);
    ck_assert_int_eq(ret_report->voted, 0);
    caller->given++;
    caller->under_way++;
    if (caller->under_way > caller->under_way_most) {
        caller->under_way_most = caller->under_way;
    }
    (void)strcpy(ret_report->election, "e");
    (void)strcpy(ret_report->unit, "u1");
    (void)strcpy(ret_report->as_of_text, "2026-03-15T09:00:00+07:00");
    ret_report->seq = (int32_t)caller->given;
    ret_report->voted = 1;
    *ret_tag = caller->given;
    return true;
}

static void on_answer(void *context, uint64_t tag, const struct report_result *result, int64_t latency_us)
{
    struct caller *caller = context;
    ck_assert_uint_ge(tag, 1);
    ck_assert_uint_le(tag, caller->given);
    ck_assert_int_ge(latency_us, 0);
    caller->answered[tag]++;
    caller->by_status[result->status]++;
    caller->under_way--;
    caller->answered_count++;
    if (result->status == STATUS_REJECTED) {
        ck_assert_int_eq(result->code, CODE_MALFORMED);
        ck_assert_uint_eq((uint64_t)result->seq, tag);
        (void)strcpy(caller->detail, result->detail);
    } else {
        ck_assert_str_eq(result->receipt, "7K4Q-9M2D");
    }
    if (caller->answered_count == REPORTS) {
        ck_assert_int_eq(event_base_loopbreak(caller->base), 0);
    } else if (caller->answered_count == caller->allowed) {
        caller->allowed += 100; /* a plan that grows; the sender asks again by itself */
    }
}

static void on_link(void *context, uint32_t connections_up, const char *why)
{
    struct caller *caller = context;
    ck_assert_uint_le(connections_up, 3);
    if (why == NULL) {
        caller->links_up_told++;
    } else {
        ck_assert_str_ne(why, "");
        caller->links_down_told++;
    }
}

static const struct sender_calls calls = {next, on_answer, on_link};

/* An intake and a caller on one event loop. */
struct scene {
    struct event_base *base;
    struct intake intake;
    struct caller caller;
};

static struct scene *scene_new(uint32_t allowed)
{
    struct scene *scene = calloc(1, sizeof *scene);
    ck_assert_ptr_nonnull(scene);
    scene->base = event_base_new();
    ck_assert_ptr_nonnull(scene->base);
    scene->caller.base = scene->base;
    scene->caller.allowed = allowed;
    return scene;
}

static void scene_start(struct scene *scene, uint32_t connections, uint32_t window,
                        int64_t answer_deadline_ms)
{
    struct sender_options options = {"127.0.0.1", scene->intake.port, connections, window,
                                     answer_deadline_ms};
    scene->caller.sender = sender_new(scene->base, &options, &calls, &scene->caller);
}

static void scene_free(struct scene *scene)
{
    sender_free(scene->caller.sender);
    intake_close(&scene->intake);
    event_base_free(scene->base);
    free(scene);
}

struct run_case {
    enum manner manner;
    uint32_t connections;
    uint32_t window;
};

static const struct run_case run_cases[] = {
    {MANNER_GOOD, 1, 0},        {MANNER_GOOD, 3, 1},    {MANNER_GOOD, 1, 1},
    {MANNER_BACKWARDS, 2, 50},  {MANNER_LOSES, 1, 64},  {MANNER_LOSES, 3, 200},
    {MANNER_UNAVAILABLE, 2, 0}, {MANNER_SILENT, 2, 10}, {MANNER_RUBBISH, 2, 10},
    {MANNER_WRONG_LINE, 2, 5},  {MANNER_TWICE, 1, 20},  {MANNER_ENDLESS, 1, 100},
    {MANNER_REJECTS, 2, 1000},
};

static void ignore_broken_pipes(void)
{
    ck_assert(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
}

SHARED_FIXTURE(ignore_broken_pipes, NULL);

/* Whatever the intake does: every report is answered once, and counted once. */
LOOP_TEST(every_report_is_answered_once, COUNT(run_cases))
{
    const struct run_case *c = &run_cases[_i];
    struct scene *scene = scene_new(REPORTS);
    struct intake *intake = &scene->intake;
    struct caller *caller = &scene->caller;
    struct event_base *base = scene->base;
    intake_listen(intake, base, c->manner);
    scene_start(scene, c->connections, c->window, 300);
    ck_assert_int_ge(event_base_dispatch(base), 0);

    uint32_t window = c->window == 0 ? SENDER_WINDOW_DEFAULT : c->window;
    ck_assert_uint_le(caller->under_way_most, (uint64_t)window * c->connections);
    for (uint32_t tag = 1; tag <= REPORTS; tag++) {
        ck_assert_msg(caller->answered[tag] == 1, "report %u was answered %u times", tag,
                      caller->answered[tag]);
    }
    struct sender_counts counts = sender_counts(caller->sender);
    ck_assert_uint_eq(counts.taken, REPORTS);
    ck_assert_uint_eq(counts.answered, REPORTS);
    ck_assert_uint_eq(caller->links_up_told - counts.links_lost, counts.connections_up);
    uint32_t rejected = c->manner == MANNER_REJECTS ? REPORTS / 10 : 0;
    ck_assert_uint_eq(caller->by_status[STATUS_REJECTED], rejected);
    ck_assert_uint_eq(counts.retried, c->manner == MANNER_UNAVAILABLE ? REPORTS : 0);
    bool breaks = c->manner >= MANNER_SILENT && c->manner <= MANNER_ENDLESS;
    ck_assert(counts.links_lost > 0 || !(breaks || c->manner == MANNER_LOSES));
    ck_assert(counts.resent > 0 || !(breaks || c->manner == MANNER_LOSES));
    ck_assert(counts.resent == 0 || breaks || c->manner == MANNER_LOSES);
    if (c->manner == MANNER_REJECTS) {
        ck_assert_str_eq(caller->detail, "for \"u1\"; mend it and send it again");
    }
    scene_free(scene);
}

/* `next` gives 100 at a time, and again once those were answered, without anybody waking the sender. */
TEST(a_dry_plan_is_asked_again)
{
    struct scene *scene = scene_new(100);
    struct intake *intake = &scene->intake;
    struct caller *caller = &scene->caller;
    struct event_base *base = scene->base;
    intake_listen(intake, base, MANNER_GOOD);
    scene_start(scene, 2, 0, 0);
    ck_assert_int_ge(event_base_dispatch(base), 0);
    ck_assert_uint_eq(caller->answered_count, REPORTS);
    ck_assert_uint_le(caller->under_way_most, 100);
    scene_free(scene);
}

static void start_listening(evutil_socket_t fd, short events, void *context)
{
    (void)fd;
    (void)events;
    struct intake *intake = context;
    ck_assert_int_eq(evconnlistener_enable(intake->listener), 0);
    ck_assert_int_eq(listen(evconnlistener_get_fd(intake->listener), 64), 0);
}

/* Nobody listens at first: the caller is told why, and the sender goes on trying. */
TEST(an_intake_that_comes_late_is_found)
{
    struct scene *scene = scene_new(REPORTS);
    struct intake *intake = &scene->intake;
    struct caller *caller = &scene->caller;
    struct event_base *base = scene->base;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0); /* bound, so that nobody else takes the port */
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *intake = (struct intake){.base = base, .manner = MANNER_GOOD, .port = ntohs(address.sin_port)};
    intake->listener =
        evconnlistener_new(base, on_connection, intake, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_DISABLED, 0, fd);
    ck_assert_ptr_nonnull(intake->listener);
    struct timeval later = {.tv_usec = 400000};
    ck_assert_int_eq(event_base_once(base, -1, EV_TIMEOUT, start_listening, intake, &later), 0);

    scene_start(scene, 1, 0, 0);
    ck_assert_int_ge(event_base_dispatch(base), 0);
    ck_assert_uint_ge(caller->links_down_told, 1);
    ck_assert_uint_eq(caller->links_up_told, 1);
    ck_assert_uint_eq(caller->by_status[STATUS_ACCEPTED], REPORTS);
    ck_assert_uint_eq(sender_counts(caller->sender).links_lost, 0);
    scene_free(scene);
}

/* Freed in the midst of everything, it leaves nothing behind (the sanitizers look). */
LOOP_TEST(freed_at_any_time_it_leaves_nothing, 12)
{
    struct scene *scene = scene_new(REPORTS);
    struct intake *intake = &scene->intake;
    struct event_base *base = scene->base;
    intake_listen(intake, base, MANNER_LOSES);
    scene_start(scene, 3, 50, 0);
    for (int turn = 0; turn < _i; turn++) {
        ck_assert_int_ge(event_base_loop(base, EVLOOP_ONCE), 0);
    }
    scene_free(scene);
}

SUITE("sender");
