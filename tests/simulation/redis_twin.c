/* Copying to the twin, asking it, comparing. The ids of log entries are Redis's own, and differ. */
#include "redis_twin.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "model_data.h"
#include "model_functions.h"
#include "world.h"

static redisContext *twin;

static redisReply *ask(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    redisReply *reply = redisvCommand(twin, format, arguments);
    va_end(arguments);
    if (reply == NULL || reply->type == REDIS_REPLY_ERROR) {
        world_fail("the real Redis says: %s", reply == NULL ? twin->errstr : reply->str);
    }
    return reply;
}

void twin_open(const char *path)
{
    twin = redisConnectUnix(path);
    assert(twin != NULL);
    if (twin->err != 0) {
        world_fail("%s: %s", path, twin->errstr);
    }
}

void twin_close(void)
{
    if (twin != NULL) {
        redisFree(twin);
        twin = NULL;
    }
}

/* ---- copying ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name);
    return length >= strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

static bool is_sorted_set(const struct model_key *key)
{
    return ends_with(key->name, ":waiting") || ends_with(key->name, ":flagged");
}

static void copy_key(const struct model_key *key)
{
    for (size_t i = 0; i < key->field_count; i++) {
        const struct model_field *field = &key->fields[i];
        freeReplyObject(
            is_sorted_set(key)
                ? ask("ZADD %s %b %s", key->name, field->value.bytes, field->value.length, field->name)
                : ask("HSET %s %s %b", key->name, field->name, field->value.bytes, field->value.length));
    }
    for (size_t i = 0; i < key->entry_count; i++) {
        const struct model_entry *entry = &key->entries[i];
        freeReplyObject(ask("XADD %s %" PRIu64 "-0 commune %b lines %b", key->name, entry->id,
                            entry->commune.bytes, entry->commune.length, entry->lines.bytes,
                            entry->lines.length));
    }
}

void twin_copy(void)
{
    if (twin != NULL) {
        freeReplyObject(ask("FLUSHALL"));
        model_each_key(copy_key);
    }
}

/* ---- comparing ---- */

static struct slice without_last_word(struct slice text)
{
    struct slice word;
    (void)text_split_last(&text, ' ', &word);
    return text;
}

static struct slice text_of(const redisReply *reply)
{
    return (struct slice){reply->str, reply->len};
}

static bool is_same_reply(const redisReply *a, const redisReply *b, bool is_load)
{
    if (a->type != b->type || a->elements != b->elements) {
        return false;
    }
    switch (a->type) {
    case REDIS_REPLY_INTEGER:
        return a->integer == b->integer;
    case REDIS_REPLY_STRING:
        return model_is_same(text_of(a), text_of(b));
    case REDIS_REPLY_ARRAY:
        for (size_t i = 0; i < a->elements; i++) {
            bool has_id = is_load && i == 3 && a->element[i]->type == REDIS_REPLY_STRING &&
                          b->element[i]->type == REDIS_REPLY_STRING;
            if (has_id ? !model_is_same(without_last_word(text_of(a->element[i])),
                                        without_last_word(text_of(b->element[i])))
                       : !is_same_reply(a->element[i], b->element[i], false)) {
                return false;
            }
        }
        return true;
    default:
        return true; /* nil; errors, whatever they say */
    }
}

void twin_check(struct slice command, struct slice reply_of_model)
{
    if (twin == NULL) {
        return;
    }
    redisReader *reader = redisReaderCreate();
    void *expected = NULL;
    void *reply = NULL;
    bool is_read = redisReaderFeed(reader, reply_of_model.bytes, reply_of_model.length) == REDIS_OK &&
                   redisReaderGetReply(reader, &expected) == REDIS_OK && expected != NULL;
    assert(is_read);
    if (redisAppendFormattedCommand(twin, command.bytes, command.length) != REDIS_OK ||
        redisGetReply(twin, &reply) != REDIS_OK) {
        world_fail("the real Redis does not answer: %s", twin->errstr);
    }
    struct slice name = model_name_of(command);
    if (!is_same_reply(expected, reply, slice_equals(name, "turnout_load"))) {
        const redisReply *answer = reply;
        world_fail("%.*s: the model answers otherwise than Redis (%s); the model:\n%.*s", (int)name.length,
                   name.bytes, answer->str == NULL ? "no text" : answer->str, (int)reply_of_model.length,
                   reply_of_model.bytes);
    }
    freeReplyObject(expected);
    freeReplyObject(reply);
    redisReaderFree(reader);
}

static void check_field(const struct model_key *key, const struct model_field *field)
{
    redisReply *reply = is_sorted_set(key) ? ask("ZSCORE %s %s", key->name, field->name)
                                           : ask("HGET %s %s", key->name, field->name);
    bool has_id = ends_with(key->name, ":communes");
    struct slice stands = reply->type == REDIS_REPLY_STRING ? text_of(reply) : slice_of("");
    struct slice expected = field->value;
    if (!model_is_same(has_id ? without_last_word(stands) : stands,
                       has_id ? without_last_word(expected) : expected)) {
        world_fail("%s %s: \"%.*s\" in Redis, \"%.*s\" in the model", key->name, field->name,
                   (int)stands.length, stands.bytes, (int)expected.length, expected.bytes);
    }
    freeReplyObject(reply);
}

static void check_count(const struct model_key *key, const char *command, size_t expected)
{
    redisReply *reply = ask("%s %s", command, key->name);
    if (reply->integer != (long long)expected) {
        world_fail("%s %s: %lld in Redis, %zu in the model", command, key->name, reply->integer, expected);
    }
    freeReplyObject(reply);
}

/* The last field of an entry is its lines, in the log as in the ledger. */
static void check_entries(const struct model_key *key)
{
    redisReply *reply = ask("XRANGE %s - +", key->name);
    for (size_t i = 0; i < key->entry_count; i++) {
        const redisReply *fields = reply->element[i]->element[1];
        if (!model_is_same(text_of(fields->element[fields->elements - 1]), key->entries[i].lines)) {
            world_fail("%s: entry %zu has other lines in Redis than in the model", key->name, i);
        }
    }
    freeReplyObject(reply);
}

static void check_key(const struct model_key *key)
{
    for (size_t i = 0; i < key->field_count; i++) {
        check_field(key, &key->fields[i]);
    }
    if (key->entry_count > 0) {
        check_count(key, "XLEN", key->entry_count);
        check_entries(key);
    } else {
        bool is_stream = ends_with(key->name, ":log") || ends_with(key->name, ":ledger");
        check_count(key, is_stream ? "XLEN" : is_sorted_set(key) ? "ZCARD" : "HLEN", key->field_count);
    }
}

void twin_check_all(void)
{
    if (twin != NULL) {
        model_each_key(check_key);
    }
}
