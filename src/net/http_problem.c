/* Answers that say what is wrong. */
#include <turnout/net/http_server.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/documents.h>

void http_answer_with_problem(struct http_exchange *exchange, const struct problem *problem,
                              const char *headers)
{
    struct buffer body = {0};
    struct buffer lines = {0};
    document_problem_json(&body, problem);
    buffer_append_text(&lines, "Cache-Control: no-store\r\n");
    buffer_append_text(&lines, headers == NULL ? "" : headers);
    http_answer(exchange, &(struct http_answer){.status = problem->status,
                                                .content_type = "application/problem+json",
                                                .headers = lines.bytes,
                                                .body = body.bytes,
                                                .body_bytes = body.length});
    buffer_done(&lines);
    buffer_done(&body);
}

void http_answer_problem(struct http_exchange *exchange, int status, const char *code, const char *title,
                         const char *detail, const char *field, const char *headers)
{
    const struct problem problem = {
        .status = status, .code = code, .title = title, .detail = detail, .field = field};
    http_answer_with_problem(exchange, &problem, headers);
}

void http_refuse_parameter(struct http_exchange *exchange, const char *name, const char *detail)
{
    http_answer_problem(exchange, 400, "bad-parameter", "Bad parameter", detail, name, NULL);
}
