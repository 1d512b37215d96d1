/* Taking up a changed register in a real Redis: what stands afterwards, what is refused, and what becomes of one that is
 * interrupted at any of its steps. */
#include <turnout/store/take_up.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "expect_redis.h"
#include "store_fixture.h"
#include "suite.h"
#include "told_faults.h"

enum { ID_BEFORE = 1, ID_AFTER = 2, TURN_BYTES = 64 };

static struct store_fixture store;
static struct election_register *after;
static struct register_change *change;

/* What is to be another about a unit; one without a commune is withdrawn, one that is not there is added. */
struct edit {
    const char *unit;
    const char *commune;
    const char *registered; /* NULL: as it is */
};

static void begin(void)
{
    store_fixture_begin(&store);
}

static void end(void)
{
    register_change_release(change);
    register_release(after);
    store_fixture_end(&store);
}

static const struct edit *edit_of(const struct edit *edits, const char *unit)
{
    while (edits->unit != NULL && strcmp(edits->unit, unit) != 0) {
        edits++;
    }
    return edits->unit == NULL ? NULL : edits;
}

static void add_unit(struct register_builder *builder, const char *code, const char *commune,
                     const char *registered)
{
    register_builder_add_unit(builder, 1, slice_of(code), slice_of(commune), slice_of("unit"),
                              slice_of(registered));
}

static void add_units(struct register_builder *builder, const struct edit *edits)
{
    for (uint32_t i = 0; i < store.reg->unit_count; i++) {
        const struct unit *unit = &store.reg->units[i];
        const struct edit *edit = edit_of(edits, unit->code);
        char registered[16];
        (void)snprintf(registered, sizeof registered, "%u", unit->registered);
        if (edit == NULL) {
            add_unit(builder, unit->code, store.reg->areas[unit->commune].code, registered);
        } else if (edit->commune != NULL) {
            add_unit(builder, unit->code, edit->commune,
                     edit->registered == NULL ? registered : edit->registered);
        }
    }
    for (; edits->unit != NULL; edits++) {
        if (register_find_unit(store.reg, slice_of(edits->unit)) == REGISTER_NONE) {
            add_unit(builder, edits->unit, edits->commune, edits->registered);
        }
    }
}

/* The fixture's register with the edits, up to one without a unit, and with a commune more if one is named. */
static void make_change(const struct edit *edits, const char *new_commune)
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    for (uint32_t i = 0; i < store.reg->area_count; i++) {
        const struct area *area = &store.reg->areas[i];
        register_builder_add_area(
            builder, 1, slice_of(area->code), slice_of(area_level_name(area->level)),
            slice_of(area->parent == REGISTER_NONE ? "" : store.reg->areas[area->parent].code),
            slice_of(area->name), slice_of(area->name_en));
    }
    if (new_commune != NULL) {
        register_builder_add_area(builder, 1, slice_of(new_commune), slice_of("commune"), slice_of("02"),
                                  slice_of("new"), slice_of(""));
    }
    add_units(builder, edits);
    after = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(after);
    memset(after->digest, ID_AFTER, sizeof after->digest);
    change = register_change_new(store.reg, &store.election.rules, after, &store.election.rules);
}

struct answer {
    bool is_there;
    enum turnout_error error;
    struct take_up take_up;
    char heard[256]; /* the codes */
};

static void on_taken_up(void *context, enum turnout_error error, const char *why,
                        const struct take_up *take_up)
{
    struct answer *answer = context;
    ck_assert_msg(error == TURNOUT_OK, "%s", why);
    answer->is_there = true;
    answer->error = error;
    if (take_up != NULL) {
        answer->take_up = *take_up;
        for (size_t i = 0; i < change->count; i++) {
            if (take_up->heard[i]) {
                strcat(answer->heard, change->rows[i].code);
                strcat(answer->heard, " ");
            }
        }
    }
}

static struct answer take_up(void)
{
    struct answer answer = {.is_there = false};
    store_take_up(store.store, change, "admin (7K4Q9M2D)", "a new station", 1773561600123, on_taken_up,
                  &answer);
    store_fixture_run_until(&store, &answer.is_there);
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    return answer;
}

static struct answer look(void)
{
    struct answer answer = {.is_there = false};
    store_look_at_change(store.store, change, on_taken_up, &answer);
    store_fixture_run_until(&store, &answer.is_there);
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    return answer;
}

static int64_t registered_in(const char *province)
{
    redisReply *reply =
        redis_fixture_command(&store.redis, "HGET turnout:{e-1:%s}:totals registered", province);
    int64_t registered = strtoll(reply->str, NULL, 10);
    freeReplyObject(reply);
    return registered;
}

