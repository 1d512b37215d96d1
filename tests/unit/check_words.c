/* Words in Redis: what is written is read back, at its bounds, and what could not be is refused. */
#include "../../src/store/words.h"

#include <stdio.h>
#include <string.h>

#include <check.h>

#include "suite.h"

#define DIGEST    "00112233445566778899aabbccddeeff"
#define TOO_LARGE "9223372036854775808" /* by one, for any number of 63 bits */
#define HEAD      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

static const int64_t EXACT_MAX = (INT64_C(1) << 53) - 1; /* what Redis's Lua counts exactly */

static struct buffer out;

static void end(void)
{
    buffer_done(&out);
}

static struct slice written(void)
{
    return (struct slice){out.bytes, out.length};
}

/* Appends `text` with another word in place of one; NULL leaves it out. */
static void replace_word(const char *text, size_t place, const char *word, struct buffer *ret_text)
{
    const char *space = "";
    struct slice rest = slice_of(text);
    for (size_t i = 0; rest.bytes != NULL; i++) {
        struct slice part = text_split(&rest, ' ');
        if (i != place || word != NULL) {
            part = i == place ? slice_of(word) : part;
            buffer_append_text(ret_text, space);
            buffer_append(ret_text, part.bytes, part.length);
            space = " ";
        }
    }
}

/* Puts each word (NULL: none) in the place of one of a sound text, which then must be refused. */
static void refuse_words(const char *sound, size_t place, const char *const *words, size_t count,
                         void (*refuse)(struct slice text))
{
    for (size_t i = 0; i < count; i++) {
        buffer_clear(&out);
        replace_word(sound, place, words[i], &out);
        refuse(written());
    }
}

/* Each of `places` must be a number. */
static void refuse_no_numbers(const char *sound, const size_t *places, size_t count,
                              void (*refuse)(struct slice text))
{
    static const char *const words[] = {NULL,  "",    "-", "-1", "+1", "1.0",
                                        "1e3", "0x1", "a", "1,", " 1", TOO_LARGE};
    for (size_t i = 0; i < count; i++) {
        refuse_words(sound, places[i], words, COUNT(words), refuse);
    }
}

FIXTURE(NULL, end);

/* ---- hexadecimal ---- */

TEST(hexadecimal_goes_there_and_back)
{
    unsigned char bytes[256];
    unsigned char read[256];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)i;
    }
    words_put_hex(&out, bytes, sizeof bytes);
    ck_assert_uint_eq(out.length, 512);
    ck_assert_uint_eq(strlen(out.bytes), 512);
    ck_assert_uint_eq(strspn(out.bytes, "0123456789abcdef"), 512);
    ck_assert(words_read_hex(written(), read, sizeof read));
    ck_assert_mem_eq(bytes, read, sizeof bytes);
}

TEST(what_is_no_hexadecimal)
{
    static const char *const texts[] = {"",     "0",    "001",     "00112",  "001g", "00 1",
                                        "0 11", "0:11", "0x11",    "-001",   "00/1", "00@1",
                                        "00G1", "00`1", "00\2601", "000\301"};
    static const unsigned char wanted[] = {0xaf, 0xfa};
    unsigned char bytes[2];
    ck_assert(words_read_hex(slice_of("aFFa"), bytes, 2));
    ck_assert_mem_eq(bytes, wanted, sizeof bytes);
    ck_assert(words_read_hex(slice_of("0011"), bytes, 2));
    for (size_t i = 0; i < COUNT(texts); i++) {
        ck_assert_msg(!words_read_hex(slice_of(texts[i]), bytes, 2), "%s", texts[i]);
    }
    ck_assert(!words_read_hex((struct slice){"00\0000", 4}, bytes, 2));
}

/* ---- a unit ---- */

static const char sound_unit[] = "7 640 912 1773561600 1773561603123 progress 5 " DIGEST;

