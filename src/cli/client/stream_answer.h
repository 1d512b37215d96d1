/* Parses one answer line of the stream intake. */
#ifndef TURNOUT_STREAM_ANSWER_H
#define TURNOUT_STREAM_ANSWER_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>
#include <turnout/election/report.h>

/* Recognises an `accepted` or `duplicate` answer as the server writes it without parsing all of it, since nearly all
 * answers are one of those; then only `status`, `receipt` and `generation` of *ret_result are filled. Any other line
 * is parsed as JSON and filled completely. *ret_line is 0 when the answer names no line. */
enum turnout_error stream_answer_read(struct slice answer, struct report_result *ret_result,
                                      uint64_t *ret_line, struct error *error);

#endif