/* From now on the store and the tally are of the register that was taken up. */
static void follow(void)
{
    struct election_register *before = store.reg;
    store_set_register(store.store, after);
    tally_set_register(store.tally, after);
    register_acquire(after);
    store.reg = after;
    store.register_id = ID_AFTER;
    register_release(before);
    store_fixture_wait_up(&store);
}

/* Every roll, of provinces and communes, is that of the register. */
static void check_sums(void)
{
    for (uint32_t i = 1; i < store.reg->area_count; i++) {
        const struct area *area = &store.reg->areas[i];
        char command[128];
        char wanted[16];
        (void)snprintf(wanted, sizeof wanted, "%lld", (long long)area->registered);
        if (area->level == AREA_PROVINCE) {
            ck_assert_int_eq(registered_in(area->code), area->registered);
        } else {
            (void)snprintf(command, sizeof command, "HGET turnout:{e-1:%s}:communes %s",
                           store.reg->areas[area->parent].code, area->code);
            expect_word(&store, wanted, command, 3);
        }
    }
}

static void check_nothing_noted(void)
{
    expect_integer(&store, 0, "EXISTS turnout:{e-1}:change");
}

static void report(const char *unit, int32_t seq, int32_t voted, enum report_status wanted)
{
    struct report_outcome outcome;
    uint32_t index = register_find_unit(store.reg, slice_of(unit));
    ck_assert_uint_ne(index, REGISTER_NONE);
    struct report sent = store_fixture_report(&store, index, seq, voted);
    enum turnout_error failed = store_fixture_apply_one(&store, index, &sent, &outcome);
    ck_assert_int_eq(failed, wanted == STATUS_UNAVAILABLE ? TURNOUT_UNAVAILABLE : TURNOUT_OK);
    ck_assert_int_eq(outcome.status, wanted);
}

FIXTURE(begin, end);

static const struct edit all_kinds[] = {{"u-new", "01.2", "70"},    {"u-far", "02.new", "30"},
                                        {"01.1-002", NULL, NULL},   {"01.2-001", "02.1", NULL},
                                        {"01.2-002", "01.1", "33"}, {"02.1-001", "02.1", "99"},
                                        {NULL, NULL, NULL}};

TEST(every_kind_is_taken_up_and_adds_up)
{
    make_change(all_kinds, "02.new");
    ck_assert_int_eq(look().take_up.outcome, TAKE_UP_POSSIBLE);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted();
    expect_integer(&store, (int64_t)change->count, "XLEN turnout:{e-1}:ledger");
    follow();
    check_sums();
    report("u-new", 1, 7, STATUS_ACCEPTED);
    report("u-far", 1, 30, STATUS_ACCEPTED);
    report("01.2-002", 1, 33, STATUS_ACCEPTED);
}

TEST(it_stands_in_the_ledger_row_by_row)
{
    static const struct edit edits[] = {
        {"u-new", "01.2", "70"}, {"02.1-001", "02.1", "99"}, {NULL, NULL, NULL}};
    make_change(edits, NULL);
    char roll[32];
    (void)snprintf(roll, sizeof roll, "%u",
                   store.reg->units[register_find_unit(store.reg, slice_of("02.1-001"))].registered);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    struct buffer wanted = {0};
    buffer_printf(&wanted,
                  "1773561600123 unit-added u-new 0  70 a new station\n"
                  "1773561600123 roll-mended 02.1-001 0 %s 99 a new station\n",
                  roll);
    expect_ledger(&store, "turnout:{e-1}:ledger", wanted.bytes);
    buffer_done(&wanted);
}

TEST(what_was_counted_stays)
{
    static const struct edit edits[] = {{"u-new", "01.1", "70"}, {NULL, NULL, NULL}};
    report("01.1-001", 1, 5, STATUS_ACCEPTED);
    make_change(edits, NULL);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    report("01.1-001", 2, 6, STATUS_UNAVAILABLE); /* by a tally that has not heard of it */
    follow();
    report("01.1-001", 1, 5, STATUS_DUPLICATE);
    report("01.1-001", 2, 6, STATUS_ACCEPTED);
    expect_text(&store, "6", "HGET turnout:{e-1:01}:totals voted");
}

/* Each, while its unit has reported. */
static const struct edit needing_silence[] = {{"01.1-002", NULL, NULL},
                                              {"01.1-002", "01.2", NULL},
                                              {"01.1-002", "02.1", NULL},
                                              {"01.1-002", "01.1", "95"}};

