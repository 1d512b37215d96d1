/* Reports and their answers as JSON (DESIGN section 6; RFC 8259 strictly: one value, the whole input, UTF-8, no
 * duplicate key, no unknown key, integers written as integers). */
#ifndef TURNOUT_WIRE_REPORT_JSON_H
#define TURNOUT_WIRE_REPORT_JSON_H

#include <stddef.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/election/report.h>

/* TURNOUT_TOO_LARGE above REPORT_BYTES_MAX, else TURNOUT_BAD_INPUT with the field to blame. On failure `unit`,
 * `seq` and `test` of *ret_report are still filled where they could be read, so that the answer can name them;
 * the rest is unspecified. `bytes` need not be NUL-terminated. */
enum turnout_error report_json_parse(const char *bytes, size_t length, struct report *ret_report,
                                     struct error *error);

/* Appends the report as one line of JSON without newline. Absent fields are left out. */
void report_json_write(struct buffer *out, const struct report *report);

/* Appends the answer as one line of JSON without newline: unit and seq where known, status, receipt or code, detail
 * and field, then next_seq, generation and test where they are set. `line` is the number of the line that it answers,
 * 0 for none. */
void result_json_write(struct buffer *out, const struct report_result *result, uint64_t line);

/* Parses an answer, for clients. *ret_line is 0 when absent. Unknown keys are ignored. */
enum turnout_error result_json_parse(const char *bytes, size_t length, struct report_result *ret_result,
                                     uint64_t *ret_line, struct error *error);

#endif
