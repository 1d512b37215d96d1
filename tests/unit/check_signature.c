/* Signed lines, digest, receipt; and the signatures of proto/examples, verified with the keys that stand there. */
#include <turnout/wire/signature.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <sodium.h>

#include <turnout/base/text.h>
#include <turnout/wire/report_json.h>

#include "crypto.h"
#include "suite.h"

#define EXAMPLES TURNOUT_SOURCE_DIR "/proto/examples/"

static const struct report plain = {
    .election = "vn-2026",
    .unit = "19804-003",
    .seq = 7,
    .as_of_text = "2026-03-15T15:00:00+07:00",
    .as_of = 1773561600,
    .voted = 812,
    .registered = REGISTERED_ABSENT,
};

static void assert_lines(const struct report *report, const char *expected)
{
    struct buffer out = {0};
    signed_lines_write(&out, report);
    ck_assert_str_eq(out.bytes, expected);
    buffer_done(&out);
}

SHARED_FIXTURE(crypto_start, NULL);

TEST(what_is_absent_leaves_its_line_empty)
{
    assert_lines(&plain,
                 "turnout-report-v1\nvn-2026\n19804-003\n7\n2026-03-15T15:00:00+07:00\n812\n\n\n\n\n\n");
}

TEST(what_is_there_is_written_as_it_is)
{
    struct report report = plain;
    report.seq = SEQ_MAX;
    report.voted = 0;
    report.registered = 0;
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_ROLL_CHANGED;
    ck_assert(slice_copy(slice_of("\"ệ\" \\"), report.note, sizeof report.note));
    ck_assert(slice_copy(slice_of("k.1"), report.key, sizeof report.key));
    assert_lines(&report,
                 "turnout-report-v1\nvn-2026\n19804-003\n2147483647\n2026-03-15T15:00:00+07:00\n0\n0\n"
                 "correction\nroll-changed\n\"ệ\" \\\nk.1\n");
}

/* So that no signature of one is a signature of the other, and no digest. */
TEST(a_test_report_has_a_first_line_of_its_own)
{
    struct report report = plain;
    report.test = true;
    assert_lines(&report,
                 "turnout-test-v1\nvn-2026\n19804-003\n7\n2026-03-15T15:00:00+07:00\n812\n\n\n\n\n\n");
    unsigned char digests[2][REPORT_DIGEST_BYTES];
    report_digest(&plain, digests[0]);
    report_digest(&report, digests[1]);
    ck_assert_int_ne(memcmp(digests[0], digests[1], REPORT_DIGEST_BYTES), 0);
}

TEST(lines_are_added_to_what_is_there)
{
    struct buffer out = {0};
    buffer_append_text(&out, "x");
    signed_lines_write(&out, &plain);
    ck_assert_int_eq(strncmp(out.bytes, "xturnout-report-v1\n", 19), 0);
    buffer_done(&out);
}

TEST(the_longest_report_fits)
{
    struct report report = plain;
    memset(report.election, 'e', AREA_CODE_BYTES_MAX);
    memset(report.unit, 'u', AREA_CODE_BYTES_MAX);
    memset(report.note, 'n', NOTE_BYTES_MAX);
    memset(report.key, 'k', KEY_BYTES_MAX);
    report.seq = report.voted = report.registered = INT32_MAX;
    report.kind = KIND_CORRECTION;
    report.kind_given = true;
    report.reason = REASON_ROLL_CHANGED;
    struct buffer out = {0};
    signed_lines_write(&out, &report);
    ck_assert_uint_eq(out.length,
                      18 + 2 * 33 + 3 * 11 + 26 + 11 + 13 + NOTE_BYTES_MAX + 1 + KEY_BYTES_MAX + 1);
    buffer_done(&out);
}

TEST(the_digest_is_that_of_the_lines_down_to_note)
{
    struct report report = plain;
    unsigned char digest[REPORT_DIGEST_BYTES];
    report_digest(&report, digest);

    struct buffer out = {0};
    signed_lines_write(&out, &report); /* without a key, the last line is a lone newline */
    unsigned char whole[32];
    ck_assert_int_eq(
        crypto_generichash(whole, sizeof whole, (const unsigned char *)out.bytes, out.length - 1, NULL, 0),
        0);
    ck_assert_mem_eq(digest, whole, sizeof digest);
    buffer_done(&out);
}

/* Returns whether a change made another digest. */
static bool differs(const struct report *changed)
{
    unsigned char before[REPORT_DIGEST_BYTES];
    unsigned char after[REPORT_DIGEST_BYTES];
    report_digest(&plain, before);
    report_digest(changed, after);
    return memcmp(before, after, sizeof before) != 0;
}