LOOP_TEST(a_unit_that_counts_is_refused, COUNT(needing_silence))
{
    struct edit edits[] = {needing_silence[_i], {"u-new", "01.2", "70"}, {NULL, NULL, NULL}};
    int64_t registered = registered_in("01");
    report("01.1-002", 1, 5, STATUS_ACCEPTED);
    make_change(edits, NULL);
    struct answer looked = look();
    ck_assert_int_eq(looked.take_up.outcome, TAKE_UP_REFUSED);
    ck_assert_str_eq(looked.heard, "01.1-002 ");
    struct answer answer = take_up();
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_REFUSED);
    ck_assert_str_eq(answer.heard, "01.1-002 ");
    check_nothing_noted();
    ck_assert_int_eq(registered_in("01"), registered);
    report("01.1-002", 2, 6, STATUS_ACCEPTED);
}

TEST(what_is_impossible_is_not_begun)
{
    static const struct edit edits[] = {{NULL, NULL, NULL}};
    make_change(edits, "01.1-002x");
    change->impossible = 1;
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_REFUSED);
    check_nothing_noted();
}

/* ---- interruptions ---- */

static void write_digest(int byte, char ret_text[2 * REGISTER_DIGEST_BYTES + 1])
{
    for (size_t i = 0; i < REGISTER_DIGEST_BYTES; i++) {
        (void)snprintf(ret_text + 2 * i, 3, "%02x", (unsigned)byte);
    }
}

/* A turn of this number. */
static void write_turn(long long number, char ret_turn[TURN_BYTES])
{
    redisReply *generation = redis_fixture_command(&store.redis, "HGET turnout:{e-1}:meta generation");
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
    redisReply *reply = redis_fixture_command(&store.redis,
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
    redisReply *reply = redis_fixture_command(&store.redis,
                                              "FCALL turnout_register_end 3 turnout:{e-1}:meta "
                                              "turnout:{e-1}:ledger turnout:{e-1}:change %s %s",
                                              turn, digest);
    ck_assert_int_eq(reply->integer, says);
    freeReplyObject(reply);
}

/* The first province has taken its step, and nobody goes on. */
static void interrupt(void)
{
    struct answer answer = {.is_there = false};
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:02}:totals digest 00");
    store_take_up(store.store, change, "admin (7K4Q9M2D)", "why", 1, on_taken_up, &answer);
    store_fixture_run_until(&store, &answer.is_there);
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_OTHER);
    char digest[2 * REGISTER_DIGEST_BYTES + 1];
    write_digest(ID_BEFORE, digest);
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:02}:totals digest %s", digest);
    expect_integer(&store, 1, "EXISTS turnout:{e-1}:change");
    expect_integer(&store, 0, "XLEN turnout:{e-1}:ledger");
}

TEST(an_interrupted_one_is_continued_by_who_asks_again)
{
    make_change(all_kinds, "02.new");
    interrupt();
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted();
    expect_integer(&store, (int64_t)change->count, "XLEN turnout:{e-1}:ledger");
    follow();
    check_sums();
}

TEST(an_interrupted_one_is_continued_by_who_starts_with_the_new_files)
{
    make_change(all_kinds, "02.new");
    interrupt();
    store_fixture_disconnect(&store);
    struct election_register *before = store.reg;
    store.reg = after;
    store.options.reg = after;
    register_acquire(after);
    struct error error;
    bool durable;
    ck_assert_int_eq(store_fixture_prepare(&store, ID_AFTER, false, &durable, &error), TURNOUT_OK);
    check_nothing_noted();
    expect_integer(&store, (int64_t)change->count, "XLEN turnout:{e-1}:ledger");
    store_fixture_connect(&store);
    check_sums();
    report("u-far", 1, 30, STATUS_ACCEPTED);
    register_release(before);
}

/* In the province that is still as it was. */
TEST(an_interrupted_one_goes_back_when_a_unit_has_reported_since)
{
    int64_t registered = registered_in("01");
    make_change(all_kinds, "02.new");
    interrupt();
    ck_assert_int_ne(registered_in("01"), registered);
    report("01.1-001", 1, 5, STATUS_UNAVAILABLE);
    report("02.1-001", 1, 5, STATUS_ACCEPTED);
    struct answer answer = take_up();
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_REFUSED);
    ck_assert_str_eq(answer.heard, "02.1-001 ");
    check_nothing_noted();
    ck_assert_int_eq(registered_in("01"), registered);
    expect_integer(&store, 0, "XLEN turnout:{e-1}:ledger");
    report("01.1-001", 1, 5, STATUS_ACCEPTED);
    check_sums();
}

TEST(while_one_is_interrupted_no_other_is_begun)
{
    static const struct edit other[] = {{"u-other", "01.1", "5"}, {NULL, NULL, NULL}};
    make_change(all_kinds, "02.new");
    interrupt();
    register_change_release(change);
    register_release(after);
    make_change(other, NULL);
    memset(after->digest, 3, sizeof after->digest);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_BUSY);
}

