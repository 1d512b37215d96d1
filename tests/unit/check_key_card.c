/* Cards: what the code holds, that the drawing is the code, and that names cannot break out of their place. */
#include "keys/key_card.h"

#include <stdbool.h>
#include <string.h>

#include <check.h>
#include <qrencode.h>

#include <turnout/base/limits.h>

#include "suite.h"

static unsigned char seed[SIGNING_SEED_BYTES];

/* The bytes 00 to 1f. */
#define SEED "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static const struct key_card plain = {
    .election = "vn-2026",
    .election_name = "An election",
    .holder = HOLDER_UNIT,
    .area = "19804-003",
    .area_name = "Unit 3",
    .parent_name = "Commune 19804",
    .key = "19804-003.1",
    .from = "",
    .until = "",
    .seed = seed,
};

static struct buffer out;

static void set_up(void)
{
    for (int i = 0; i < SIGNING_SEED_BYTES; i++) {
        seed[i] = (unsigned char)i;
    }
}

static void tear_down(void)
{
    buffer_done(&out);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

FIXTURE(set_up, tear_down);

TEST(the_code_holds_the_key)
{
    char payload[KEY_PAYLOAD_BYTES];
    key_card_payload(&plain, payload);
    ck_assert_str_eq(payload, "turnout-key-v1:vn-2026:19804-003.1:19804-003:" SEED);
}

TEST(the_longest_names_fit)
{
    char code[AREA_CODE_BYTES];
    char key[KEY_BYTES_MAX + 1];
    char payload[KEY_PAYLOAD_BYTES];
    memset(code, 'c', sizeof code);
    memset(key, 'k', sizeof key);
    code[AREA_CODE_BYTES_MAX] = '\0';
    key[KEY_BYTES_MAX] = '\0';
    struct key_card card = plain;
    card.election = code;
    card.area = code;
    card.key = key;
    key_card_payload(&card, payload);
    ck_assert_uint_eq(strlen(payload),
                      strlen("turnout-key-v1::::") + 2 * AREA_CODE_BYTES_MAX + KEY_BYTES_MAX + strlen(SEED));
    /* And the card in the room that is reserved for one, whatever the names. */
    char name[NAME_BYTES_MAX + 1];
    memset(name, '"', sizeof name);
    name[NAME_BYTES_MAX] = '\0';
    card.election_name = name;
    card.area_name = name;
    card.parent_name = name;
    const char *place = buffer_reserve(&out, KEY_CARD_BYTES_MAX);
    key_page_begin(&out, name);
    key_page_add(&out, &card, 0);
    ck_assert_uint_le(out.length, KEY_CARD_BYTES_MAX);
    ck_assert_ptr_eq(out.bytes, place);
}

/* Reads a number; moves *at behind it. */
static int take_number(const char **at)
{
    char *end;
    long number = strtol(*at, &end, 10);
    ck_assert_ptr_ne(end, *at);
    *at = end;
    return (int)number;
}

static void expect_text(const char **at, const char *text)
{
    ck_assert_msg(strncmp(*at, text, strlen(text)) == 0, "no `%s` at: %.20s", text, *at);
    *at += strlen(text);
}

enum { SIDE_MOST = 100 };

/* Follows the pen of a path of `M x y.5 h n` and `m n 0 h n`, and marks the modules that it crosses. */
static void raster(const char *path, bool dark[SIDE_MOST][SIDE_MOST])
{
    int x = 0;
    int y = 0;
    while (*path != '"') {
        if (*path == 'M') {
            path++;
            x = take_number(&path);
            y = take_number(&path);
            expect_text(&path, ".5h");
        } else {
            expect_text(&path, "m");
            x += take_number(&path);
            expect_text(&path, " 0h");
        }
        int end = x + take_number(&path);
        ck_assert_int_le(end, SIDE_MOST);
        for (; x < end; x++) {
            ck_assert(!dark[y][x]);
            dark[y][x] = true;
        }
    }
}

static const char *const payloads[] = {
    "a",
    "turnout-key-v1:vn-2026:19804-003.1:19804-003:" SEED,
    "turnout-key-v1:cccccccccccccccccccccccccccccccc:"
    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk:"
    "cccccccccccccccccccccccccccccccc:" SEED,
};

LOOP_TEST(the_drawing_is_the_code, COUNT(payloads))
{
    static bool dark[SIDE_MOST][SIDE_MOST];
    key_card_write_qr(&out, payloads[_i]);
    QRcode *code = QRcode_encodeString8bit(payloads[_i], 0, QR_ECLEVEL_M);
    ck_assert_ptr_nonnull(code);
    const char *at = strstr(out.bytes, "viewBox=\"0 0 ");
    ck_assert_ptr_nonnull(at);
    expect_text(&at, "viewBox=\"0 0 ");
    int side = take_number(&at);
    ck_assert_int_eq(side, code->width + 8);
    at = strstr(out.bytes, " d=\"");
    ck_assert_ptr_nonnull(at);
    raster(at + strlen(" d=\""), dark);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            bool inside = x >= 4 && y >= 4 && x < side - 4 && y < side - 4;
            bool wanted = inside && (code->data[(y - 4) * code->width + x - 4] & 1) != 0;
            ck_assert_msg(dark[y][x] == wanted, "module %d, %d", x, y);
        }
    }
    QRcode_free(code);
}