static const struct unit_state units[] = {
    {.seq = 7,
     .voted = 640,
     .registered = 912,
     .round = 5,
     .as_of = 1773561600,
     .received_ms = 1773561603123},
    {.seq = 1, .kind = KIND_CORRECTION},
    {.seq = SEQ_MAX,
     .voted = VOTERS_MAX,
     .registered = VOTERS_MAX,
     .round = ROUNDS_MAX,
     .as_of = INT64_MAX,
     .received_ms = INT64_MAX,
     .kind = KIND_FINAL,
     .digest = {0xff, 0, 0xff}},
};

LOOP_TEST(a_unit_goes_there_and_back, COUNT(units))
{
    struct unit_state read;
    memset(&read, 'x', sizeof read);
    words_write_unit(&out, &units[_i]);
    ck_assert(words_read_unit(written(), &read));
    ck_assert_int_eq(read.seq, units[_i].seq);
    ck_assert_int_eq(read.voted, units[_i].voted);
    ck_assert_int_eq(read.registered, units[_i].registered);
    ck_assert_uint_eq(read.round, units[_i].round);
    ck_assert_int_eq(read.as_of, units[_i].as_of);
    ck_assert_int_eq(read.received_ms, units[_i].received_ms);
    ck_assert_int_eq(read.kind, units[_i].kind);
    ck_assert_mem_eq(read.digest, units[_i].digest, sizeof read.digest);
}

TEST(a_unit_is_spelt_as_in_redis_md)
{
    struct unit_state state = units[0];
    for (size_t i = 0; i < sizeof state.digest; i++) {
        state.digest[i] = (unsigned char)(0x11 * i);
    }
    words_write_unit(&out, &state);
    ck_assert_str_eq(out.bytes, sound_unit);
}

/* Asserts that the text is none of a unit, and that nothing was given back. */
static void refuse_unit(struct slice text)
{
    struct unit_state read = {.seq = 99};
    ck_assert_msg(!words_read_unit(text, &read), "%.*s", (int)text.length, text.bytes);
    ck_assert_int_eq(read.seq, 99);
}

TEST(what_is_no_unit)
{
    static const size_t numbers[] = {0, 1, 2, 3, 4, 6};
    static const char *const seqs[] = {"2147483648"};
    static const char *const voters[] = {"10000001"};
    static const char *const kinds[] = {NULL, "", "-", "Progress", "correct", "progres", "0"};
    static const char *const rounds[] = {"49"};
    static const char *const digests[] = {NULL, "", "00", DIGEST "0", DIGEST "00", DIGEST " 1", "x" DIGEST};
    struct unit_state read;
    ck_assert(words_read_unit(slice_of(sound_unit), &read));
    refuse_no_numbers(sound_unit, numbers, COUNT(numbers), refuse_unit);
    refuse_words(sound_unit, 0, seqs, COUNT(seqs), refuse_unit);
    refuse_words(sound_unit, 1, voters, COUNT(voters), refuse_unit);
    refuse_words(sound_unit, 2, voters, COUNT(voters), refuse_unit);
    refuse_words(sound_unit, 5, kinds, COUNT(kinds), refuse_unit);
    refuse_words(sound_unit, 6, rounds, COUNT(rounds), refuse_unit);
    refuse_words(sound_unit, 7, digests, COUNT(digests), refuse_unit);
}

/* Of a sound one every beginning, also with something behind it. */
TEST(a_unit_that_is_cut_is_none)
{
    for (size_t length = 0; length < sizeof sound_unit - 1; length++) {
        refuse_unit((struct slice){sound_unit, length});
    }
    refuse_unit((struct slice){sound_unit, sizeof sound_unit}); /* its NUL, too */
    refuse_unit(slice_of(" 7 640 912 1773561600 1773561603123 progress 5 " DIGEST));
    refuse_unit(slice_of("7 640 912 1773561600 1773561603123 progress 5 " DIGEST " "));
}

/* ---- a commune ---- */

static const char sound_commune[] = "12 " HEAD " 1 2 3 4 5 6 7 1773561600 3,0,2/1 1773561603123-0";

