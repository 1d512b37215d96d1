/* Tokens: made, verified, and refused for every bit and character that is not as it was made. */
#include <turnout/wire/token.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "crypto.h"
#include "suite.h"

enum { TEXT_BYTES = TOKEN_BYTES_MAX + 1 };

static const unsigned char secret[TOKEN_SECRET_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const struct token commune = {
    .role = ROLE_DECIDE, .area = "19804", .expires = 1773600000, .id = "7K4Q9M2D"};

static bool verifies(const char *text, struct token *ret_token)
{
    return token_verify(slice_of(text), "vn-2026", secret, ret_token);
}

/* What proto/committee.md shows: made with another language's HMAC. */
static const char known[] = "decide.19804.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw";

SHARED_FIXTURE(crypto_start, NULL);

TEST(a_token_is_what_it_always_was)
{
    char text[TEXT_BYTES];
    token_make(&commune, "vn-2026", secret, text);
    ck_assert_str_eq(text, known);
    struct token token;
    ck_assert(verifies(text, &token));
    ck_assert_str_eq(token.id, "7K4Q9M2D");
}

TEST(what_was_made_is_verified)
{
    static const struct token tokens[] = {
        {.role = ROLE_RELAY, .area = "VN", .expires = 1, .id = "7K4Q9M2D"},
        {.role = ROLE_VIEW, .area = "a.b", .expires = 1773600000, .id = "7K4Q9M2D"},
        {.role = ROLE_DECIDE, .area = ".", .expires = 1773600000, .id = "7K4Q9M2D"},
        {.role = ROLE_ADMIN, .area = "admin.1.2", .expires = TOKEN_EXPIRES_MAX, .id = "7K4Q9M2D"},
        {.role = ROLE_DECIDE,
         .area = "0123456789abcdef0123456789abcdef",
         .expires = TOKEN_EXPIRES_MAX,
         .id = "7K4Q9M2D"},
    };
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        char text[TEXT_BYTES];
        struct token token;
        token_make(&tokens[i], "vn-2026", secret, text);
        ck_assert_msg(verifies(text, &token), "%s", text);
        ck_assert_int_eq(token.role, tokens[i].role);
        ck_assert_str_eq(token.area, tokens[i].area);
        ck_assert_int_eq(token.expires, tokens[i].expires);
        ck_assert_str_eq(token.id, tokens[i].id);
    }
}

TEST(every_flipped_bit_is_refused)
{
    char text[TEXT_BYTES];
    struct token token;
    token_make(&commune, "vn-2026", secret, text);
    for (size_t bit = 0; bit < 8 * strlen(known); bit++) {
        char flipped[TEXT_BYTES];
        memcpy(flipped, text, sizeof flipped);
        flipped[bit / 8] = (char)(flipped[bit / 8] ^ 1 << bit % 8);
        struct slice bytes = {flipped, strlen(known)};
        ck_assert_msg(!token_verify(bytes, "vn-2026", secret, &token), "bit %zu: %s", bit, flipped);
    }
    ck_assert(verifies(text, &token));
}

TEST(every_cut_is_refused)
{
    struct token token;
    for (size_t length = 0; length < strlen(known); length++) {
        ck_assert_msg(!token_verify((struct slice){known, length}, "vn-2026", secret, &token), "%zu", length);
    }
}

/* The mac of another token in place of its own: another role, area, expiry, id, election, secret. */
TEST(a_mac_is_good_for_one_token)
{
    static const struct token others[] = {
        {.role = ROLE_ADMIN, .area = "19804", .expires = 1773600000, .id = "7K4Q9M2D"},
        {.role = ROLE_DECIDE, .area = "VN", .expires = 1773600000, .id = "7K4Q9M2D"},
        {.role = ROLE_DECIDE, .area = "19804", .expires = 1773600001, .id = "7K4Q9M2D"},
        {.role = ROLE_DECIDE, .area = "19804", .expires = 1773600000, .id = "7K4Q9M2E"},
    };
    const char *mac = strrchr(known, '.');
    struct token token;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char text[TEXT_BYTES];
        token_make(&others[i], "vn-2026", secret, text);
        ck_assert(verifies(text, &token));
        memcpy(strrchr(text, '.'), mac, strlen(mac) + 1);
        ck_assert_msg(!verifies(text, &token), "%s", text);
    }
    const unsigned char other_secret[TOKEN_SECRET_BYTES] = {1, 2, 3, 4, 5, 6, 7, 8, 10};
    ck_assert(!token_verify(slice_of(known), "vn-2031", secret, &token));
    ck_assert(!token_verify(slice_of(known), "vn-2026", other_secret, &token));
}

