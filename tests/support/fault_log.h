/* What stands in Redis of the small election, read behind turnoutd's back and by nothing of turnoutd's: the log lines
 * of a province, the words of its communes and units. proto/redis.md is all that it goes by. */
#ifndef TURNOUT_TESTS_FAULT_LOG_H
#define TURNOUT_TESTS_FAULT_LOG_H

#include <stdbool.h>
#include <stddef.h>

struct redisContext;

enum { FAULT_WORDS_BYTES = 512, FAULT_ID_BYTES = 64 };

struct fault_line {
    char commune[8];
    char entry[FAULT_ID_BYTES]; /* id of its entry */
    char *text;
    bool is_held; /* and not counted */
};

struct fault_log {
    struct fault_line *lines; /* of all provinces, each commune's in their order */
    size_t count;
    size_t capacity;
};

/* Also checks that each entry of a commune names the one before. */
void fault_log_read(struct redisContext *redis, struct fault_log *ret_log);
void fault_log_done(struct fault_log *log);

/* HGET of one of a province's hashes (`communes`, `units`, `totals`, `held`), "" where it is not there. */
void fault_words_read(struct redisContext *redis, const char *province, const char *hash, const char *field,
                      char *ret_words, size_t capacity);

/* How much there is in it: HLEN, or ZCARD of `waiting`. */
long long fault_words_count(struct redisContext *redis, const char *province, const char *hash);

#endif
