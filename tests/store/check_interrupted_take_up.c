/* Taking up a changed register, interrupted at any of its steps: it is continued, given up, begun again; and calls of
 * it come late. */
#include <turnout/store/take_up.h>

#include <stdio.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "changed_register.h"
#include "suite.h"

enum { TURN_BYTES = 64 };

static struct changed_register changed;

static void begin(void)
{
    changed_register_begin(&changed);
}

static void end(void)
{
    changed_register_end(&changed);
}

static void write_digest(int byte, char ret_text[2 * REGISTER_DIGEST_BYTES + 1])
{
    for (size_t i = 0; i < REGISTER_DIGEST_BYTES; i++) {
        (void)snprintf(ret_text + 2 * i, 3, "%02x", (unsigned)byte);
    }
}

/* A turn of this number. */
static void write_turn(long long number, char ret_turn[TURN_BYTES])
{
    redisReply *generation =
        redis_fixture_command(&changed.store.redis, "HGET turnout:{e-1}:meta generation");
    (void)snprintf(ret_turn, TURN_BYTES, "%s.%lld", generation->str, number);
    freeReplyObject(generation);
}

/* As a call from the register before to the one after, or back, that comes late. */
static void expect_step(const char *says, const char *province, const char *turn, bool undoes,
                        const char *steps)
{
    char from[2 * REGISTER_DIGEST_BYTES + 1];
    char to[2 * REGISTER_DIGEST_BYTES + 1];
    write_digest(undoes ? ID_AFTER : ID_BEFORE, from);
    write_digest(undoes ? ID_BEFORE : ID_AFTER, to);
    redisReply *reply = redis_fixture_command(&changed.store.redis,
                                              "FCALL turnout_register_step 4 turnout:{e-1:%s}:totals "
                                              "turnout:{e-1:%s}:communes turnout:{e-1:%s}:units "
                                              "turnout:{e-1:%s}:aside %s %s %s %s %b",
                                              province, province, province, province, from, to, turn,
                                              "unused", steps, strlen(steps));
    ck_assert_int_eq(reply->type, REDIS_REPLY_ARRAY);
    ck_assert_str_eq(reply->element[0]->str, says);
    freeReplyObject(reply);
}

static void expect_end(int says, const char *turn, int wanted)
{
    char digest[2 * REGISTER_DIGEST_BYTES + 1];
    write_digest(wanted, digest);
    redisReply *reply = redis_fixture_command(&changed.store.redis,
                                              "FCALL turnout_register_end 3 turnout:{e-1}:meta "
                                              "turnout:{e-1}:ledger turnout:{e-1}:change %s %s",
                                              turn, digest);
    ck_assert_int_eq(reply->integer, says);
    freeReplyObject(reply);
}

/* The first province has taken its step, and nobody goes on. */
static void interrupt(void)
{
    struct answer answer = {.change = changed.change};
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1:02}:totals digest 00");
    store_take_up(changed.store.store, changed.change, "admin (7K4Q9M2D)", "why", 1, on_taken_up, &answer);
    store_fixture_run_until(&changed.store, &answer.is_there);
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_OTHER);
    char digest[2 * REGISTER_DIGEST_BYTES + 1];
    write_digest(ID_BEFORE, digest);
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1:02}:totals digest %s", digest);
    expect_integer(&changed.store, 1, "EXISTS turnout:{e-1}:change");
    expect_integer(&changed.store, 0, "XLEN turnout:{e-1}:ledger");
}

FIXTURE(begin, end);

TEST(an_interrupted_one_is_continued_by_who_asks_again)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted(&changed);
    expect_integer(&changed.store, (int64_t)changed.change->count, "XLEN turnout:{e-1}:ledger");
    follow(&changed);
    check_sums(&changed);
}

TEST(an_interrupted_one_is_continued_by_who_starts_with_the_new_files)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    store_fixture_disconnect(&changed.store);
    struct election_register *before = changed.store.reg;
    changed.store.reg = changed.after;
    changed.store.options.reg = changed.after;
    register_acquire(changed.after);
    struct error error;
    bool durable;
    ck_assert_int_eq(store_fixture_prepare(&changed.store, ID_AFTER, false, &durable, &error), TURNOUT_OK);
    check_nothing_noted(&changed);
    expect_integer(&changed.store, (int64_t)changed.change->count, "XLEN turnout:{e-1}:ledger");
    store_fixture_connect(&changed.store);
    check_sums(&changed);
    report(&changed, "u-far", 1, 30, STATUS_ACCEPTED);
    register_release(before);
}

/* In the province that is still as it was. */
TEST(an_interrupted_one_goes_back_when_a_unit_has_reported_since)
{
    int64_t registered = registered_in(&changed, "01");
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    ck_assert_int_ne(registered_in(&changed, "01"), registered);
    report(&changed, "01.1-001", 1, 5, STATUS_UNAVAILABLE);
    report(&changed, "02.1-001", 1, 5, STATUS_ACCEPTED);
    struct answer answer = take_up(&changed);
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_REFUSED);
    ck_assert_str_eq(answer.heard, "02.1-001 ");
    check_nothing_noted(&changed);
    ck_assert_int_eq(registered_in(&changed, "01"), registered);
    expect_integer(&changed.store, 0, "XLEN turnout:{e-1}:ledger");
    report(&changed, "01.1-001", 1, 5, STATUS_ACCEPTED);
    check_sums(&changed);
}

