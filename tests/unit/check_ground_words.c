/* The ground of a province, as it goes to Redis and comes back. */
#include "../../src/store/ground_words.h"

#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "suite.h"

#define DIGEST "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

static struct store_ground sample_ground(void)
{
    struct store_ground ground = {.generation = "0123456789abcdef0123456789abcdef", .phase = PHASE_OPEN};
    for (size_t i = 0; i < sizeof ground.digest; i++) {
        ground.digest[i] = (unsigned char)i;
    }
    ground.digest[sizeof ground.digest - 1] = 0xff;
    return ground;
}

/* A string of Redis's, which may be written to. */
static redisReply string_of(char *text)
{
    return (redisReply){.type = REDIS_REPLY_STRING, .str = text, .len = strlen(text)};
}

static const char *read_list(redisReply *replies, size_t first, struct store_ground *ret_ground)
{
    redisReply *elements[4] = {&replies[0], &replies[1], &replies[2], &replies[3]};
    redisReply list = {.type = REDIS_REPLY_ARRAY, .elements = 4, .element = elements};
    return ground_words_read(&list, first, ret_ground);
}

TEST(the_ground_is_three_words)
{
    static const char wanted[] =
        "*4\r\n$1\r\nX\r\n$32\r\n0123456789abcdef0123456789abcdef\r\n$64\r\n" DIGEST "\r\n$4\r\nopen\r\n";
    struct store_ground ground = sample_ground();
    struct redis_command command;
    redis_command_begin(&command, "X");
    ground_words_put(&command, &ground);
    struct slice bytes = redis_command_bytes(&command);
    ck_assert_uint_eq(bytes.length, sizeof wanted - 1);
    ck_assert_mem_eq(bytes.bytes, wanted, bytes.length);
    redis_command_done(&command);
}

LOOP_TEST(the_ground_is_read_back, 2)
{
    char generation[] = "0123456789abcdef0123456789abcdef";
    char digest[] = DIGEST;
    char phase[] = "open";
    struct store_ground wanted = sample_ground();
    struct store_ground ground;
    redisReply replies[5] = {{.type = REDIS_REPLY_NIL},
                             string_of(generation),
                             string_of(digest),
                             string_of(phase),
                             {.type = REDIS_REPLY_NIL}};
    memset(&ground, 'x', sizeof ground);
    ck_assert_ptr_null(read_list(_i == 0 ? replies + 1 : replies, _i == 0 ? 0 : 1, &ground));
    ck_assert_str_eq(ground.generation, wanted.generation);
    ck_assert_mem_eq(ground.digest, wanted.digest, sizeof wanted.digest);
    ck_assert_int_eq(ground.phase, PHASE_OPEN);
    ck_assert(!ground.is_opening);
}

/* It is still the rehearsal, but a commit that names it is decided under another word. */
TEST(a_province_that_is_being_opened_is_in_rehearsal)
{
    char generation[] = "g";
    char digest[] = DIGEST;
    char phase[] = "opening";
    struct store_ground ground;
    redisReply replies[4] = {
        string_of(generation), string_of(digest), string_of(phase), {.type = REDIS_REPLY_NIL}};
    ck_assert_ptr_null(read_list(replies, 0, &ground));
    ck_assert_int_eq(ground.phase, PHASE_REHEARSAL);
    ck_assert(ground.is_opening);
}

static const struct {
    const char *words[3]; /* NULL: nil */
    bool is_number;       /* the last of them */
    const char *field;    /* to blame: the first that is wrong */
} wrong[] = {
    {{"0123456789abcdef0123456789abcdef0", DIGEST, "open"}, false, "generation"},
    {{"", DIGEST, "open"}, false, "generation"},
    {{NULL, DIGEST, "open"}, false, "generation"},
    {{NULL, NULL, NULL}, false, "generation"},
    {{"g", DIGEST "0", "open"}, false, "digest"},
    {{"g", DIGEST "00", "open"}, false, "digest"},
    {{"g", "0001", "open"}, false, "digest"},
    {{"g", "", "open"}, false, "digest"},
    {{"g", NULL, "open"}, false, "digest"},
    {{"g", NULL, NULL}, false, "digest"},
    {{"g", DIGEST, "Open"}, false, "phase"},
    {{"g", DIGEST, ""}, false, "phase"},
    {{"g", DIGEST, NULL}, false, "phase"},
    {{"g", DIGEST, "open"}, true, "phase"},
};

LOOP_TEST(what_is_no_ground, COUNT(wrong))
{
    char texts[3][80];
    redisReply replies[4] = {{.type = REDIS_REPLY_NIL}};
    for (size_t i = 0; i < 3; i++) {
        if (wrong[_i].words[i] == NULL) {
            replies[i] = (redisReply){.type = REDIS_REPLY_NIL};
        } else {
            ck_assert(slice_copy(slice_of(wrong[_i].words[i]), texts[i], sizeof texts[i]));
            replies[i] = string_of(texts[i]);
        }
    }
    if (wrong[_i].is_number) {
        replies[2] = (redisReply){.type = REDIS_REPLY_INTEGER, .integer = PHASE_OPEN};
    }
    struct store_ground ground;
    const char *field = read_list(replies, 0, &ground);
    ck_assert_ptr_nonnull(field);
    ck_assert_str_eq(field, wrong[_i].field);
}

SUITE("ground_words");
