/* A commune's log as it is read: from its end back to its beginning, piece by piece, and nothing of another
 * commune's. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "store_fixture.h"
#include "suite.h"

#define COMMUNES "turnout:{e-1:01}:communes"
#define LOG      "turnout:{e-1:01}:log"

enum { UNIT = 0, COMMUNE = 3, EVERY = 1000 }; /* 01.1-001 in 01.1 */

static struct store_fixture store;

static void setup(void)
{
    store_fixture_begin(&store);
}

static void teardown(void)
{
    store_fixture_end(&store);
}

static struct {
    bool done;
    enum turnout_error error;
    char why[128];
    uint32_t lines_wanted;
    uint32_t lines;
    int32_t first_seq;
    int32_t last_seq;
    bool has_next;
    struct store_log_place place; /* behind the last line, or where the reading ended */
} answer;

/* Of one unit, each line must be the one before. */
static bool on_line(void *context, const struct log_line *line, const struct store_log_place *place)
{
    (void)context;
    answer.place = *place;
    ck_assert(!answer.done);
    ck_assert_str_eq(line->report.unit, store.reg->units[UNIT].code);
    ck_assert(answer.lines == 0 || line->report.seq == answer.last_seq - 1);
    answer.first_seq = answer.lines == 0 ? line->report.seq : answer.first_seq;
    answer.last_seq = line->report.seq;
    answer.lines++;
    return answer.lines < answer.lines_wanted;
}

static void on_read(void *context, enum turnout_error error, const char *why,
                    const struct store_log_place *next)
{
    (void)context;
    answer.has_next = next != NULL;
    if (next != NULL) {
        answer.place = *next;
    }
    ck_assert(!answer.done);
    answer.done = true;
    answer.error = error;
    (void)strncpy(answer.why, why, sizeof answer.why - 1);
}

static enum turnout_error read_log_behind(uint32_t commune, const struct store_log_place *after,
                                          uint32_t lines_wanted)
{
    memset(&answer, 0, sizeof answer);
    answer.lines_wanted = lines_wanted;
    store_read_log(store.store, commune, after, on_line, on_read, NULL);
    ck_assert(!answer.done);
    store_fixture_run_until(&store, &answer.done);
    return answer.error;
}

static enum turnout_error read_log(uint32_t commune, uint32_t lines_wanted)
{
    return read_log_behind(commune, NULL, lines_wanted);
}

static bool on_any_line(void *context, const struct log_line *line, const struct store_log_place *place)
{
    (void)place;
    (void)context;
    (void)line;
    return true;
}

static void report(uint32_t unit, int32_t seq)
{
    struct report report = store_fixture_report(&store, unit, seq, 1);
    struct report_outcome outcome;
    ck_assert_int_eq(store_fixture_apply_one(&store, unit, &report, &outcome), TURNOUT_OK);
    ck_assert_int_eq(outcome.status, STATUS_ACCEPTED);
}

/* Gives a commune's words another last word, which names its last entry. */
static void point_to(const char *commune, const char *id)
{
    redisReply *reply = redis_fixture_command(&store.redis, "HGET " COMMUNES " %s", commune);
    char words[256];
    *strrchr(reply->str, ' ') = '\0';
    ck_assert_int_lt(snprintf(words, sizeof words, "%s %s", reply->str, id), (int)sizeof words);
    redis_fixture_run(&store.redis, "HSET " COMMUNES " %s %s", commune, words);
    freeReplyObject(reply);
}

FIXTURE(setup, teardown);
TIMEOUT(60);

TEST(a_commune_that_nobody_reported_of_has_none)
{
    ck_assert_int_eq(read_log(COMMUNE, EVERY), TURNOUT_OK);
    ck_assert_uint_eq(answer.lines, 0);
}

TEST(the_newest_come_first)
{
    struct report_outcome outcomes[4];
    report(UNIT, 1);
    report(4, 1);                            /* of another commune */
    for (int32_t seq = 2; seq <= 5; seq++) { /* one entry */
        struct report report = store_fixture_report(&store, UNIT, seq, 1);
        store_fixture_add(&store, UNIT, &report, 0);
    }
    ck_assert_int_eq(store_fixture_apply(&store, outcomes), TURNOUT_OK);
    report(UNIT, 6);
    ck_assert_int_eq(read_log(COMMUNE, EVERY), TURNOUT_OK);
    ck_assert_uint_eq(answer.lines, 6);
    ck_assert_int_eq(answer.first_seq, 6);
    ck_assert_int_eq(answer.last_seq, 1);

    ck_assert_int_eq(read_log(COMMUNE, 3), TURNOUT_OK); /* had enough, in the midst of an entry */
    ck_assert_uint_eq(answer.lines, 3);
    ck_assert_int_eq(answer.last_seq, 4);
}

