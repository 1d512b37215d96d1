/* Commands to Redis, byte for byte. */
#include "../../src/store/redis_command.h"

#include <stdio.h>
#include <string.h>

#include <check.h>

#include "suite.h"

static struct redis_command command;

static void end(void)
{
    redis_command_done(&command);
}

/* `wanted` may hold NULs. */
static void check_bytes(const char *wanted, size_t length)
{
    struct slice bytes = redis_command_bytes(&command);
    ck_assert_uint_eq(bytes.length, length);
    ck_assert_mem_eq(bytes.bytes, wanted, length);
}

#define CHECK_BYTES(literal) check_bytes(literal, sizeof(literal) - 1)

FIXTURE(NULL, end);

TEST(a_name_alone_is_a_command)
{
    redis_command_begin(&command, "PING");
    CHECK_BYTES("*1\r\n$4\r\nPING\r\n");
}

TEST(words_are_counted_and_measured)
{
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, "turnout:{vn-2026:01}:units");
    redis_command_put(&command, (struct slice){"00070-003xx", 9});
    redis_command_put_integer(&command, 0);
    redis_command_put_integer(&command, -1);
    redis_command_put_integer(&command, INT64_MIN);
    redis_command_put_text(&command, "Việt");
    CHECK_BYTES("*7\r\n$5\r\nHMGET\r\n$26\r\nturnout:{vn-2026:01}:units\r\n$9\r\n00070-003\r\n$1\r\n0\r\n"
                "$2\r\n-1\r\n$20\r\n-9223372036854775808\r\n$6\r\nVi\xe1\xbb\x87t\r\n");
}

TEST(a_word_may_be_empty)
{
    redis_command_begin(&command, "SET");
    redis_command_put_text(&command, "");
    redis_command_put(&command, (struct slice){0});
    CHECK_BYTES("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$0\r\n\r\n");
}

/* Nothing in a word is read: it is as long as was said. */
TEST(a_word_may_hold_any_bytes)
{
    static const char word[] = "\0\r\n*1\r\n$4\r\nQUIT\r\n\xff";
    redis_command_begin(&command, "SET");
    redis_command_put(&command, (struct slice){word, sizeof word - 1});
    CHECK_BYTES("*2\r\n$3\r\nSET\r\n$18\r\n\0\r\n*1\r\n$4\r\nQUIT\r\n\xff\r\n");
}

/* Around each number of words whose head grows by a digit; the same command is shown again as it grows. */
TEST(there_may_be_many_words)
{
    enum { WORDS = 100001 };
    redis_command_begin(&command, "DEL");
    for (uint32_t words = 1; words <= WORDS; words++) {
        if (words > 1) {
            redis_command_put_text(&command, "k");
        }
        bool is_shown = words <= 12 || words == 99 || words == 100 || words == 9999 || words == 10000 ||
                        words >= WORDS - 2;
        if (is_shown) {
            char head[32];
            int head_bytes = snprintf(head, sizeof head, "*%u\r\n$3\r\nDEL\r\n", words);
            struct slice bytes = redis_command_bytes(&command);
            ck_assert_uint_eq(bytes.length, (size_t)head_bytes + 7 * (size_t)(words - 1));
            ck_assert_mem_eq(bytes.bytes, head, (size_t)head_bytes);
        }
    }
    ck_assert_uint_eq(command.words, WORDS);
}

/* At every length where the digits of the length change, and one of a whole batch. */
LOOP_TEST(a_word_may_be_large, 9)
{
    static const size_t lengths[] = {9, 10, 99, 100, 999, 1000, 65535, 65536, 8 * 1024 * 1024};
    size_t length = lengths[_i];
    char *word = malloc(length);
    ck_assert_ptr_nonnull(word);
    for (size_t i = 0; i < length; i++) {
        word[i] = (char)(i * 31);
    }
    redis_command_begin(&command, "X");
    redis_command_put(&command, (struct slice){word, length});
    redis_command_put_text(&command, "end");

    char head[64];
    int head_bytes = snprintf(head, sizeof head, "*3\r\n$1\r\nX\r\n$%zu\r\n", length);
    static const char tail[] = "\r\n$3\r\nend\r\n";
    struct slice bytes = redis_command_bytes(&command);
    ck_assert_uint_eq(bytes.length, (size_t)head_bytes + length + sizeof tail - 1);
    ck_assert_mem_eq(bytes.bytes, head, (size_t)head_bytes);
    ck_assert(memcmp(bytes.bytes + head_bytes, word, length) == 0);
    ck_assert_mem_eq(bytes.bytes + (size_t)head_bytes + length, tail, sizeof tail - 1);
    free(word);
}

TEST(a_command_can_be_begun_again)
{
    redis_command_begin(&command, "GET");
    redis_command_put_text(&command, "a");
    redis_command_done(&command);
    redis_command_begin(&command, "PING");
    CHECK_BYTES("*1\r\n$4\r\nPING\r\n");
}

SUITE("redis_command");
