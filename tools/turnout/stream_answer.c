/* The fast way through an answer, and the thorough one behind it.
 *
 * The fast way looks for `"status":"accepted"` and the like as bytes. They cannot stand inside a JSON string,
 * where a quote is always escaped; and whatever is spelled differently (a space, another order of things, another
 * status) goes the thorough way. */
#include "stream_answer.h"

#include <string.h>

#include <turnout/wire/report_json.h>

/* The bytes behind the first `mark`, or an empty slice with NULL bytes. */
static struct slice behind(struct slice text, const char *mark)
{
    size_t mark_length = strlen(mark);
    const char *found = memmem(text.bytes, text.length, mark, mark_length);
    if (found == NULL) {
        return (struct slice){NULL, 0};
    }
    const char *rest = found + mark_length;
    return (struct slice){rest, text.length - (size_t)(rest - text.bytes)};
}

static bool starts_with(struct slice text, const char *start)
{
    size_t length = strlen(start);
    return text.length >= length && memcmp(text.bytes, start, length) == 0;
}

static bool read_line_number(struct slice answer, uint64_t *ret_line)
{
    struct slice digits = behind(answer, "\"line\":");
    size_t count = 0;
    while (count < digits.length && digits.bytes[count] >= '0' && digits.bytes[count] <= '9') {
        count++;
    }
    return text_parse_unsigned((struct slice){digits.bytes, count}, UINT64_MAX, ret_line);
}

static bool read_receipt(struct slice answer, char ret_receipt[RECEIPT_BYTES])
{
    struct slice text = behind(answer, "\"receipt\":\"");
    if (text.length < RECEIPT_BYTES || text.bytes[RECEIPT_BYTES - 1] != '"') {
        return false;
    }
    return slice_copy((struct slice){text.bytes, RECEIPT_BYTES - 1}, ret_receipt, RECEIPT_BYTES);
}

static bool read_fast(struct slice answer, struct report_result *result, uint64_t *ret_line)
{
    if (answer.length < 2 || answer.bytes[0] != '{' || answer.bytes[answer.length - 1] != '}') {
        return false;
    }
    struct slice status = behind(answer, "\"status\":");
    if (starts_with(status, "\"accepted\"")) {
        result->status = STATUS_ACCEPTED;
    } else if (starts_with(status, "\"duplicate\"")) {
        result->status = STATUS_DUPLICATE;
    } else {
        return false;
    }
    return read_receipt(answer, result->receipt) && read_line_number(answer, ret_line);
}

enum turnout_error stream_answer_read(struct slice answer, struct report_result *ret_result,
                                      uint64_t *ret_line, struct error *error)
{
    *ret_result = (struct report_result){0};
    if (read_fast(answer, ret_result, ret_line)) {
        return TURNOUT_OK;
    }
    return result_json_parse(answer.bytes, answer.length, ret_result, ret_line, error);
}
