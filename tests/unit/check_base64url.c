/* base64url: whole bytes from the one spelling that they have. */
#include "../../src/wire/base64url.h"

#include <string.h>

#include <check.h>

#include "suite.h"

enum { BYTES = 2 };

TEST(bytes_are_read)
{
    static const struct {
        const char *text;
        unsigned char bytes[BYTES];
    } cases[] = {{"AAA", {0x00, 0x00}}, {"AAE", {0x00, 0x01}}, {"-_8", {0xfb, 0xff}}, {"__8", {0xff, 0xff}},
                 {"_-A", {0xff, 0xe0}}, {"Zz0", {0x67, 0x3d}}, {"aZ4", {0x69, 0x9e}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char bytes[BYTES];
        ck_assert_msg(base64url_decode(slice_of(cases[i].text), bytes, sizeof bytes), "%s", cases[i].text);
        ck_assert_mem_eq(bytes, cases[i].bytes, sizeof bytes);
    }
    unsigned char none;
    ck_assert(base64url_decode(slice_of(""), &none, 0));
}

TEST(other_spellings_are_refused)
{
    static const char *const texts[] = {"",    "A",    "AA",   "AAAA", "AAA=", "AA=",   "AAB",
                                        "AAD", "AA\n", " AAA", "A A",  "A+A",  "A/A",   "AA.",
                                        "AA~", "A@A",  "A[A",  "A`A",  "A{A",  "\200AA"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        unsigned char bytes[BYTES];
        ck_assert_msg(!base64url_decode(slice_of(texts[i]), bytes, sizeof bytes), "%s", texts[i]);
    }
}

/* At each place, every byte there is: 64 of them are taken, and no two for the same. */
TEST(no_two_characters_are_the_same)
{
    for (size_t place = 0; place < 4; place++) {
        bool seen[64] = {false};
        for (int c = 0; c < 256; c++) {
            char text[] = {'A', 'A', 'A', 'A'};
            unsigned char bytes[3];
            text[place] = (char)c;
            struct slice slice = {text, sizeof text};
            if (base64url_decode(slice, bytes, sizeof bytes)) {
                unsigned whole = (unsigned)bytes[0] << 16 | (unsigned)bytes[1] << 8 | bytes[2];
                unsigned value = whole >> 6 * (3 - place) & 63;
                ck_assert_msg(!seen[value], "byte %d in place %zu", c, place);
                seen[value] = true;
            }
        }
        for (size_t value = 0; value < 64; value++) {
            ck_assert_msg(seen[value], "%zu in place %zu", value, place);
        }
    }
}

SUITE("base64url");
