/* The table of checks, and what comes of it. */
#include <turnout/service/health.h>

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/error.h>
#include <turnout/base/log.h>
#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/wire/json_writer.h>

enum {
    WHY_BYTES = ERROR_TEXT_BYTES,
    NEVER = 0,
    PHASE_UNKNOWN = -1,
    CHECKS_MAX = 20,
};

static const uint64_t disk_bytes_least = UINT64_C(64) << 20;
static const uint64_t disk_bytes_wanted = UINT64_C(1) << 30;

/* What somebody found, or a check says. */
struct finding {
    bool is_ok;
    char why[WHY_BYTES];
};

/* The last word of a check. */
struct verdict {
    bool is_known; /* it has been said at all */
    struct finding finding;
    int64_t since_s; /* Unix */
};

struct health {
    struct health_options options;
    _Atomic(struct finding *) inbox[HEALTH_FINDINGS]; /* the newest; NULL: none since the last evaluation */
    struct finding *findings[HEALTH_FINDINGS];        /* the newest then; NULL: nothing was posted yet */
    _Atomic int64_t written_ms, confirmed_ms;         /* monotonic, or NEVER */
    atomic_int phase;                                 /* or PHASE_UNKNOWN */
    atomic_bool has_figures;
    int64_t wall_ms, monotonic_ms; /* of this evaluation */
    struct verdict verdicts[CHECKS_MAX];
};

/* ---- the checks ---- */

/* Each gets a finding that is ok and says nothing, and changes it where there is something to say. `which` is the
 * posted finding that the check begins with. */

static void say(struct finding *finding, bool is_ok, const char *why)
{
    finding->is_ok = is_ok;
    size_t length = strnlen(why, sizeof finding->why - 1);
    memcpy(finding->why, why, length);
    finding->why[length] = '\0';
}

static void check_posted(const struct health *health, enum health_finding which, struct finding *finding)
{
    if (health->findings[which] == NULL) {
        say(finding, false, "not known yet: the server is starting");
    } else {
        *finding = *health->findings[which];
    }
}

static void check_store_link(const struct health *health, enum health_finding which, struct finding *finding)
{
    check_posted(health, which, finding);
    if (finding->is_ok) {
        check_posted(health, HEALTH_PUBLISHER_LINK, finding);
    }
    if (finding->is_ok) {
        check_posted(health, HEALTH_TALLY_LINK, finding);
    }
}

static void check_store_writes(const struct health *health, enum health_finding which,
                               struct finding *finding)
{
    check_posted(health, which, finding);
    int64_t written_ms = atomic_load(&health->written_ms);
    int64_t age_ms = health->monotonic_ms - written_ms;
    if (!finding->is_ok) {
        return;
    }
    if (written_ms == NEVER) {
        say(finding, false, "nothing was written to Redis yet");
    } else if (age_ms >= HEALTH_WRITE_LATE_MS) {
        struct error text;
        (void)error_fail(&text, TURNOUT_UNAVAILABLE, "", "Redis has answered no write for %lld s",
                         (long long)(age_ms / 1000));
        say(finding, false, text.text);
    }
}

static void check_publication_age(const struct health *health, enum health_finding which,
                                  struct finding *finding)
{
    (void)which;
    int64_t age_ms = health->monotonic_ms - atomic_load(&health->confirmed_ms);
    if (!atomic_load(&health->has_figures)) {
        say(finding, false, "nothing has been published yet");
    } else if (age_ms >= health->options.publish_ms + HEALTH_FIGURES_LATE_MS) {
        struct error text;
        (void)error_fail(&text, TURNOUT_UNAVAILABLE, "", "the figures were not confirmed by Redis for %lld s",
                         (long long)(age_ms / 1000));
        say(finding, false, text.text);
    }
}

/* What Redis has lost, or holds that does not add up, is for a person to look at, and reports are taken meanwhile.
 * Warnings. */
static void check_figures(const struct health *health, enum health_finding which, struct finding *finding)
{
    if (health->findings[which] != NULL) {
        *finding = *health->findings[which];
    }
}