static struct store_commune sample_commune(void)
{
    struct store_commune commune = {.totals = {.voted = 1,
                                               .registered = 2,
                                               .units_reported = 3,
                                               .registered_reported = 4,
                                               .units_final = 5,
                                               .units_complete = 6,
                                               .held = 7,
                                               .revision = 12,
                                               .as_of = 1773561600,
                                               .rounds = {3, 0, 2},
                                               .late = {0, 0, 1}}};
    for (size_t i = 0; i < sizeof commune.head; i++) {
        commune.head[i] = (unsigned char)i;
    }
    commune.head[sizeof commune.head - 1] = 0xff;
    return commune;
}

TEST(a_commune_is_spelt_as_in_redis_md)
{
    struct store_commune commune = sample_commune();
    words_write_commune(&out, &commune);
    buffer_append_text(&out, " 1773561603123-0"); /* Redis's own word */
    ck_assert_str_eq(out.bytes, sound_commune);
    buffer_clear(&out);
    words_write_expected(&out, &commune);
    ck_assert_str_eq(out.bytes, "12 " HEAD " ");
    buffer_clear(&out);
    commune.totals.rounds[0] = commune.totals.rounds[2] = commune.totals.late[2] = 0;
    words_write_commune(&out, &commune);
    ck_assert_str_eq(out.bytes, "12 " HEAD " 1 2 3 4 5 6 7 1773561600 0");
}

/* All as large as may be; nothing; the last round alone. */
LOOP_TEST(a_commune_goes_there_and_back, 4)
{
    struct store_commune commune = sample_commune();
    if (_i == 1) {
        commune = (struct store_commune){.totals = {0}};
    }
    if (_i == 2) {
        commune.totals.rounds[0] = commune.totals.rounds[2] = commune.totals.late[2] = 0;
        commune.totals.rounds[ROUNDS_MAX - 1] = 2;
        commune.totals.late[ROUNDS_MAX - 1] = 1;
    }
    if (_i == 3) {
        struct totals *totals = &commune.totals;
        totals->revision = totals->voted = totals->registered = totals->units_reported = EXACT_MAX;
        totals->registered_reported = totals->units_final = totals->units_complete = EXACT_MAX;
        totals->held = totals->as_of = EXACT_MAX;
        for (size_t i = 0; i < ROUNDS_MAX; i++) {
            totals->rounds[i] = totals->late[i] = UNITS_MAX;
        }
        memset(commune.head, 0xff, sizeof commune.head);
    }
    struct store_commune read;
    memset(&read, 'x', sizeof read);
    words_write_commune(&out, &commune);
    buffer_append_text(&out, " 0-0");
    ck_assert(words_read_commune(written(), &read));
    ck_assert(totals_equal(&read.totals, &commune.totals));
    ck_assert_int_eq(read.totals.as_of, commune.totals.as_of);
    ck_assert_mem_eq(read.head, commune.head, sizeof read.head);
}

static void refuse_commune(struct slice text)
{
    struct store_commune read = {.totals = {.voted = 99}};
    ck_assert_msg(!words_read_commune(text, &read), "%.*s", (int)text.length, text.bytes);
    ck_assert_int_eq(read.totals.voted, 99);
}

TEST(what_is_no_commune)
{
    static const size_t numbers[] = {0, 2, 3, 4, 5, 6, 7, 8, 9};
    static const char *const not_exact[] = {"9007199254740992"};
    static const char *const heads[] = {NULL, "", "-", "00", HEAD "0", HEAD "00", HEAD "g"};
    static const char *const ids[] = {NULL, "", "1-0 ", "1-0 2-0"};
    refuse_no_numbers(sound_commune, numbers, COUNT(numbers), refuse_commune);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        refuse_words(sound_commune, numbers[i], not_exact, 1, refuse_commune);
    }
    refuse_words(sound_commune, 1, heads, COUNT(heads), refuse_commune);
    refuse_words(sound_commune, 11, ids, COUNT(ids), refuse_commune);
    for (size_t length = 0; length + sizeof "1773561603123-0" <= sizeof sound_commune; length++) {
        refuse_commune((struct slice){sound_commune, length});
    }
}

