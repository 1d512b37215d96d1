/* The table of checks as data: what is posted, when it is ready, since when, and what is shown of it. */
#include <turnout/service/health.h>

#include <string.h>

#include <check.h>
#include <jansson.h>

#include "suite.h"

enum { OPENS = 1000000, CLOSES = 2000000, PUBLISH_MS = 500 };

static const struct election election = {.id = "e-1", .opens = OPENS, .closes = CLOSES};
static struct health *health;
static int64_t wall_s;
static int64_t now_ms;

static void evaluate(void)
{
    health_note_write(health, now_ms);
    health_note_figures(health, now_ms);
    health_evaluate(health, wall_s * 1000, now_ms);
}

static void begin(void)
{
    wall_s = OPENS;
    now_ms = 100000;
    health = health_new(&(struct health_options){.election = &election, .publish_ms = PUBLISH_MS});
}

/* As of a server that has started well. */
static void begin_well(void)
{
    begin();
    for (int i = 0; i < HEALTH_FINDINGS; i++) {
        health_post(health, (enum health_finding)i, true, "");
    }
    health_note_phase(health, PHASE_OPEN);
    health_note_publication(health);
    evaluate();
}

static void end(void)
{
    health_free(health);
}

/* The caller gives it back with json_decref(). */
static json_t *shown(void)
{
    struct buffer text = {0};
    health_write_json(health, health_is_ready(health), &text);
    json_t *document = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(document);
    buffer_done(&text);
    return document;
}

static void expect_check(const char *name, bool is_ok, const char *since, const char *words)
{
    json_t *document = shown();
    bool is_there = false;
    size_t i;
    const json_t *check;
    json_array_foreach(json_object_get(document, "checks"), i, check)
    {
        if (strcmp(json_string_value(json_object_get(check, "name")), name) == 0) {
            is_there = true;
            const char *why = json_string_value(json_object_get(check, "why"));
            ck_assert_msg(json_is_true(json_object_get(check, "ok")) == is_ok, "%s: %s", name, why);
            ck_assert_msg(strstr(why, words) != NULL, "%s: %s", name, why);
            ck_assert(words[0] != '\0' || why[0] == '\0');
            ck_assert(since == NULL ||
                      strcmp(json_string_value(json_object_get(check, "since")), since) == 0);
        }
    }
    ck_assert_msg(is_there, "%s", name);
    json_decref(document);
}

FIXTURE(begin, end);

TEST(a_server_that_starts_is_not_ready)
{
    evaluate();
    ck_assert(!health_is_ready(health));
    ck_assert(!health_serves_readers(health));
    expect_check("store-link", false, NULL, "not known yet");
    expect_check("publication-age", false, NULL, "nothing has been published yet");
    expect_check("phase", false, NULL, "not known yet");
}

TEST(nobody_need_be_there_to_be_told)
{
    health_post(NULL, HEALTH_KEYS, true, "");
    health_note_write(NULL, 1);
    health_note_figures(NULL, 1);
    health_note_phase(NULL, PHASE_OPEN);
    health_note_publication(NULL);
}

CASE("running");
FIXTURE(begin_well, end);

TEST(what_is_well_is_ready)
{
    ck_assert(health_is_ready(health));
    ck_assert(health_serves_readers(health));
    json_t *document = shown();
    ck_assert(json_is_true(json_object_get(document, "ready")));
    ck_assert_uint_eq(json_array_size(json_object_get(document, "checks")), 19);
    json_decref(document);
}

/* One that fails is enough; readers are served all the same. */
LOOP_TEST(whatever_fails_is_named, HEALTH_FINDINGS)
{
    static const char *const names[HEALTH_FINDINGS] = {
        [HEALTH_REDIS] = "store-link",
        [HEALTH_CLOCK] = "clock",
        [HEALTH_TALLY_LINK] = "store-link",
        [HEALTH_PUBLISHER_LINK] = "store-link",
        [HEALTH_WRITES] = "store-writes",
        [HEALTH_FUNCTIONS] = "functions",
        [HEALTH_DURABILITY] = "durability",
        [HEALTH_RIGHTS] = "rights",
        [HEALTH_REGISTER] = "register",
        [HEALTH_GENERATION] = "generation",
        [HEALTH_PHASES] = "phase",
        [HEALTH_LOSSES] = "losses",
        [HEALTH_SUMS] = "sums",
        [HEALTH_KEYS] = "keys",
        [HEALTH_TOKENS] = "tokens",
        [HEALTH_FILES] = "files",
        [HEALTH_DATA_FOLDER] = "data-folder",
        [HEALTH_DISK] = "disk",
        [HEALTH_MEMORY] = "store-memory",
    };
    health_post(health, (enum health_finding)_i, false, "it is \"broken\"");
    evaluate();
    ck_assert(!health_is_ready(health));
    ck_assert(health_serves_readers(health));
    expect_check(names[_i], false, NULL, "it is \"broken\"");
    health_post(health, (enum health_finding)_i, true, "");
    evaluate();
    ck_assert(health_is_ready(health));
    expect_check(names[_i], true, NULL, "");
}