/* Reports are taken whether anybody reads the log or not, so that this is a warning. */
static void check_log(const struct health *health, enum health_finding which, struct finding *finding)
{
    (void)which;
    (void)health;
    if (log_has_dropped_lately()) {
        say(finding, true, "log lines were dropped within the last minute: nobody reads the log in time");
    }
}

static void check_phase(const struct health *health, enum health_finding which, struct finding *finding)
{
    check_posted(health, which, finding);
    int phase = atomic_load(&health->phase);
    if (phase == PHASE_UNKNOWN) {
        say(finding, false, "not known yet: the server is starting");
    }
    if (!finding->is_ok) {
        return;
    }
    const char *odd = election_phase_against_clock(health->options.election, (enum election_phase)phase,
                                                   health->wall_ms / 1000);
    if (odd != NULL) {
        say(finding, true, odd);
    }
}

static const struct check {
    const char *name;
    void (*look)(const struct health *health, enum health_finding which, struct finding *finding);
    enum health_finding which; /* what it begins with; HEALTH_FINDINGS: nothing */
} checks[] = {
    {"store-link", check_store_link, HEALTH_REDIS},
    {"store-writes", check_store_writes, HEALTH_WRITES},
    {"functions", check_posted, HEALTH_FUNCTIONS},
    {"durability", check_posted, HEALTH_DURABILITY},
    {"rights", check_posted, HEALTH_RIGHTS},
    {"register", check_posted, HEALTH_REGISTER},
    {"generation", check_posted, HEALTH_GENERATION},
    {"publication-age", check_publication_age, HEALTH_FINDINGS},
    {"losses", check_figures, HEALTH_LOSSES},
    {"sums", check_figures, HEALTH_SUMS},
    {"clock", check_posted, HEALTH_CLOCK},
    {"keys", check_posted, HEALTH_KEYS},
    {"tokens", check_posted, HEALTH_TOKENS},
    {"files", check_posted, HEALTH_FILES},
    {"data-folder", check_posted, HEALTH_DATA_FOLDER},
    {"disk", check_posted, HEALTH_DISK},
    {"store-memory", check_posted, HEALTH_MEMORY},
    {"log", check_log, HEALTH_FINDINGS},
    {"phase", check_phase, HEALTH_PHASES},
};
#define CHECK_COUNT ((int)(sizeof checks / sizeof checks[0]))
_Static_assert(sizeof checks / sizeof checks[0] <= (size_t)CHECKS_MAX, "a verdict for each check");

/* ---- posting ---- */

void health_post(struct health *health, enum health_finding finding, bool is_ok, const char *why)
{
    if (health != NULL) {
        struct finding *posted = memory_new(sizeof *posted);
        say(posted, is_ok, why);
        free(atomic_exchange(&health->inbox[finding], posted));
    }
}

void health_note_write(struct health *health, int64_t now_ms)
{
    if (health != NULL) {
        atomic_store(&health->written_ms, now_ms);
    }
}

void health_note_figures(struct health *health, int64_t now_ms)
{
    if (health != NULL) {
        atomic_store(&health->confirmed_ms, now_ms);
    }
}

void health_note_phase(struct health *health, enum election_phase phase)
{
    if (health != NULL) {
        atomic_store(&health->phase, (int)phase);
    }
}

void health_note_publication(struct health *health)
{
    if (health != NULL) {
        atomic_store(&health->has_figures, true);
    }
}

void health_post_disk(struct health *health, uint64_t bytes_left)
{
    struct error text = {.text = ""};
    if (bytes_left < disk_bytes_wanted) {
        (void)error_fail(&text, TURNOUT_CONFLICT, "", "%llu MiB are left on the disk of the data folder",
                         (unsigned long long)(bytes_left >> 20));
    }
    health_post(health, HEALTH_DISK, bytes_left >= disk_bytes_least, text.text);
}

/* A warning: Redis goes on until it has taken all, and then store-writes fails. */
void health_post_memory(struct health *health, uint64_t used, uint64_t most)
{
    struct error text = {.text = ""};
    if (most > 0 && used > most / 2) {
        (void)error_fail(&text, TURNOUT_CONFLICT, "",
                         "Redis has taken %llu MiB of the %llu MiB that it can take",
                         (unsigned long long)(used >> 20), (unsigned long long)(most >> 20));
    }
    health_post(health, HEALTH_MEMORY, true, text.text);
}