TEST(what_is_no_list_of_rounds)
{
    static const char *const rounds[] = {NULL,  "",    ",",   "1,",        ",1",   "1,,2",
                                         "-,1", "1,-", "--",  "1,2000001", "-1",   "1;2",
                                         "1/",  "/1",  "1/2", "1/x",       "1//1", "1/0/0"};
    refuse_words(sound_commune, 10, rounds, COUNT(rounds), refuse_commune);
    struct buffer many = {0};
    for (int i = 0; i < ROUNDS_MAX + 1; i++) {
        buffer_append_text(&many, i == 0 ? "1" : ",1");
        struct store_commune read;
        buffer_clear(&out);
        replace_word(sound_commune, 10, many.bytes, &out);
        ck_assert(words_read_commune(written(), &read) == (i < ROUNDS_MAX));
    }
    buffer_done(&many);
}

/* ---- a change ---- */

TEST(a_change_is_spelt_as_in_redis_md)
{
    struct totals change = {.voted = -10,
                            .registered = 3,
                            .registered_reported = -3,
                            .units_final = -1,
                            .units_complete = 1,
                            .held = -2,
                            .revision = 4,
                            .as_of = 1773561600};
    words_write_change(&out, &change);
    ck_assert_str_eq(out.bytes, "-10 3 0 -3 -1 1 -2 4 1773561600");
    change.rounds[0] = change.late[1] = 1;
    change.rounds[ROUNDS_MAX - 1] = -12;
    buffer_clear(&out);
    words_write_change(&out, &change);
    ck_assert_str_eq(out.bytes, "-10 3 0 -3 -1 1 -2 4 1773561600 round:1:1 round:48:-12 late:2:1");
}

/* ---- reports that were held ---- */

static const struct held_report held_reports[] = {
    {.received = {.seq = 8,
                  .voted = 700,
                  .registered = REGISTERED_ABSENT,
                  .round = 5,
                  .as_of = 1773561600,
                  .received_ms = 1773561603123,
                  .digest = {0, 0x11, 0x22}},
     .state = HELD_WAITING,
     .code = CODE_TOO_FAST},
    {.received = {.seq = SEQ_MAX,
                  .voted = VOTERS_MAX,
                  .registered = VOTERS_MAX,
                  .kind = KIND_CORRECTION,
                  .reason = REASON_WRONG_UNIT,
                  .round = ROUNDS_MAX,
                  .as_of = INT64_MAX,
                  .received_ms = INT64_MAX,
                  .digest = {0xff}},
     .state = HELD_REJECTED,
     .code = CODE_CORRECTION},
    {.received = {.seq = 1, .registered = 0, .kind = KIND_FINAL},
     .state = HELD_RELEASED,
     .code = CODE_COUNT_DECREASED},
    {.received = {.seq = 2, .registered = 1}, .state = HELD_SUPERSEDED, .code = CODE_SEQ_TOO_FAR},
};

LOOP_TEST(held_reports_go_there_and_back, COUNT(held_reports) + 1)
{
    words_write_held(&out, held_reports, (size_t)_i);
    struct slice rest = written();
    struct held_report read;
    for (int i = 0; i < _i; i++) {
        const struct report_received *wanted = &held_reports[i].received;
        memset(&read, 'x', sizeof read);
        ck_assert(words_next_held(&rest, &read));
        ck_assert_int_eq(read.state, held_reports[i].state);
        ck_assert_int_eq(read.code, held_reports[i].code);
        ck_assert_int_eq(read.received.seq, wanted->seq);
        ck_assert_int_eq(read.received.voted, wanted->voted);
        ck_assert_int_eq(read.received.registered, wanted->registered);
        ck_assert_int_eq(read.received.kind, wanted->kind);
        ck_assert_int_eq(read.received.reason, wanted->reason);
        ck_assert_uint_eq(read.received.round, wanted->round);
        ck_assert_int_eq(read.received.as_of, wanted->as_of);
        ck_assert_int_eq(read.received.received_ms, wanted->received_ms);
        ck_assert_mem_eq(read.received.digest, wanted->digest, REPORT_DIGEST_BYTES);
    }
    ck_assert(!words_next_held(&rest, &read));
    ck_assert_uint_eq(rest.length, 0);
}

