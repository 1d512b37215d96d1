/* Commits as they are written: which communes of one are, under which ground, and what the log has of them then. */
#include <turnout/store/commit.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "expect_redis.h"
#include "hand_commit.h"
#include "store_fixture.h"
#include "suite.h"

#define TOTALS   "turnout:{e-1:01}:totals"
#define COMMUNES "turnout:{e-1:01}:communes"
#define UNITS    "turnout:{e-1:01}:units"
#define LOG      "turnout:{e-1:01}:log"
#define ZEROS    "0000000000000000000000000000000000000000000000000000000000000000"

enum { COMMUNE = 3, OTHER_COMMUNE = 4 }; /* 01.1 and 01.2; areas 0 to 2 are the nation and its provinces */

static const char *const with_debug[] = {"--enable-debug-command", "yes", NULL};

static struct store_fixture store;
static struct store_ground ground;

static void begin(void)
{
    store_fixture_start(&store, with_debug);
    store_fixture_open(&store);
    ground = hand_ground(&store, 1);
    ck_assert_str_eq(store.reg->areas[COMMUNE].code, "01.1");
    ck_assert_str_eq(store.reg->areas[OTHER_COMMUNE].code, "01.2");
}

static void end(void)
{
    store_fixture_end(&store);
}

FIXTURE(begin, end);
TIMEOUT(60);

/* ---- another ground ---- */

static const struct {
    const char *spoil;
    const char *generation; /* as it is then; NULL: the same */
    unsigned char digest;
    enum election_phase phase;
} grounds[] = {
    {"HSET " TOTALS " generation 0011223344556677", "0011223344556677", 1, PHASE_REHEARSAL},
    {"HSET " TOTALS " digest 0202020202020202020202020202020202020202020202020202020202020202", NULL, 2,
     PHASE_REHEARSAL},
    {"HSET " TOTALS " phase open", NULL, 1, PHASE_OPEN},
    {"HSET " TOTALS " phase closed", NULL, 1, PHASE_CLOSED},
};

LOOP_TEST(test_on_another_ground_nothing_is_written, COUNT(grounds))
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct committed committed;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_run(&store.redis, grounds[_i].spoil);
    redis_fixture_digest(&store.redis, before);
    hand_send(&store, &ground, 0, &report, &committed);
    store_fixture_run_until(&store, &committed.done);
    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(committed.error, TURNOUT_OK);
    ck_assert(!committed.is_answered && committed.has_ground);
    const struct store_ground standing = committed.ground;
    ck_assert_str_eq(standing.generation,
                     grounds[_i].generation == NULL ? ground.generation : grounds[_i].generation);
    ck_assert_uint_eq(standing.digest[0], grounds[_i].digest);
    ck_assert_int_eq(standing.phase, grounds[_i].phase);

    hand_send(&store, &standing, 0, &report, &committed);
    store_fixture_run_until(&store, &committed.done);
    ck_assert(committed.is_answered && committed.written[0]);
}

/* ---- stale communes ---- */

/* The report of a unit in each of the two communes, in one commit. */
static struct committed commit_both(const struct store_commune *first, const struct store_commune *second)
{
    struct report report = store_fixture_report(&store, 0, 1, 10);
    struct report other = store_fixture_report(&store, 4, 1, 3);
    struct hand_commit commits[2];
    struct committed committed = {.done = false};
    hand_commit_init(&commits[0], &store, 0, &report, first);
    hand_commit_init(&commits[1], &store, 4, &other, second);
    const struct commit_commune communes[] = {commits[0].commune, commits[1].commune};
    store_commit(store.store, 1, &ground, communes, 2, hand_committed, &committed);
    hand_commit_done(&commits[0]);
    hand_commit_done(&commits[1]);
    store_fixture_run_until(&store, &committed.done);
    ck_assert_int_eq(committed.error, TURNOUT_OK);
    ck_assert(committed.is_answered);
    return committed;
}

/* Another server has counted a report of 01.1 meanwhile: 7 voters of unit 1. */
static void count_elsewhere(void)
{
    struct committed committed;
    struct report report = store_fixture_report(&store, 1, 1, 7);
    hand_send(&store, &ground, 1, &report, &committed);
    store_fixture_run_until(&store, &committed.done);
    ck_assert(committed.is_answered && committed.written[0]);
}

static char *words_of(const char *commune)
{
    redisReply *reply = redis_fixture_command(&store.redis, "HGET " COMMUNES " %s", commune);
    char *words = strdup(reply->str);
    freeReplyObject(reply);
    ck_assert_ptr_nonnull(words);
    return words;
}