TEST(a_card_says_what_people_need)
{
    key_page_begin(&out, "Commune 19804");
    key_page_add(&out, &plain, 0);
    key_page_end(&out, 1);
    static const char *const wanted[] = {"<title>Commune 19804</title>",
                                         "An election",
                                         "Unit 3",
                                         "<p>Commune 19804</p>",
                                         "<p class=\"code\">19804-003</p>",
                                         "<b>Key 19804-003.1.</b>",
                                         "this polling unit",
                                         "Telephone the commune",
                                         "turnout keys revoke --election DIR 19804-003.1"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        ck_assert_msg(strstr(out.bytes, wanted[i]) != NULL, "no `%s`", wanted[i]);
    }
    ck_assert_msg(strstr(out.bytes, "Good") == NULL, "a key without a term has no term to print");
    ck_assert_msg(strstr(out.bytes, SEED) == NULL, "the key is to be read by machines only");
}

static const struct {
    enum key_holder holder;
    const char *signs_for;
    const char *telephone;
} relays[] = {
    {HOLDER_COMMUNE, "every polling unit of this commune", "Telephone the province"},
    {HOLDER_PROVINCE, "every polling unit of this province", "Telephone the election"},
};

LOOP_TEST(a_relays_card_says_whom_it_signs_for, COUNT(relays))
{
    struct key_card card = plain;
    card.holder = relays[_i].holder;
    key_page_add(&out, &card, 0);
    ck_assert_ptr_nonnull(strstr(out.bytes, relays[_i].signs_for));
    ck_assert_ptr_nonnull(strstr(out.bytes, relays[_i].telephone));
}

TEST(a_term_is_told)
{
    struct key_card card = plain;
    card.from = "2026-03-15T07:00:00+07:00";
    key_page_add(&out, &card, 0);
    ck_assert_ptr_nonnull(strstr(out.bytes, "Good from 2026-03-15T07:00:00+07:00. W"));
    card.until = "2026-03-16T00:00:00+07:00";
    key_page_add(&out, &card, 1);
    ck_assert_ptr_nonnull(
        strstr(out.bytes, "Good from 2026-03-15T07:00:00+07:00 until 2026-03-16T00:00:00+07:00. W"));
}

TEST(names_stay_names)
{
    struct key_card card = plain;
    card.area_name = "<script>alert('x')</script> & \"co\"";
    card.election_name = "</style><img>\xe2\x80\xae";
    key_page_begin(&out, "</title><b>");
    key_page_add(&out, &card, 0);
    ck_assert_ptr_null(strstr(out.bytes, "<script"));
    ck_assert_ptr_null(strstr(out.bytes, "<img"));
    ck_assert_ptr_null(strstr(out.bytes, "\xe2\x80\xae"));
    ck_assert_ptr_null(strstr(out.bytes, "</title><b>"));
    ck_assert_ptr_nonnull(strstr(out.bytes, "&lt;script&gt;alert('x')&lt;/script&gt; &amp; &quot;co&quot;"));
}

static const struct {
    size_t cards;
    size_t sheets;
} pages[] = {{0, 0}, {1, 1}, {7, 1}, {8, 1}, {9, 2}, {16, 2}, {17, 3}};

LOOP_TEST(a_sheet_holds_eight, COUNT(pages))
{
    key_page_begin(&out, "a page");
    for (size_t i = 0; i < pages[_i].cards; i++) {
        key_page_add(&out, &plain, i);
    }
    key_page_end(&out, pages[_i].cards);
    ck_assert_uint_eq(count_of(out.bytes, "<div class=\"sheet\">"), pages[_i].sheets);
    ck_assert_uint_eq(count_of(out.bytes, "<div class=\"card\">"), pages[_i].cards);
    ck_assert_uint_eq(count_of(out.bytes, "<div"), count_of(out.bytes, "</div>"));
    ck_assert_uint_eq(count_of(out.bytes, "<svg"), 2 * pages[_i].cards);
    /* Nothing that a browser would have to fetch. */
    ck_assert_ptr_null(strstr(out.bytes, "http"));
    ck_assert_ptr_null(strstr(out.bytes, "url("));
}

SUITE("key_card");