TEST(while_one_is_interrupted_no_other_is_begun)
{
    static const struct edit other[] = {{"u-other", "01.1", "5"}, {NULL, NULL, NULL}};
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    register_change_release(changed.change);
    register_release(changed.after);
    make_change(&changed, other, NULL);
    memset(changed.after->digest, 3, sizeof changed.after->digest);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_BUSY);
}

/* ---- the function itself ---- */

TEST(a_step_changes_nothing_where_it_cannot_be_whole)
{
    char turn[TURN_BYTES];
    write_turn(2, turn);
    int64_t registered = registered_in(&changed, "01");
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1:01}:totals digest 00");
    expect_step("other", "01", turn, false, "roll 01.1 5\n");
    char digest[2 * REGISTER_DIGEST_BYTES + 1];
    write_digest(ID_BEFORE, digest);
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1:01}:totals digest %s", digest);
    ck_assert_int_eq(registered_in(&changed, "01"), registered);
    expect_step("done", "01", turn, false, "roll 01.1 5\n");
    ck_assert_int_eq(registered_in(&changed, "01"), registered + 5);
    expect_step("done", "01", turn, false, "roll 01.1 5\n"); /* it was done */
    ck_assert_int_eq(registered_in(&changed, "01"), registered + 5);
}

/* ---- calls that come late ---- */

static void on_given_up(void *context, enum turnout_error error, const char *why,
                        const struct take_up *take_up)
{
    struct answer *answer = context;
    ck_assert_msg(error == TURNOUT_OK, "%s", why);
    *answer = (struct answer){.is_there = true, .take_up = {.outcome = take_up->outcome}};
}

static struct answer give_up(void)
{
    struct answer answer = {.change = changed.change};
    store_give_up_change(changed.store.store, on_given_up, &answer);
    store_fixture_run_until(&changed.store, &answer.is_there);
    return answer;
}

/* Of a server that was held up before its second step, and somebody else gave the change up. */
TEST(a_step_after_it_was_given_up_does_nothing)
{
    int64_t registered = registered_in(&changed, "02");
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    char turn[TURN_BYTES];
    write_turn(2, turn);
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_DONE);
    expect_step("overtaken", "01", turn, false, "roll 01.1 5\n");
    expect_step("overtaken", "02", turn, false, "roll 02.1 5\n");
    expect_end(-1, turn, ID_AFTER);
    ck_assert_int_eq(registered_in(&changed, "02"), registered);
    check_sums(&changed);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    follow(&changed);
    check_sums(&changed);
}

/* Of a server that gave it up, while somebody began it again. */
TEST(a_step_back_after_it_was_begun_again_does_nothing)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_DONE);
    interrupt();
    int64_t registered = registered_in(&changed, "01");
    char turn[TURN_BYTES];
    write_turn(3, turn);
    expect_step("overtaken", "01", turn, true, "roll 01.1 5\n");
    expect_end(-1, turn, ID_BEFORE);
    ck_assert_int_eq(registered_in(&changed, "01"), registered);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    follow(&changed);
    check_sums(&changed);
}

/* It is half taken back, and goes forth again. */
TEST(one_that_goes_back_is_begun_again)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    char turn[TURN_BYTES];
    write_turn(2, turn);
    redis_fixture_run(&changed.store.redis,
                      "FCALL turnout_register_back 2 turnout:{e-1}:meta turnout:{e-1}:change %s", turn);
    expect_end(-1, turn, ID_AFTER);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    expect_text(&changed.store, "4", "HGET turnout:{e-1}:meta turn");
    follow(&changed);
    check_sums(&changed);
}

TEST(a_call_of_another_generation_does_nothing)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    expect_step("overtaken", "02", "0123456789abcdef.8", false, "roll 02.1 5\n");
    expect_step("overtaken", "02", "none", false, "roll 02.1 5\n");
    expect_end(-1, "0123456789abcdef.2", ID_AFTER);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
}

TEST(one_is_continued_after_a_loss_was_accepted)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1}:meta renewing 00ff");
    expect_integer(&changed.store, 1, "FCALL turnout_renew 1 turnout:{e-1:01}:totals 00ff");
    expect_integer(&changed.store, 1, "FCALL turnout_renew 1 turnout:{e-1:02}:totals 00ff");
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_OVERTAKEN); /* until it is at its end */
    expect_integer(&changed.store, 1,
                   "FCALL turnout_accept 3 turnout:{e-1}:meta turnout:{e-1}:ledger turnout:{e-1}:change "
                   "00ff before line");
    expect_text(&changed.store, "00ff.2", "HGET turnout:{e-1}:change turn");
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted(&changed);
}

/* Counted by a server that had not heard that its register is not in force any more; and the other way round. */
static void interrupt_and_hear(void)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1:01}:units u-new %s",
                      "1 5 70 1773561600 1773561600123 progress 0 00");
    report(&changed, "02.1-001", 1, 5, STATUS_ACCEPTED);
}