static const char sound_held[] = "held too-fast 8 700 - 1773561600 1773561603123 progress - 5 " DIGEST;

TEST(held_reports_are_spelt_as_in_redis_md)
{
    words_write_held(&out, held_reports, 2);
    ck_assert_str_eq(
        out.bytes,
        "held too-fast 8 700 - 1773561600 1773561603123 progress - 5 00112200000000000000000000000000 "
        "rejected correction 2147483647 10000000 10000000 9223372036854775807 9223372036854775807 "
        "correction wrong-unit 48 ff000000000000000000000000000000");
}

/* What is none is told from the end by what is left, whatever stands before or behind it. */
static void refuse_held(struct slice text)
{
    for (int place = 0; place < 3; place++) {
        struct buffer whole = {0};
        buffer_append_text(&whole, place > 0 ? sound_held : "");
        buffer_append_text(&whole, place > 0 ? " " : "");
        buffer_append(&whole, text.bytes, text.length);
        buffer_append_text(&whole, place == 2 ? " " : "");
        buffer_append_text(&whole, place == 2 ? sound_held : "");
        struct slice rest = {whole.bytes, whole.length};
        struct held_report read;
        int sound = 0;
        while (words_next_held(&rest, &read)) {
            sound++;
        }
        ck_assert_msg(rest.length > 0, "taken for %d reports: \"%s\"", sound, whole.bytes);
        buffer_done(&whole);
    }
}

TEST(what_is_no_held_report)
{
    static const size_t numbers[] = {2, 3, 5, 6, 9};
    static const char *const states[] = {NULL, "", "waiting", "Held"};
    static const char *const codes[] = {NULL, "", "-", "too-slow"};
    static const char *const seqs[] = {"2147483648"};
    static const char *const voters[] = {"10000001"};
    static const char *const rolls[] = {NULL, "", "--", "-1", "10000001"};
    static const char *const kinds[] = {NULL, "", "-", "guess"};
    static const char *const reasons[] = {NULL, "", "none", "--"};
    static const char *const rounds[] = {"49"};
    refuse_no_numbers(sound_held, numbers, COUNT(numbers), refuse_held);
    refuse_words(sound_held, 0, states, COUNT(states), refuse_held);
    refuse_words(sound_held, 1, codes, COUNT(codes), refuse_held);
    refuse_words(sound_held, 2, seqs, COUNT(seqs), refuse_held);
    refuse_words(sound_held, 3, voters, COUNT(voters), refuse_held);
    refuse_words(sound_held, 4, rolls, COUNT(rolls), refuse_held);
    refuse_words(sound_held, 7, kinds, COUNT(kinds), refuse_held);
    refuse_words(sound_held, 8, reasons, COUNT(reasons), refuse_held);
    refuse_words(sound_held, 9, rounds, COUNT(rounds), refuse_held);
}

TEST(a_held_report_without_its_digest_is_none)
{
    static const char *const digests[] = {NULL, "", "00", DIGEST "0", DIGEST "00", "x" DIGEST, DIGEST "\t"};
    refuse_words(sound_held, 10, digests, COUNT(digests), refuse_held);
}

/* However few bytes Redis has lost of it. */
TEST(a_held_report_that_is_cut_is_none)
{
    for (size_t length = 1; length < sizeof sound_held - 1; length++) {
        struct slice rest = {sound_held, length};
        struct held_report read;
        ck_assert(!words_next_held(&rest, &read));
        ck_assert_msg(rest.length > 0, "taken for the end: \"%.*s\"", (int)length, sound_held);
    }
}

SUITE("words");