TEST(a_token_has_one_spelling)
{
    static const char *const texts[] = {
        "",
        ".",
        "...",
        "decide.19804.1773600000",
        "decide.19804.1773600000.7K4Q9M2D",
        "decide.19804.1773600000.mV8IlLKtdyNhT2sZNG31f30IZ4iIvWG-rLA8bKkEwk0", /* as it was without an id */
        "decide.19804.1773600000..RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.1773600000.7k4q9m2d.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.1773600000.7K4Q9M2.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.1773600000.7K4Q9M2DD.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.1773600000.7K4Q-9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.1773600000.7K4Q9M2O.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide..1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.01773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.+1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804..7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.0.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.100000000000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.19804.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw=",
        "decide.19804.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw\n",
        " decide.19804.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "Decide.19804.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.1980 4.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "owner.19804.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-pLGaGe29AXAGGGyoy03l0Cw",
        "decide.0123456789abcdef0123456789abcdef0.1773600000.7K4Q9M2D.RjcDE8UU6xfPj6kAcAT-"
        "pLGaGe29AXAGGGyoy03l0Cw",
    };
    struct token token;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_msg(!verifies(texts[i], &token), "%s", texts[i]);
    }
    ck_assert(verifies(known, &token));
}

TEST(ids_that_are_drawn_are_good_and_differ)
{
    enum { DRAWN = 1000 };
    static char ids[DRAWN][TOKEN_ID_BYTES];
    for (size_t i = 0; i < DRAWN; i++) {
        token_id_draw(ids[i]);
        ck_assert_msg(token_id_is_good(slice_of(ids[i])), "%s", ids[i]);
        for (size_t before = 0; before < i; before++) {
            ck_assert_str_ne(ids[before], ids[i]);
        }
    }
}

TEST(roles_contain_each_other)
{
    static const bool may[ROLE_COUNT][ROLE_COUNT] = {
        [ROLE_RELAY] = {[ROLE_RELAY] = true},
        [ROLE_VIEW] = {[ROLE_VIEW] = true},
        [ROLE_DECIDE] = {[ROLE_VIEW] = true, [ROLE_DECIDE] = true},
        [ROLE_ADMIN] = {[ROLE_VIEW] = true, [ROLE_DECIDE] = true, [ROLE_ADMIN] = true},
    };
    for (int role = 0; role < ROLE_COUNT; role++) {
        for (int wanted = 0; wanted < ROLE_COUNT; wanted++) {
            ck_assert_int_eq(token_role_may((enum token_role)role, (enum token_role)wanted),
                             may[role][wanted]);
        }
        enum token_role parsed;
        ck_assert(token_role_parse(slice_of(token_role_name((enum token_role)role)), &parsed));
        ck_assert_int_eq((int)parsed, role);
    }
}

TEST(a_secret_is_64_hex_digits)
{
    unsigned char parsed[TOKEN_SECRET_BYTES];
    const char *hex = "0102030405060708090000000000000000000000000000000000000000000000";
    ck_assert(token_secret_parse(slice_of(hex), parsed));
    ck_assert_mem_eq(parsed, secret, sizeof parsed);
    ck_assert(!token_secret_parse(slice_of(hex + 1), parsed));
    ck_assert(!token_secret_parse(slice_of(hex + 2), parsed));
    ck_assert(!token_secret_parse(slice_of(""), parsed));
    ck_assert(!token_secret_parse(
        slice_of("010203040506070809000000000000000000000000000000000000000000000g"), parsed));
    ck_assert(!token_secret_parse(
        slice_of("01020304050607080900000000000000000000000000000000000000000000000"), parsed));
}

SUITE("token");
