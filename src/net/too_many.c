/* What counts as a failure, and how a request is turned away. */
#include "too_many.h"

#include "retry_after.h"

const char too_many_why[] = "too many reports and requests from this address have failed";

void too_many_note_result(struct visit *visit, const struct report_result *result)
{
    if (result->is_new) {
        visit_note_success(visit);
    } else if (result->status != STATUS_UNAVAILABLE && result->code != CODE_TOO_MANY) {
        visit_note_failure(visit);
    }
}

bool too_many_refuse(struct http_exchange *exchange, bool asks_much)
{
    const struct visit *visit = http_exchange_visit(exchange);
    bool is_refused = visit_is_blocked(visit) || (asks_much && visit_is_throttled(visit));
    if (is_refused) {
        char headers[RETRY_AFTER_BYTES];
        retry_after_header(headers);
        http_exchange_is_last(exchange);
        struct report_result result;
        report_reject(&result, NULL, CODE_TOO_MANY, NULL, "%s", too_many_why);
        http_answer_problem(exchange, 429, report_code_name(CODE_TOO_MANY), report_code_title(CODE_TOO_MANY),
                            result.detail, "", headers);
    }
    return is_refused;
}
