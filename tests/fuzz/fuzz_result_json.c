/* Answers to reports, as clients read them: what is taken says the same when it is written and read again. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/wire/report_json.h>

static enum turnout_error parse(const void *bytes, size_t length, struct report_result *ret_result,
                                uint64_t *ret_line)
{
    struct error error = {.field = "", .text = ""};
    char *copy = fuzz_copy(bytes, length);
    enum turnout_error failed = result_json_parse(copy, length, ret_result, ret_line, &error);
    free(copy);
    assert((failed == TURNOUT_OK) == (error.text[0] == '\0'));
    return failed;
}

static void check_same(const struct report_result *left, const struct report_result *right)
{
    assert(left->status == right->status && left->code == right->code && left->seq == right->seq);
    assert(strcmp(left->unit, right->unit) == 0 && strcmp(left->receipt, right->receipt) == 0);
    assert(strcmp(left->field, right->field) == 0 && strcmp(left->detail, right->detail) == 0);
    assert(left->next_seq == right->next_seq && left->test == right->test);
    assert(strcmp(left->generation, right->generation) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report_result result;
    uint64_t line;
    if (parse(data, size, &result, &line) != TURNOUT_OK) {
        return 0;
    }
    assert(result.status < STATUS_COUNT && result.code < CODE_COUNT && result.seq >= 0 &&
           result.next_seq >= 0);
    assert(text_is_utf8(slice_of(result.detail), NULL) && text_is_utf8(slice_of(result.unit), NULL));
    assert(report_result_http_status(&result) >= 200 && report_result_http_status(&result) < 600);

    struct buffer written = {0};
    struct report_result again;
    uint64_t line_again;
    result_json_write(&written, &result, line);
    assert(parse(written.bytes, written.length, &again, &line_again) == TURNOUT_OK && line == line_again);
    check_same(&result, &again);
    buffer_done(&written);
    return 0;
}