TEST(what_was_heard_under_the_register_after_stands_in_the_way_back)
{
    interrupt_and_hear();
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_STUCK);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_STUCK);
    expect_integer(&changed.store, 1, "EXISTS turnout:{e-1}:change");
    redis_fixture_run(&changed.store.redis, "HDEL turnout:{e-1:01}:units u-new");
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted(&changed);
    check_sums(&changed);
}

/* The register before has it in a province that has not taken its step. */
TEST(what_was_heard_in_the_province_it_moved_to_stands_in_the_way_back)
{
    static const struct edit edits[] = {{"02.1-001", "01.1", NULL}, {NULL, NULL, NULL}};
    make_change(&changed, edits, NULL);
    interrupt();
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1:01}:units 02.1-001 %s",
                      "1 5 40 1773561600 1773561600123 progress 0 00");
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_STUCK);
    redis_fixture_run(&changed.store.redis, "HDEL turnout:{e-1:01}:units 02.1-001");
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted(&changed);
    check_sums(&changed);
}

/* What the province that has taken its step heard since is heard under the register that is wanted. */
TEST(what_was_heard_under_the_register_after_does_not_stand_in_the_way_forth)
{
    interrupt_and_hear();
    struct answer answer = take_up(&changed);
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_STUCK);
    ck_assert_str_eq(answer.heard, "02.1-001 ");
    redis_fixture_run(&changed.store.redis, "HDEL turnout:{e-1:02}:units 02.1-001");
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted(&changed);
}

/* Starts with the files of the register after. */
static enum turnout_error start_after(struct error *error)
{
    bool durable;
    changed.store.options.reg = changed.after;
    return store_fixture_prepare(&changed.store, ID_AFTER, false, &durable, error);
}

TEST(nobody_starts_on_what_goes_neither_forth_nor_back)
{
    struct error error;
    interrupt_and_hear();
    ck_assert_int_eq(start_after(&error), TURNOUT_CONFLICT);
    ck_assert_msg(strstr(error.text, "units have reported under either register") != NULL, "%s", error.text);
    expect_integer(&changed.store, 1, "EXISTS turnout:{e-1}:change");
}

/* The files are not those of the register that is in force then. */
TEST(it_goes_back_when_a_unit_has_reported_before_the_start)
{
    struct error error;
    int64_t registered = registered_in(&changed, "01");
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    report(&changed, "02.1-001", 1, 5, STATUS_ACCEPTED);
    ck_assert_int_eq(start_after(&error), TURNOUT_CONFLICT);
    check_nothing_noted(&changed);
    ck_assert_int_eq(registered_in(&changed, "01"), registered);
    check_sums(&changed);
}

TEST(nobody_starts_while_a_province_is_taken_further)
{
    struct error error;
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1:02}:totals turn 999");
    ck_assert_int_eq(start_after(&error), TURNOUT_UNAVAILABLE);
    ck_assert_msg(strstr(error.text, "turned it round or ended it") != NULL, "%s", error.text);
}

TEST(nobody_starts_where_a_province_is_of_a_third_register)
{
    struct error error;
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1:02}:totals digest 00");
    ck_assert_int_eq(start_after(&error), TURNOUT_CONFLICT);
    ck_assert_msg(strstr(error.text, "third register") != NULL, "%s", error.text);
    expect_integer(&changed.store, 1, "EXISTS turnout:{e-1}:change");
}

/* Meta holds the register that is asked for, but not every province does. */
TEST(while_it_is_interrupted_the_register_before_is_not_in_force)
{
    static const struct edit edits[] = {{"u-new", "01.2", "70"}, {NULL, NULL, NULL}};
    make_change(&changed, edits, NULL);
    interrupt();
    struct election_register *before = changed.store.reg;
    struct register_change *forth = changed.change;
    changed.change = register_change_new(changed.after, &changed.store.election.rules, before,
                                         &changed.store.election.rules);
    store_set_register(changed.store.store, changed.after);
    store_fixture_wait_up(&changed.store);
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_BUSY);
    store_set_register(changed.store.store, before);
    register_change_release(changed.change);
    changed.change = forth;
}

/* As it was noted down by a server that knew of no turns. */
TEST(one_without_a_turn_is_given_one)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    redis_fixture_run(&changed.store.redis, "HDEL turnout:{e-1}:change turn");
    redis_fixture_run(&changed.store.redis, "HDEL turnout:{e-1}:meta turn");
    ck_assert_int_eq(take_up(&changed).take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted(&changed);
}

TEST(nothing_is_given_up_where_nothing_was_begun)
{
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_DONE_BEFORE);
    expect_integer(&changed.store, 0, "EXISTS turnout:{e-1}:change");
}

TEST(nothing_is_given_up_from_another_register)
{
    make_change(&changed, all_kinds, "02.new");
    interrupt();
    redis_fixture_run(&changed.store.redis, "HSET turnout:{e-1}:change from 00");
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_OTHER);
    expect_integer(&changed.store, 1, "EXISTS turnout:{e-1}:change");
}

SUITE("interrupted_take_up");