TEST(another_register_in_redis_is_named)
{
    static const struct edit edits[] = {{"u-new", "01.1", "70"}, {NULL, NULL, NULL}};
    make_change(edits, NULL);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE_BEFORE);
    memset(after->digest, 3, sizeof after->digest);
    struct answer answer = take_up();
    ck_assert_int_eq(answer.take_up.outcome, TAKE_UP_OTHER);
    ck_assert_str_eq(answer.take_up.other, "0810-40G2");
}

/* ---- the function itself ---- */

TEST(a_step_changes_nothing_where_it_cannot_be_whole)
{
    char turn[TURN_BYTES];
    write_turn(2, turn);
    int64_t registered = registered_in("01");
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals digest 00");
    expect_step("other", "01", turn, false, "roll 01.1 5\n");
    char digest[2 * REGISTER_DIGEST_BYTES + 1];
    write_digest(ID_BEFORE, digest);
    redis_fixture_run(&store.redis, "HSET turnout:{e-1:01}:totals digest %s", digest);
    ck_assert_int_eq(registered_in("01"), registered);
    expect_step("done", "01", turn, false, "roll 01.1 5\n");
    ck_assert_int_eq(registered_in("01"), registered + 5);
    expect_step("done", "01", turn, false, "roll 01.1 5\n"); /* it was done */
    ck_assert_int_eq(registered_in("01"), registered + 5);
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
    struct answer answer = {.is_there = false};
    store_give_up_change(store.store, on_given_up, &answer);
    store_fixture_run_until(&store, &answer.is_there);
    return answer;
}

/* Of a server that was held up before its second step, and somebody else gave the change up. */
TEST(a_step_after_it_was_given_up_does_nothing)
{
    int64_t registered = registered_in("02");
    make_change(all_kinds, "02.new");
    interrupt();
    char turn[TURN_BYTES];
    write_turn(2, turn);
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_DONE);
    expect_step("overtaken", "01", turn, false, "roll 01.1 5\n");
    expect_step("overtaken", "02", turn, false, "roll 02.1 5\n");
    expect_end(-1, turn, ID_AFTER);
    ck_assert_int_eq(registered_in("02"), registered);
    check_sums();
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    follow();
    check_sums();
}

/* Of a server that gave it up, while somebody began it again. */
TEST(a_step_back_after_it_was_begun_again_does_nothing)
{
    make_change(all_kinds, "02.new");
    interrupt();
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_DONE);
    interrupt();
    int64_t registered = registered_in("01");
    char turn[TURN_BYTES];
    write_turn(3, turn);
    expect_step("overtaken", "01", turn, true, "roll 01.1 5\n");
    expect_end(-1, turn, ID_BEFORE);
    ck_assert_int_eq(registered_in("01"), registered);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    follow();
    check_sums();
}

/* It is half taken back, and goes forth again. */
TEST(one_that_goes_back_is_begun_again)
{
    make_change(all_kinds, "02.new");
    interrupt();
    char turn[TURN_BYTES];
    write_turn(2, turn);
    redis_fixture_run(&store.redis,
                      "FCALL turnout_register_back 2 turnout:{e-1}:meta turnout:{e-1}:change %s", turn);
    expect_end(-1, turn, ID_AFTER);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    expect_text(&store, "4", "HGET turnout:{e-1}:meta turn");
    follow();
    check_sums();
}

TEST(a_call_of_another_generation_does_nothing)
{
    make_change(all_kinds, "02.new");
    interrupt();
    expect_step("overtaken", "02", "0123456789abcdef.8", false, "roll 02.1 5\n");
    expect_step("overtaken", "02", "none", false, "roll 02.1 5\n");
    expect_end(-1, "0123456789abcdef.2", ID_AFTER);
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
}

TEST(one_is_continued_after_a_loss_was_accepted)
{
    make_change(all_kinds, "02.new");
    interrupt();
    redis_fixture_run(&store.redis, "HSET turnout:{e-1}:meta renewing 00ff");
    expect_integer(&store, 1, "FCALL turnout_renew 1 turnout:{e-1:01}:totals 00ff");
    expect_integer(&store, 1, "FCALL turnout_renew 1 turnout:{e-1:02}:totals 00ff");
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_OVERTAKEN); /* until it is at its end */
    expect_integer(&store, 1,
                   "FCALL turnout_accept 3 turnout:{e-1}:meta turnout:{e-1}:ledger turnout:{e-1}:change "
                   "00ff before line");
    expect_text(&store, "00ff.2", "HGET turnout:{e-1}:change turn");
    ck_assert_int_eq(take_up().take_up.outcome, TAKE_UP_DONE);
    check_nothing_noted();
}

TEST(nothing_is_given_up_where_nothing_was_begun)
{
    ck_assert_int_eq(give_up().take_up.outcome, TAKE_UP_DONE_BEFORE);
    expect_integer(&store, 0, "EXISTS turnout:{e-1}:change");
}

SUITE("take_up");