TEST(since_is_when_it_changed)
{
    wall_s += 60;
    health_post(health, HEALTH_KEYS, false, "first");
    evaluate();
    expect_check("keys", false, "1970-01-12T13:47:40+00:00", "first");
    wall_s += 60;
    health_post(health, HEALTH_KEYS, false, "second");
    evaluate();
    expect_check("keys", false, "1970-01-12T13:47:40+00:00", "second");
    wall_s += 60;
    health_post(health, HEALTH_KEYS, true, "");
    evaluate();
    expect_check("keys", true, "1970-01-12T13:49:40+00:00", "");
}

TEST(silence_is_a_fault)
{
    health_note_write(health, now_ms);
    health_note_figures(health, now_ms);
    health_evaluate(health, wall_s * 1000, now_ms + HEALTH_WRITE_LATE_MS - 1);
    ck_assert(health_is_ready(health));
    health_evaluate(health, wall_s * 1000, now_ms + HEALTH_WRITE_LATE_MS);
    expect_check("store-writes", false, NULL, "no write for 1 s");
    expect_check("publication-age", true, NULL, "");
    health_evaluate(health, wall_s * 1000, now_ms + PUBLISH_MS + HEALTH_FIGURES_LATE_MS);
    expect_check("publication-age", false, NULL, "not confirmed by Redis for 2 s");
}

struct room {
    uint64_t mib;
    bool is_ok;
    const char *words;
};

static const struct room rooms[] = {
    {1024, true, ""},
    {1023, true, "1023 MiB are left"},
    {64, true, "64 MiB are left"},
    {63, false, "63 MiB are left"},
    {0, false, "0 MiB are left"},
};

LOOP_TEST(a_disk_warns_before_it_is_full, COUNT(rooms))
{
    health_post_disk(health, rooms[_i].mib << 20);
    evaluate();
    ck_assert_int_eq(health_is_ready(health), rooms[_i].is_ok);
    expect_check("disk", rooms[_i].is_ok, NULL, rooms[_i].words);
}

static const struct {
    uint64_t used_mib;
    uint64_t most_mib;
    const char *words;
} memories[] = {
    {0, 0, ""},
    {100, 0, ""}, /* Redis does not tell */
    {512, 1024, ""},
    {513, 1024, "Redis has taken 513 MiB of the 1024 MiB"},
    {1024, 1024, "Redis has taken 1024 MiB of the 1024 MiB"},
};

LOOP_TEST(memory_warns_long_before_it_is_full, COUNT(memories))
{
    health_post_memory(health, memories[_i].used_mib << 20, memories[_i].most_mib << 20);
    evaluate();
    ck_assert(health_is_ready(health));
    expect_check("store-memory", true, NULL, memories[_i].words);
}

struct moment {
    int64_t wall_s;
    enum election_phase phase;
    const char *words;
};

static const struct moment moments[] = {
    {OPENS - 1, PHASE_REHEARSAL, ""},
    {OPENS - 1, PHASE_OPEN, "not open yet by the clock"},
    {OPENS - 1, PHASE_CLOSED, "not open yet by the clock"},
    {OPENS, PHASE_REHEARSAL, "the phase is rehearsal"},
    {OPENS, PHASE_OPEN, ""},
    {OPENS, PHASE_CLOSED, "the phase is closed"},
    {CLOSES - 1, PHASE_REHEARSAL, "the phase is rehearsal"},
    {CLOSES, PHASE_REHEARSAL, ""},
    {CLOSES, PHASE_OPEN, ""}, /* the last reports come in */
    {CLOSES, PHASE_CLOSED, ""},
};

LOOP_TEST(a_phase_against_the_clock_is_said, COUNT(moments))
{
    wall_s = moments[_i].wall_s;
    health_note_phase(health, moments[_i].phase);
    evaluate();
    ck_assert(health_is_ready(health));
    expect_check("phase", true, NULL, moments[_i].words);
}

TEST(metrics_say_the_same)
{
    health_post(health, HEALTH_RIGHTS, false, "none");
    evaluate();
    struct buffer text = {0};
    health_write_metrics(health, &text);
    buffer_append_char(&text, '\0');
    ck_assert_ptr_nonnull(strstr(text.bytes, "\nturnout_check{name=\"rights\"} 0\n"));
    ck_assert_ptr_nonnull(strstr(text.bytes, "\nturnout_check{name=\"phase\"} 1\n"));
    buffer_done(&text);
}

SUITE("health");