/* ---- evaluating ---- */

static bool has_changed(const struct verdict *verdict, const struct finding *found)
{
    return !verdict->is_known || verdict->finding.is_ok != found->is_ok ||
           (verdict->finding.why[0] == '\0') != (found->why[0] == '\0');
}

/* A check that passes when the server starts is not logged. */
static void log_change(const char *name, const struct verdict *before, const struct finding *found)
{
    if (!found->is_ok) {
        log_error("not-ready", log_text("check", name), log_text("why", found->why));
    } else if (found->why[0] != '\0') {
        log_warning("check-warns", log_text("check", name), log_text("why", found->why));
    } else if (before->is_known) {
        log_info("check-passes", log_text("check", name));
    }
}

/* Until a server has shown itself ready once, what is not known yet is no fault. */
static bool is_starting(const struct health *health)
{
    return !atomic_load(&health->has_figures);
}

static void judge(struct health *health, const struct check *check, struct verdict *verdict)
{
    struct finding found = {.is_ok = true};
    check->look(health, check->which, &found);
    if (has_changed(verdict, &found)) {
        if (!is_starting(health) || found.is_ok) {
            log_change(check->name, verdict, &found);
        }
        verdict->is_known = verdict->is_known || found.is_ok || !is_starting(health);
        verdict->since_s = health->wall_ms / 1000;
    }
    verdict->finding = found;
}

void health_evaluate(struct health *health, int64_t wall_ms, int64_t monotonic_ms)
{
    health->wall_ms = wall_ms;
    health->monotonic_ms = monotonic_ms;
    for (int i = 0; i < HEALTH_FINDINGS; i++) {
        struct finding *posted = atomic_exchange(&health->inbox[i], NULL);
        if (posted != NULL) {
            free(health->findings[i]);
            health->findings[i] = posted;
        }
    }
    for (int i = 0; i < CHECK_COUNT; i++) {
        judge(health, &checks[i], &health->verdicts[i]);
    }
}

bool health_is_ready(const struct health *health)
{
    for (int i = 0; i < CHECK_COUNT; i++) {
        if (!health->verdicts[i].finding.is_ok) {
            return false;
        }
    }
    return true;
}

bool health_serves_readers(const struct health *health)
{
    return atomic_load(&health->has_figures);
}

/* ---- showing ---- */

void health_write_json(const struct health *health, bool is_ready, struct buffer *out)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_boolean(&json, "ready", is_ready);
    json_open_array(&json, "checks");
    for (int i = 0; i < CHECK_COUNT; i++) {
        const struct verdict *verdict = &health->verdicts[i];
        char since[RFC3339_BYTES];
        rfc3339_format(verdict->since_s, health->options.election->offset_s, since);
        json_open_object(&json, NULL);
        json_put_text(&json, "name", checks[i].name);
        json_put_boolean(&json, "ok", verdict->finding.is_ok);
        json_put_text(&json, "since", since);
        json_put_text(&json, "why", verdict->finding.why);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_close_object(&json);
}

void health_write_metrics(const struct health *health, struct buffer *out)
{
    buffer_append_text(
        out, "# HELP turnout_check Whether a check of /readyz passes.\n# TYPE turnout_check gauge\n");
    for (int i = 0; i < CHECK_COUNT; i++) {
        buffer_printf(out, "turnout_check{name=\"%s\"} %d\n", checks[i].name,
                      health->verdicts[i].finding.is_ok ? 1 : 0);
    }
}

/* ---- life ---- */

struct health *health_new(const struct health_options *options)
{
    struct health *health = memory_new(sizeof *health);
    health->options = *options;
    atomic_store(&health->phase, PHASE_UNKNOWN);
    health_evaluate(health, clock_wall_ms(), clock_monotonic_ms());
    return health;
}

void health_free(struct health *health)
{
    if (health == NULL) {
        return;
    }
    for (int i = 0; i < HEALTH_FINDINGS; i++) {
        free(atomic_load(&health->inbox[i]));
        free(health->findings[i]);
    }
    free(health);
}
