/* Chooses the coding (gzip, br or none) of an answer, for documents and pages alike. */
#include "coding.h"

bool coding_read(struct http_exchange *exchange, const struct http_request *request,
                 enum http_coding *ret_coding)
{
    bool is_there = http_request_choose_coding(request, ret_coding);
    if (!is_there) {
        http_answer_problem(exchange, 406, "not-acceptable", "Not acceptable",
                            "Accept-Encoding takes none of br, gzip and identity, in which this is there", "",
                            "Vary: Accept-Encoding\r\n");
    }
    return is_there;
}