TEST(content_makes_the_digest_and_the_signer_does_not)
{
    struct report changed = plain;
    changed.voted++;
    ck_assert(differs(&changed));
    changed = plain;
    changed.registered = 0;
    ck_assert(differs(&changed));
    changed = plain;
    changed.kind_given = true;
    ck_assert(differs(&changed));
    changed = plain;
    changed.note[0] = 'x';
    ck_assert(differs(&changed));
    changed = plain;
    changed.seq++;
    ck_assert(differs(&changed));

    changed = plain;
    changed.key[0] = 'k';
    changed.sig[0] = 's';
    ck_assert(!differs(&changed));
}

static const struct {
    unsigned char digest[REPORT_DIGEST_BYTES];
    const char *receipt;
} receipts[] = {
    {{0}, "0000-0000"},
    {{0xff, 0xff, 0xff, 0xff, 0xff}, "ZZZZ-ZZZZ"},
    {{0, 0, 0, 0, 0, 0xff}, "0000-0000"}, /* the 41st bit does not count */
    {{0x08, 0, 0, 0, 0}, "1000-0000"},
    {{0, 0, 0, 0, 1}, "0000-0001"},
    {{0x39, 0xd4, 0x62, 0xda, 0x4a}, "77A6-5PJA"},
    {{0x00, 0x44, 0x32, 0x14, 0xc7}, "0123-4567"},
    {{0x42, 0x54, 0xb6, 0x35, 0xcf}, "89AB-CDEF"},
    {{0x84, 0x65, 0x3a, 0x56, 0xd7}, "GHJK-MNPQ"},
    {{0xc6, 0x75, 0xbe, 0x77, 0xdf}, "RSTV-WXYZ"},
};

LOOP_TEST(receipts_are_the_first_forty_bits, COUNT(receipts))
{
    char receipt[RECEIPT_BYTES];
    receipt_from_digest(receipts[_i].digest, receipt);
    ck_assert_str_eq(receipt, receipts[_i].receipt);
}

static size_t read_example(const char *name, char *ret_bytes, size_t capacity)
{
    char path[512];
    int path_length = snprintf(path, sizeof path, EXAMPLES "%s", name);
    ck_assert(path_length > 0 && path_length < (int)sizeof path);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    size_t length = fread(ret_bytes, 1, capacity, file);
    ck_assert_uint_lt(length, capacity);
    ck_assert_int_eq(fclose(file), 0);
    return length;
}

/* False when keys.csv has no key of this id. */
static bool find_public_key(const char *id, unsigned char ret_key[PUBLIC_KEY_BYTES])
{
    static char table[4096];
    struct slice rows = {table, read_example("keys.csv", table, sizeof table)};
    while (rows.bytes != NULL) {
        struct slice cells = text_split(&rows, '\n');
        if (slice_equals(text_split(&cells, ','), id)) {
            (void)text_split(&cells, ','); /* the area */
            ck_assert(public_key_parse(text_split(&cells, ','), ret_key));
            return true;
        }
    }
    return false;
}

/* What stands between a report and being counted, as far as its bytes and keys.csv tell. */
static bool is_taken(const char *json, size_t length)
{
    struct report report;
    struct error error;
    unsigned char key[PUBLIC_KEY_BYTES];
    return report_json_parse(json, length, &report, &error) == TURNOUT_OK &&
           find_public_key(report.key, key) && report_signature_is_good(&report, key);
}

static const char *const signed_examples[] = {
    "valid/signed-by-unit.json",
    "valid/signed-by-relay.json",
    "valid/signed-correction.json",
    "valid/signed-test.json",
};

LOOP_TEST(the_signatures_of_the_examples_fit, COUNT(signed_examples))
{
    char json[REPORT_BYTES_MAX + 1];
    ck_assert(is_taken(json, read_example(signed_examples[_i], json, sizeof json)));
}

LOOP_TEST(no_bit_of_a_signed_report_can_change, COUNT(signed_examples))
{
    char json[REPORT_BYTES_MAX + 1];
    size_t length = read_example(signed_examples[_i], json, sizeof json);
    for (size_t bit = 0; bit < 8 * length; bit++) {
        char *byte = &json[bit / 8];
        char flip = (char)(1 << bit % 8);
        *byte = (char)(*byte ^ flip);
        ck_assert_msg(!is_taken(json, length), "with bit %zu of byte %zu flipped: %s", bit % 8, bit / 8,
                      json);
        *byte = (char)(*byte ^ flip);
    }
    ck_assert(is_taken(json, length));
}