/* More entries than one answer of Redis has. */
TEST(a_long_one_is_read_in_pieces)
{
    enum { ENTRIES = 2 * STORE_LOG_ENTRIES_MAX + 5 };
    for (int32_t seq = 1; seq <= ENTRIES; seq++) {
        report(UNIT, seq);
    }
    uint64_t commands = store_counters(store.store)->commands;
    ck_assert_int_eq(read_log(COMMUNE, EVERY), TURNOUT_OK);
    ck_assert_uint_eq(answer.lines, ENTRIES);
    ck_assert_int_eq(answer.first_seq, ENTRIES);
    ck_assert_int_eq(answer.last_seq, 1);
    ck_assert_uint_eq(store_counters(store.store)->commands - commands, 3);

    commands = store_counters(store.store)->commands;
    ck_assert_int_eq(read_log(COMMUNE, STORE_LOG_ENTRIES_MAX), TURNOUT_OK);
    ck_assert_uint_eq(answer.lines, STORE_LOG_ENTRIES_MAX);
    ck_assert_uint_eq(store_counters(store.store)->commands - commands, 1);
}

/* Behind each line the reading goes on with the next one, also in the midst of an entry. */
TEST(a_place_leads_on)
{
    enum { LINES = 6 };
    struct report_outcome outcomes[LINES / 2];
    for (int32_t first = 1; first <= LINES; first += LINES / 2) {
        for (int32_t seq = first; seq < first + LINES / 2; seq++) {
            struct report report = store_fixture_report(&store, UNIT, seq, 1);
            store_fixture_add(&store, UNIT, &report, 0);
        }
        ck_assert_int_eq(store_fixture_apply(&store, outcomes), TURNOUT_OK);
    }
    ck_assert_int_eq(read_log(COMMUNE, 1), TURNOUT_OK);
    for (int32_t seq = LINES - 1; seq >= 1; seq--) {
        struct store_log_place after;
        char text[STORE_LOG_PLACE_BYTES];
        store_log_place_write(&answer.place, text);
        ck_assert(store_log_place_parse(slice_of(text), &after));
        ck_assert_int_eq(read_log_behind(COMMUNE, &after, 1), TURNOUT_OK);
        ck_assert_uint_eq(answer.lines, 1);
        ck_assert_int_eq(answer.last_seq, seq);
    }
    struct store_log_place after = answer.place;
    ck_assert_int_eq(read_log_behind(COMMUNE, &after, 1), TURNOUT_OK);
    ck_assert_uint_eq(answer.lines, 0);
    ck_assert(!answer.has_next);

    ck_assert_int_eq(read_log_behind(COMMUNE, &(struct store_log_place){"1-1", 0}, 1), TURNOUT_NOT_FOUND);
    ck_assert_int_eq(read_log_behind(COMMUNE + 1, &after, 1), TURNOUT_NOT_FOUND);
    static const char *const none[] = {
        "", "1-1", "1-1.", "1.1", "-1.1", "1-.1", "x-1.1", "1-1.x", "99999999999999999999-1.1"};
    for (size_t i = 0; i < COUNT(none); i++) {
        ck_assert_msg(!store_log_place_parse(slice_of(none[i]), &after), "%s", none[i]);
    }
}

/* However long a log is, one reading has an end, and says where it is to go on. */
TEST(a_reading_is_bounded)
{
    char line[512];
    char previous[64] = "-";
    report(UNIT, 1);
    redisReply *first = redis_fixture_command(&store.redis, "XRANGE " LOG " - +");
    ck_assert(slice_copy(slice_of(first->element[0]->element[1]->element[5]->str), line, sizeof line));
    freeReplyObject(first);
    redis_fixture_run(&store.redis, "DEL " LOG);
    for (int i = 1; i <= STORE_LOG_READ_MAX + 5; i++) {
        redis_fixture_run(&store.redis, "XADD " LOG " %d-1 commune 01.1 previous %s lines %s", i, previous,
                          line);
        ck_assert_int_gt(snprintf(previous, sizeof previous, "%d-1", i), 0);
    }
    point_to("01.1", previous);
    memset(&answer, 0, sizeof answer);
    store_read_log(store.store, COMMUNE, NULL, on_any_line, on_read, NULL);
    store_fixture_run_until(&store, &answer.done);
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    ck_assert(answer.has_next);
    ck_assert_str_eq(answer.place.entry, "5-1");
}

