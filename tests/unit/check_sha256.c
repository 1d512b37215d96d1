/* SHA-256: the examples of FIPS 180-4, and parts that are hashed as one. */
#include <turnout/base/sha256.h>

#include <string.h>

#include <check.h>

#include "suite.h"

static const unsigned char of_abc[SHA256_BYTES] = {
    0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
    0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};

static const unsigned char of_nothing[SHA256_BYTES] = {
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};

TEST(nothing_has_a_hash)
{
    unsigned char hash[SHA256_BYTES];
    sha256(hash, NULL, 0);
    ck_assert_mem_eq(hash, of_nothing, sizeof hash);
}

TEST(parts_are_hashed_as_one)
{
    const struct slice whole[] = {slice_of("abc")};
    const struct slice parts[] = {slice_of("a"), slice_of(""), slice_of("bc")};
    unsigned char hash[SHA256_BYTES];
    sha256(hash, whole, COUNT(whole));
    ck_assert_mem_eq(hash, of_abc, sizeof hash);
    sha256(hash, parts, COUNT(parts));
    ck_assert_mem_eq(hash, of_abc, sizeof hash);
}

TEST(a_part_may_lie_where_the_hash_goes)
{
    unsigned char hash[SHA256_BYTES] = "abc";
    sha256(hash, &(struct slice){(const char *)hash, 3}, 1);
    ck_assert_mem_eq(hash, of_abc, sizeof hash);
}

SUITE("sha256");