/* Good JSON, a key that is known, and a signature that does not fit. */
static void check_badly_signed(const char *name)
{
    char json[REPORT_BYTES_MAX + 1];
    size_t length = read_example(name, json, sizeof json);
    struct report report;
    struct error error;
    unsigned char key[PUBLIC_KEY_BYTES];
    ck_assert_int_eq(report_json_parse(json, length, &report, &error), TURNOUT_OK);
    ck_assert(find_public_key(report.key, key));
    ck_assert_msg(!report_signature_is_good(&report, key), "%s", name);
}

TEST(badly_signed_examples_are_refused)
{
    DIR *folder = opendir(EXAMPLES "badly-signed");
    ck_assert_ptr_nonnull(folder);
    size_t count = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strstr(entry->d_name, ".json") != NULL) {
            char name[512];
            ck_assert_int_gt(snprintf(name, sizeof name, "badly-signed/%s", entry->d_name), 0);
            check_badly_signed(name);
            count++;
        }
    }
    ck_assert_int_eq(closedir(folder), 0);
    ck_assert_uint_ge(count, 10);
}

/* The seeds of the examples: 00 to 1f, 20 to 3f. Ed25519 draws no lots, so signing again gives the same. */
LOOP_TEST(we_sign_as_the_examples_are_signed, COUNT(signed_examples))
{
    char json[REPORT_BYTES_MAX + 1];
    size_t length = read_example(signed_examples[_i], json, sizeof json);
    struct report report;
    struct error error;
    ck_assert_int_eq(report_json_parse(json, length, &report, &error), TURNOUT_OK);
    unsigned char seed[SIGNING_SEED_BYTES];
    for (size_t i = 0; i < sizeof seed; i++) {
        seed[i] = (unsigned char)(i + (strcmp(report.key, "19804.office") == 0 ? 32 : 0));
    }
    struct report again = report;
    memset(again.sig, 0, sizeof again.sig);
    report_sign(&again, seed);
    ck_assert_str_eq(again.sig, report.sig);
}

/* A signature that fits any report, were it taken: R and the key are points of small order, S is 0. */
TEST(keys_of_small_order_sign_nothing)
{
    static const unsigned char small_keys[][PUBLIC_KEY_BYTES] = {
        {0}, /* of order 4 */
        {1}, /* of order 1 */
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    };
    struct report report = plain;
    ck_assert(slice_copy(slice_of("k"), report.key, sizeof report.key));
    for (size_t key = 0; key < sizeof small_keys / sizeof small_keys[0]; key++) {
        for (size_t point = 0; point < sizeof small_keys / sizeof small_keys[0]; point++) {
            unsigned char signature[crypto_sign_BYTES] = {0};
            memcpy(signature, small_keys[point], PUBLIC_KEY_BYTES);
            (void)sodium_bin2base64(report.sig, sizeof report.sig, signature, sizeof signature,
                                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
            ck_assert(!report_signature_is_good(&report, small_keys[key]));
        }
    }
}

TEST(a_report_without_a_signature_has_no_good_one)
{
    unsigned char key[PUBLIC_KEY_BYTES];
    ck_assert(find_public_key("19804-003.a", key));
    struct report report = plain;
    ck_assert(!report_signature_is_good(&report, key));
    unsigned char seed[SIGNING_SEED_BYTES];
    for (size_t i = 0; i < sizeof seed; i++) {
        seed[i] = (unsigned char)i;
    }
    report_sign(&report, seed);
    ck_assert(report_signature_is_good(&report, key));
    report.sig[SIGNATURE_TEXT_BYTES - 1] = '\0';
    ck_assert(!report_signature_is_good(&report, key));
}

static const struct {
    const char *text;
    bool ok;
} public_keys[] = {
    {"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg", true},
    {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true},
    {"__________________________________________8", true},
    {"", false},
    {"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMb", false},
    {"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbgA", false},
    {"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", false},
    {"A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg", false}, /* of the other alphabet */
    {"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbh", false}, /* a bit that stands for nothing */
    {"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbi", false},
    {" A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMb", false},
};

LOOP_TEST(public_keys_are_read_strictly, COUNT(public_keys))
{
    unsigned char key[PUBLIC_KEY_BYTES] = {'x'};
    ck_assert_msg(public_key_parse(slice_of(public_keys[_i].text), key) == public_keys[_i].ok, "%s",
                  public_keys[_i].text);
    ck_assert((key[0] == 'x') == !public_keys[_i].ok);
}

SUITE("signature");
