/* What must stand in the Redis of a fixture. A command is given whole, so keys and fields must need no quotes. */
#ifndef TURNOUT_TESTS_EXPECT_REDIS_H
#define TURNOUT_TESTS_EXPECT_REDIS_H

#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/log_line.h>

#include "store_fixture.h"

static inline void expect_text(struct store_fixture *fixture, const char *wanted, const char *command)
{
    redisReply *reply = redis_fixture_command(&fixture->redis, command);
    ck_assert_msg(reply->type == REDIS_REPLY_STRING, "%s", command);
    ck_assert_msg(strcmp(reply->str, wanted) == 0, "%s is %s, not %s", command, reply->str, wanted);
    freeReplyObject(reply);
}

static inline void expect_integer(struct store_fixture *fixture, int64_t wanted, const char *command)
{
    redisReply *reply = redis_fixture_command(&fixture->redis, command);
    ck_assert_msg(reply->type == REDIS_REPLY_INTEGER && reply->integer == wanted, "%s: %lld", command,
                  reply->integer);
    freeReplyObject(reply);
}

/* Word `index` of what the command answers, counted from 0. */
static inline void expect_word(struct store_fixture *fixture, const char *wanted, const char *command,
                               int index)
{
    redisReply *reply = redis_fixture_command(&fixture->redis, command);
    ck_assert_msg(reply->type == REDIS_REPLY_STRING, "%s", command);
    struct slice words = {reply->str, reply->len};
    for (int i = 0; i < index; i++) {
        (void)text_split(&words, ' ');
    }
    ck_assert_msg(slice_equals(text_split(&words, ' '), wanted), "word %d of %s is not %s", index, reply->str,
                  wanted);
    freeReplyObject(reply);
}

static inline void expect_line(struct slice text, struct log_line *ret_line)
{
    struct error error;
    enum turnout_error failed = log_line_read(text, ret_line, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s", error.text);
}

/* A log in the order of its entries, each line as `commune unit seq voted outcome voted_before flags who why`. */
static inline void expect_log(struct store_fixture *fixture, const char *key, const char *wanted)
{
    struct buffer got = {0};
    redisReply *entries = redis_fixture_command(&fixture->redis, "XRANGE %s - +", key);
    for (size_t i = 0; i < entries->elements; i++) {
        const redisReply *fields = entries->element[i]->element[1];
        ck_assert_uint_eq(fields->elements, 6);
        ck_assert_str_eq(fields->element[0]->str, "commune");
        ck_assert_str_eq(fields->element[4]->str, "lines");
        struct slice lines = {fields->element[5]->str, fields->element[5]->len};
        while (lines.bytes != NULL) {
            struct log_line line;
            expect_line(text_split(&lines, '\n'), &line);
            buffer_printf(&got, "%s %s %d %d %s %d %s %s %s\n", fields->element[1]->str, line.report.unit,
                          line.report.seq, line.report.voted, log_outcome_name(line.outcome),
                          line.voted_before, line.flags, line.who, line.why);
        }
    }
    ck_assert_str_eq(got.bytes == NULL ? "" : got.bytes, wanted);
    freeReplyObject(entries);
    buffer_done(&got);
}

/* A ledger as the public reads it, each entry as `when kind unit seq before after reason`. */
static inline void expect_ledger(struct store_fixture *fixture, const char *key, const char *wanted)
{
    struct buffer got = {0};
    redisReply *entries = redis_fixture_command(&fixture->redis, "XRANGE %s - +", key);
    for (size_t i = 0; i < entries->elements; i++) {
        const redisReply *fields = entries->element[i]->element[1];
        struct ledger_entry read[LOG_LINE_ENTRIES_MAX];
        struct log_line line;
        ck_assert_uint_eq(fields->elements, 2);
        ck_assert_str_eq(fields->element[0]->str, "line");
        expect_line((struct slice){fields->element[1]->str, fields->element[1]->len}, &line);
        size_t count = log_line_ledger_entries(&line, fixture->reg, read);
        for (size_t e = 0; e < count; e++) {
            const char *unit = read[e].unit_code;
            buffer_printf(&got, "%lld %s %s %d %s %s %s\n", (long long)read[e].when_ms,
                          ledger_kind_name(read[e].kind), unit, read[e].seq, read[e].before, read[e].after,
                          read[e].reason);
        }
    }
    ck_assert_str_eq(got.bytes == NULL ? "" : got.bytes, wanted);
    freeReplyObject(entries);
    buffer_done(&got);
}

#endif