/* ---- what must not be ---- */

static const struct {
    const char *id;       /* of an entry that is added, and that the commune's words then name */
    const char *words[6]; /* of that entry */
    const char *says;
} entries[] = {
    {"9999999999999-1", {"commune", "01.2", "previous", "-", "lines", "x"}, "is no entry of 01.1"},
    {"9999999999999-1", {"commune", "01.1", "lines", "x", "previous", "-"}, "is no entry of 01.1"},
    {"9999999999999-1", {"line", "x"}, "is no entry of 01.1"},
    {"9999999999999-1", {"commune", "01.1", "previous", "-", "lines", "x"}, "\"x\" is not a line of the log"},
    {"9999999999999-1", {"commune", "01.1", "previous", "-", "lines", ""}, "\"\" is not a line of the log"},
    {"9999999999999-1", {"commune", "01.1", "previous", "1-1", "lines", "x"}, "1-1 is no entry of 01.1"},
};

LOOP_TEST(an_entry_that_is_none, COUNT(entries))
{
    const char *words[16] = {"XADD", LOG, entries[_i].id};
    int count = 3;
    for (int i = 0; i < 6 && entries[_i].words[i] != NULL; i++) {
        words[count++] = entries[_i].words[i];
    }
    report(UNIT, 1);
    redisReply *reply = redisCommandArgv(store.redis.redis, count, words, NULL);
    ck_assert(reply != NULL && reply->type == REDIS_REPLY_STRING);
    freeReplyObject(reply);
    point_to("01.1", entries[_i].id);
    ck_assert_int_eq(read_log(COMMUNE, EVERY), TURNOUT_BAD_INPUT);
    ck_assert_msg(strstr(answer.why, entries[_i].says) != NULL, "%s", answer.why);
}

static const char *const ids[] = {"1-1", "0", "x", "-1"}; /* of no entry, and no ids */

LOOP_TEST(an_id_that_is_none, COUNT(ids))
{
    report(UNIT, 1);
    point_to("01.1", ids[_i]);
    enum turnout_error failed = read_log(COMMUNE, EVERY);
    ck_assert_msg(failed == TURNOUT_BAD_INPUT, "%d: %s", failed, answer.why);
}

/* An entry that names itself: a reading that goes round in a circle never ends. */
TEST(an_entry_that_comes_before_itself)
{
    char line[512];
    report(UNIT, 1);
    redisReply *first = redis_fixture_command(&store.redis, "XRANGE " LOG " - +");
    ck_assert(slice_copy(slice_of(first->element[0]->element[1]->element[5]->str), line, sizeof line));
    freeReplyObject(first);
    redis_fixture_run(&store.redis,
                      "XADD " LOG " 9999999999999-1 commune 01.1 previous 9999999999999-1 lines %s", line);
    point_to("01.1", "9999999999999-1");
    memset(&answer, 0, sizeof answer);
    store_read_log(store.store, COMMUNE, NULL, on_any_line, on_read, NULL);
    store_fixture_run_until(&store, &answer.done);
    ck_assert_int_eq(answer.error, TURNOUT_BAD_INPUT);
}

static const char *const spoils[] = {"DEL " LOG, "HDEL " COMMUNES " 01.1", "DEL " COMMUNES};

LOOP_TEST(what_is_gone_is_told, COUNT(spoils))
{
    report(UNIT, 1);
    redis_fixture_run(&store.redis, spoils[_i]);
    ck_assert_int_eq(read_log(COMMUNE, EVERY), TURNOUT_BAD_INPUT);
    redis_fixture_run(&store.redis, "SET %s x", _i == 0 ? LOG : "turnout:{e-1:02}:log");
    ck_assert_int_eq(read_log(COMMUNE, EVERY), TURNOUT_BAD_INPUT);
}

TEST(without_redis_nothing_is_known)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(read_log(COMMUNE, EVERY), TURNOUT_UNAVAILABLE);
}

SUITE("log");
