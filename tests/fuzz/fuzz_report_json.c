/* Reports as JSON. What is taken is within every bound, and says the same when it is written and read again; what is
 * not taken is refused with words, and names its unit only by a code that could be one. All that is taken is taken by
 * the scanner, which reads whatever it is given as jansson does. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "../support/report_oracle.h"

static enum turnout_error parse(const void *bytes, size_t length, struct report *ret_report)
{
    struct error error = {.field = "", .text = ""};
    char *copy = fuzz_copy(bytes, length);
    memset(ret_report, 0x5a, sizeof *ret_report); /* so that nothing is left over by chance */
    enum turnout_error failed = report_json_parse(copy, length, ret_report, &error);
    free(copy);
    assert((failed == TURNOUT_OK) == (error.text[0] == '\0'));
    assert((failed == TURNOUT_TOO_LARGE) == (length > REPORT_BYTES_MAX));
    assert(text_is_utf8(slice_of(error.text), NULL) && !text_has_control(slice_of(error.text)));
    assert(error.field[0] == '\0' || text_is_key_id(slice_of(error.field)));
    return failed;
}

static void check_bounds(const struct report *report)
{
    size_t characters;
    assert(text_is_code(slice_of(report->election)) && text_is_code(slice_of(report->unit)));
    assert(report->seq >= 1 && report->voted >= 0 && report->voted <= VOTERS_MAX);
    assert(report->registered >= REGISTERED_ABSENT && report->registered <= VOTERS_MAX);
    assert(report->kind == KIND_PROGRESS || report->kind_given);
    assert(report->reason == REASON_NONE || report->kind == KIND_CORRECTION);
    assert(text_is_utf8(slice_of(report->note), &characters) && characters <= NOTE_CHARACTERS_MAX);
    assert(!text_has_control(slice_of(report->note)));
    assert((report->key[0] == '\0') == (report->sig[0] == '\0'));
    assert(report->key[0] == '\0' ||
           (text_is_key_id(slice_of(report->key)) && strlen(report->sig) == SIGNATURE_TEXT_BYTES));

    int64_t as_of;
    assert(rfc3339_parse(slice_of(report->as_of_text), &as_of, NULL) && as_of == report->as_of);
}

static void check_same(const struct report *left, const struct report *right)
{
    struct buffer lines[2] = {{0}};
    unsigned char digests[2][REPORT_DIGEST_BYTES];
    signed_lines_write(&lines[0], left);
    signed_lines_write(&lines[1], right);
    report_digest(left, digests[0]);
    report_digest(right, digests[1]);
    assert(lines[0].length == lines[1].length && strcmp(lines[0].bytes, lines[1].bytes) == 0);
    assert(memcmp(digests[0], digests[1], REPORT_DIGEST_BYTES) == 0);
    assert(strcmp(left->sig, right->sig) == 0 && left->as_of == right->as_of && left->test == right->test);
    buffer_done(&lines[0]);
    buffer_done(&lines[1]);
}

/* No field can reach over into the next signed line. */
static void check_signed_lines(const struct report *report)
{
    enum { SIGNED_LINES = 11 };
    struct buffer lines = {0};
    signed_lines_write(&lines, report);
    size_t count = 0;
    for (size_t i = 0; i < lines.length; i++) {
        count += lines.bytes[i] == '\n';
    }
    assert(count == SIGNED_LINES && strlen(lines.bytes) == lines.length);
    buffer_done(&lines);
}

/* Returns whether the scanner took it. */
static bool check_scan(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size);
    bool is_scanned = false;
    assert(size > REPORT_BYTES_MAX || report_oracle_agrees((struct slice){copy, size}, &is_scanned));
    free(copy);
    return is_scanned;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report report;
    bool is_scanned = check_scan(data, size);
    if (parse(data, size, &report) != TURNOUT_OK) {
        assert(report.unit[0] == '\0' || text_is_code(slice_of(report.unit)));
        assert(report.seq >= 0);
        return 0;
    }
    assert(is_scanned);
    check_bounds(&report);
    check_signed_lines(&report);

    struct buffer written = {0};
    report_json_write(&written, &report);
    assert(written.length <= REPORT_BYTES_MAX && memchr(written.bytes, '\n', written.length) == NULL);
    struct report again;
    assert(parse(written.bytes, written.length, &again) == TURNOUT_OK);
    check_same(&report, &again);
    struct buffer twice = {0};
    report_json_write(&twice, &again);
    assert(twice.length == written.length && memcmp(twice.bytes, written.bytes, written.length) == 0);
    buffer_done(&twice);
    buffer_done(&written);
    return 0;
}