TEST(test_a_stale_commune_is_left_alone_and_the_others_are_written)
{
    struct store_commune first = hand_seeded(&store, COMMUNE);
    struct store_commune second = hand_seeded(&store, OTHER_COMMUNE);
    count_elsewhere();
    char *words = words_of("01.1");
    struct committed committed = commit_both(&first, &second);
    ck_assert(!committed.written[0]);
    ck_assert(committed.written[1]);
    expect_text(&store, words, "HGET " COMMUNES " 01.1");
    expect_integer(&store, 0, "HEXISTS " UNITS " 01.1-001");
    expect_integer(&store, 1, "HEXISTS " UNITS " 01.2-001");
    expect_integer(&store, 2, "XLEN " LOG);
    expect_text(&store, "10", "HGET " TOTALS " voted"); /* 7 from elsewhere, and 3 */
    expect_text(&store, "2", "HGET " TOTALS " revision");
    expect_text(&store, "2", "HGET " TOTALS " units_reported");
    expect_text(&store, "2", "HGET " TOTALS " round:1");
    ck_assert_uint_eq(store_counters(store.store)->stale, 1);
    free(words);
}

TEST(test_where_all_are_stale_nothing_is_written)
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct store_commune first = hand_seeded(&store, COMMUNE);
    struct store_commune second = hand_seeded(&store, OTHER_COMMUNE);
    ck_assert(commit_both(&first, &second).written[0]);
    redis_fixture_digest(&store.redis, before);
    struct committed committed = commit_both(&first, &second);
    redis_fixture_digest(&store.redis, after);
    ck_assert(!committed.written[0] && !committed.written[1]);
    ck_assert_str_eq(before, after);
}

/* As many reports as it knows, but other ones. */
TEST(test_another_head_is_stale_though_the_revision_is_the_same)
{
    struct store_commune first = hand_seeded(&store, COMMUNE);
    struct store_commune second = hand_seeded(&store, OTHER_COMMUNE);
    first.head[LOG_HEAD_BYTES - 1] = 1;
    struct committed committed = commit_both(&first, &second);
    ck_assert(!committed.written[0]);
    ck_assert(committed.written[1]);
    expect_text(&store, "3", "HGET " TOTALS " voted");
}

/* 1 and 10: a revision is not the same because it begins the same. */
TEST(test_a_revision_is_compared_whole)
{
    struct store_commune first = hand_seeded(&store, COMMUNE);
    struct store_commune second = hand_seeded(&store, OTHER_COMMUNE);
    redis_fixture_run(&store.redis, "HSET " COMMUNES " 01.1 %s",
                      "10 " ZEROS " 1 58 1 40 0 0 0 1773532800 0 1-1");
    first.totals.revision = 1;
    ck_assert(!commit_both(&first, &second).written[0]);
    first.totals.revision = 10;
    ck_assert(commit_both(&first, &second).written[0]);
}

/* ---- commits behind each other ---- */

/* Three reports of unit 0, each a commit on what the one before leaves; all are sent at once. */
static void send_three(struct committed committed[3])
{
    struct store_commune before = hand_seeded(&store, COMMUNE);
    for (int32_t i = 0; i < 3; i++) {
        static const uint32_t units[] = {0, 1, 2};
        struct report report = store_fixture_report(&store, units[i], 1, 1);
        struct hand_commit commit;
        hand_commit_init(&commit, &store, units[i], &report, &before);
        committed[i] = (struct committed){.done = false};
        store_commit(store.store, 1, &ground, &commit.commune, 1, hand_committed, &committed[i]);
        before = commit.after;
        hand_commit_done(&commit);
    }
    store_fixture_run_until(&store, &committed[2].done);
    ck_assert(committed[0].done && committed[1].done);
}

TEST(test_commits_in_flight_follow_each_other)
{
    struct committed committed[3];
    send_three(committed);
    ck_assert(committed[0].written[0] && committed[1].written[0] && committed[2].written[0]);
    expect_text(&store, "3", "HGET " TOTALS " voted");
    expect_text(&store, "1", "HGET " TOTALS " units_complete");
    expect_text(&store, "3", "HGET " TOTALS " revision");
}

TEST(test_behind_a_stale_one_all_are)
{
    struct committed committed[3];
    count_elsewhere();
    send_three(committed);
    ck_assert(!committed[0].written[0] && !committed[1].written[0] && !committed[2].written[0]);
    expect_text(&store, "7", "HGET " TOTALS " voted");
    ck_assert_uint_eq(store_counters(store.store)->stale, 3);
}

/* ---- what does not count ---- */

TEST(test_what_is_not_counted_moves_no_revision)
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct report_outcome result;
    struct report counted = store_fixture_report(&store, 0, 5, 10);
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &counted, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_ACCEPTED);
    redis_fixture_digest(&store.redis, before);

    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &counted, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_DUPLICATE);
    struct report report = counted;
    report.voted = 11;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.code, CODE_SEQ_CONFLICT);
    ck_assert_int_eq(result.standing.voted, 10);
    report.seq = 4;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_SUPERSEDED);
    report.as_of = counted.as_of + 60;
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.code, CODE_SEQ_BEHIND);
    report = store_fixture_report(&store, 0, 6, 41);
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.code, CODE_VOTED_EXCEEDS_REGISTERED);
    ck_assert_int_eq(result.next_seq, 6);

    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);
    expect_text(&store, "1", "HGET " TOTALS " revision");
    expect_integer(&store, 1, "XLEN " LOG);
}

