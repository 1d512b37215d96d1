/* Signed lines, digest, receipt; and the signatures of proto/examples, verified with the keys that stand there. */
#include <turnout/wire/signature.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <sodium.h>

#include <turnout/base/text.h>
#include <turnout/wire/report_json.h>

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

START_TEST(what_is_absent_leaves_its_line_empty)
{
    assert_lines(&plain,
                 "turnout-report-v1\nvn-2026\n19804-003\n7\n2026-03-15T15:00:00+07:00\n812\n\n\n\n\n\n");
}
END_TEST

START_TEST(what_is_there_is_written_as_it_is)
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
END_TEST

START_TEST(lines_are_added_to_what_is_there)
{
    struct buffer out = {0};
    buffer_append_text(&out, "x");
    signed_lines_write(&out, &plain);
    ck_assert_int_eq(strncmp(out.bytes, "xturnout-report-v1\n", 19), 0);
    buffer_done(&out);
}
END_TEST

START_TEST(the_longest_report_fits)
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
END_TEST

START_TEST(the_digest_is_that_of_the_lines_down_to_note)
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
END_TEST

/* Returns whether a change made another digest. */
static bool differs(const struct report *changed)
{
    unsigned char before[REPORT_DIGEST_BYTES];
    unsigned char after[REPORT_DIGEST_BYTES];
    report_digest(&plain, before);
    report_digest(changed, after);
    return memcmp(before, after, sizeof before) != 0;
}

START_TEST(content_makes_the_digest_and_the_signer_does_not)
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
END_TEST

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

START_TEST(receipts_are_the_first_forty_bits)
{
    char receipt[RECEIPT_BYTES];
    receipt_from_digest(receipts[_i].digest, receipt);
    ck_assert_str_eq(receipt, receipts[_i].receipt);
}
END_TEST

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

static void decode(struct slice text, unsigned char *ret_bytes, size_t length)
{
    size_t decoded;
    ck_assert_int_eq(sodium_base642bin(ret_bytes, length, text.bytes, text.length, NULL, &decoded, NULL,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                     0);
    ck_assert_uint_eq(decoded, length);
}

static void find_public_key(const char *id, unsigned char ret_key[crypto_sign_PUBLICKEYBYTES])
{
    char table[4096];
    struct slice rows = {table, read_example("keys.csv", table, sizeof table)};
    while (rows.bytes != NULL) {
        struct slice cells = text_split(&rows, '\n');
        if (slice_equals(text_split(&cells, ','), id)) {
            (void)text_split(&cells, ','); /* the area */
            decode(text_split(&cells, ','), ret_key, crypto_sign_PUBLICKEYBYTES);
            return;
        }
    }
    ck_abort_msg("keys.csv has no key %s", id);
}

static const char *const signed_examples[] = {"valid/signed-by-unit.json", "valid/signed-by-relay.json"};

START_TEST(the_signatures_of_the_examples_fit)
{
    ck_assert_int_ge(sodium_init(), 0);
    char json[REPORT_BYTES_MAX + 1];
    size_t length = read_example(signed_examples[_i], json, sizeof json);
    struct report report;
    struct error error;
    ck_assert_int_eq(report_json_parse(json, length, &report, &error), TURNOUT_OK);

    unsigned char key[crypto_sign_PUBLICKEYBYTES];
    unsigned char signature[crypto_sign_BYTES];
    find_public_key(report.key, key);
    decode(slice_of(report.sig), signature, sizeof signature);
    struct buffer lines = {0};
    signed_lines_write(&lines, &report);
    const unsigned char *message = (const unsigned char *)lines.bytes;
    ck_assert_int_eq(crypto_sign_verify_detached(signature, message, lines.length, key), 0);

    lines.bytes[lines.length - 2] ^= 1; /* a byte of the key's id */
    ck_assert_int_ne(crypto_sign_verify_detached(signature, message, lines.length, key), 0);
    buffer_done(&lines);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signature");
    TCase *tests = tcase_create("signature");
    tcase_add_test(tests, what_is_absent_leaves_its_line_empty);
    tcase_add_test(tests, what_is_there_is_written_as_it_is);
    tcase_add_test(tests, lines_are_added_to_what_is_there);
    tcase_add_test(tests, the_longest_report_fits);
    tcase_add_test(tests, the_digest_is_that_of_the_lines_down_to_note);
    tcase_add_test(tests, content_makes_the_digest_and_the_signer_does_not);
    tcase_add_loop_test(tests, receipts_are_the_first_forty_bits, 0, sizeof receipts / sizeof receipts[0]);
    tcase_add_loop_test(tests, the_signatures_of_the_examples_fit, 0,
                        sizeof signed_examples / sizeof signed_examples[0]);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
