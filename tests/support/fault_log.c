/* Reads by a blocking link. */
#include "fault_log.h"

#include <check.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

static redisReply *ask(struct redisContext *redis, int type, const char *command, const char *province,
                       const char *key, const char *rest)
{
    char name[64];
    int length = snprintf(name, sizeof name, "turnout:{small:%s}:%s", province, key);
    ck_assert(length > 0 && (size_t)length < sizeof name);
    redisReply *reply = rest != NULL ? redisCommand(redis, "%s %s %s", command, name, rest)
                                     : redisCommand(redis, "%s %s", command, name);
    ck_assert_msg(reply != NULL, "%s %s: %s", command, name, redis->errstr);
    ck_assert_msg(reply->type == type || reply->type == REDIS_REPLY_NIL, "%s %s: %s", command, name,
                  reply->type == REDIS_REPLY_ERROR ? reply->str : "another kind of reply");
    return reply;
}

static void add_line(struct fault_log *log, const char *commune, const char *entry, const char *text,
                     size_t length)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity == 0 ? 1024 : 2 * log->capacity;
        log->lines = memory_resize(log->lines, log->capacity, sizeof *log->lines);
    }
    struct fault_line *line = &log->lines[log->count++];
    *line = (struct fault_line){.text = memory_new(length + 1)};
    memcpy(line->text, text, length);
    ck_assert_int_lt(snprintf(line->commune, sizeof line->commune, "%s", commune), sizeof line->commune);
    ck_assert_int_lt(snprintf(line->entry, sizeof line->entry, "%s", entry), sizeof line->entry);
    line->is_held = strstr(line->text, "\"outcome\":\"held\"") != NULL;
    ck_assert_msg(line->is_held || strstr(line->text, "\"outcome\":\"accepted\"") != NULL,
                  "a line of another kind: %s", line->text);
}

/* The id of a commune's last entry so far. */
static const char *last_of(const struct fault_log *log, const char *commune)
{
    for (size_t i = log->count; i > 0; i--) {
        if (strcmp(log->lines[i - 1].commune, commune) == 0) {
            return log->lines[i - 1].entry;
        }
    }
    return "-";
}

static void add_entry(struct fault_log *log, const redisReply *entry)
{
    const char *id = entry->element[0]->str;
    const redisReply *fields = entry->element[1];
    ck_assert_uint_eq(fields->elements, 6);
    const char *commune = fields->element[1]->str;
    const char *previous = fields->element[3]->str;
    const char *last = last_of(log, commune);
    ck_assert_msg(strcmp(previous, last) == 0, "entry %s of %s names %s before it, not %s", id, commune,
                  previous, last);
    const char *rest = fields->element[5]->str;
    for (const char *end = strchr(rest, '\n'); end != NULL; end = strchr(rest, '\n')) {
        add_line(log, commune, id, rest, (size_t)(end - rest));
        rest = end + 1;
    }
    add_line(log, commune, id, rest, strlen(rest));
}

void fault_log_read(struct redisContext *redis, struct fault_log *ret_log)
{
    static const char *const provinces[] = {"01", "02"};
    *ret_log = (struct fault_log){0};
    for (size_t i = 0; i < 2; i++) {
        char key[64];
        (void)snprintf(key, sizeof key, "turnout:{small:%s}:log", provinces[i]);
        redisReply *entries = redisCommand(redis, "XRANGE %s - +", key);
        ck_assert_msg(entries != NULL && entries->type == REDIS_REPLY_ARRAY, "no log of %s", provinces[i]);
        for (size_t at = 0; at < entries->elements; at++) {
            add_entry(ret_log, entries->element[at]);
        }
        freeReplyObject(entries);
    }
}

void fault_log_done(struct fault_log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        free(log->lines[i].text);
    }
    free(log->lines);
    *log = (struct fault_log){0};
}

void fault_words_read(struct redisContext *redis, const char *province, const char *hash, const char *field,
                      char *ret_words, size_t capacity)
{
    redisReply *reply = ask(redis, REDIS_REPLY_STRING, "HGET", province, hash, field);
    int length = snprintf(ret_words, capacity, "%s", reply->type == REDIS_REPLY_STRING ? reply->str : "");
    ck_assert_int_lt(length, (int)capacity);
    freeReplyObject(reply);
}

long long fault_words_count(struct redisContext *redis, const char *province, const char *hash)
{
    const char *command = strcmp(hash, "waiting") == 0 ? "ZCARD" : "HLEN";
    redisReply *reply = ask(redis, REDIS_REPLY_INTEGER, command, province, hash, NULL);
    long long count = reply->integer;
    freeReplyObject(reply);
    return count;
}