/* ---- the log ---- */

/* An entry of the log: `commune`, `previous`, `lines`, word by word. Returns its id, which the caller frees. */
static char *expect_entry(size_t index, const char *commune, const char *previous, const char *lines)
{
    redisReply *entries = redis_fixture_command(&store.redis, "XRANGE " LOG " - +");
    ck_assert_uint_lt(index, entries->elements);
    const redisReply *entry = entries->element[index];
    const redisReply *fields = entry->element[1];
    ck_assert_uint_eq(fields->elements, 6);
    ck_assert_str_eq(fields->element[0]->str, "commune");
    ck_assert_str_eq(fields->element[1]->str, commune);
    ck_assert_str_eq(fields->element[2]->str, "previous");
    ck_assert_str_eq(fields->element[3]->str, previous);
    ck_assert_str_eq(fields->element[4]->str, "lines");
    ck_assert_str_eq(fields->element[5]->str, lines);
    char *id = strdup(entry->element[0]->str);
    ck_assert_ptr_nonnull(id);
    freeReplyObject(entries);
    return id;
}

static struct report correction(void)
{
    struct report report = store_fixture_report(&store, 0, 2, 9);
    report.registered = 41;
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_MISTYPED;
    ck_assert(slice_copy(slice_of("một \"lỗi\""), report.note, sizeof report.note));
    ck_assert(slice_copy(slice_of("k-1"), report.key, sizeof report.key));
    ck_assert(slice_copy(slice_of("c2ln"), report.sig, sizeof report.sig));
    return report;
}

/* `head` is what the server adds, up to the report, which stands there as it was sent. */
static void put_line(struct buffer *lines, const char *head, const struct report *report)
{
    if (lines->length > 0) {
        buffer_append_char(lines, '\n');
    }
    buffer_append_text(lines, head);
    buffer_append_text(lines, ",\"report\":");
    report_json_write(lines, report);
    buffer_append_char(lines, '}');
}

TEST(test_log_entries)
{
    struct report_outcome results[3];
    struct buffer lines = {0};
    store_fixture_disconnect(&store);
    store.election.rules.modes[RULE_CORRECTIONS] = MODE_FLAG;
    store_fixture_connect(&store);

    /* Two lines of one commune and turn are one entry. */
    struct report report = store_fixture_report(&store, 0, 1, 10);
    struct report corrected = correction();
    struct report other = store_fixture_report(&store, 4, 1, 2);
    store_fixture_add(&store, 0, &report, 2);
    store_fixture_add(&store, 0, &corrected, 3);
    ck_assert_int_eq(store_fixture_apply(&store, results), TURNOUT_OK);
    ck_assert_int_eq(results[1].status, STATUS_ACCEPTED);
    put_line(&lines, "{\"received\":1773532800123,\"outcome\":\"accepted\",\"round\":2,\"before\":null",
             &report);
    put_line(&lines,
             "{\"received\":1773536400123,\"outcome\":\"accepted\",\"round\":3,\"before\":[10,40],"
             "\"flags\":\"correction\"",
             &corrected);
    char *first = expect_entry(0, "01.1", "-", lines.bytes);

    /* An entry names the one before it of its own commune. */
    ck_assert_int_eq(store_fixture_apply_one(&store, 4, &other, &results[0]), TURNOUT_OK);
    report = store_fixture_report(&store, 1, 1, 4);
    ck_assert_int_eq(store_fixture_apply_one(&store, 1, &report, &results[0]), TURNOUT_OK);
    buffer_clear(&lines);
    put_line(&lines, "{\"received\":1773532800123,\"outcome\":\"accepted\",\"round\":0,\"before\":null",
             &other);
    char *second = expect_entry(1, "01.2", "-", lines.bytes);
    buffer_clear(&lines);
    put_line(&lines, "{\"received\":1773532800123,\"outcome\":\"accepted\",\"round\":0,\"before\":null",
             &report);
    char *third = expect_entry(2, "01.1", first, lines.bytes);

    /* A commune's words end in the id of its last one. */
    char *words = words_of("01.1");
    ck_assert_str_eq(strrchr(words, ' ') + 1, third);
    free(words);
    words = words_of("01.2");
    ck_assert_str_eq(strrchr(words, ' ') + 1, second);
    free(words);
    words = words_of("01.3");
    ck_assert_str_eq(strrchr(words, ' ') + 1, "-");
    free(words);
    free(first);
    free(second);
    free(third);
    buffer_done(&lines);
}

SUITE("commit");
