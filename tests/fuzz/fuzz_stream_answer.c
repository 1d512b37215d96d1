/* Answers on the stream, which are read fast where they look as usual. Nothing is read so that is not JSON, and the
 * fast way and the thorough one never disagree on what became of a report, and of which. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/wire/report_json.h>

#include "client/stream_answer.h"

/* What is left out on the fast way is empty there. */
static void check_agreement(const struct report_result *fast, const struct report_result *thorough)
{
    assert(fast->status == thorough->status && fast->code == thorough->code);
    assert(strcmp(fast->receipt, thorough->receipt) == 0);
    assert(fast->unit[0] == '\0' || strcmp(fast->unit, thorough->unit) == 0);
    assert(fast->seq == 0 || fast->seq == thorough->seq);
    assert(fast->detail[0] == '\0' || strcmp(fast->detail, thorough->detail) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report_result found;
    struct report_result thorough;
    uint64_t line = 0;
    uint64_t thorough_line = 0;
    struct error error;
    char *copy = fuzz_copy(data, size);
    bool is_read = stream_answer_read((struct slice){copy, size}, &found, &line, &error) == TURNOUT_OK;
    bool is_sound = result_json_parse(copy, size, &thorough, &thorough_line, &error) == TURNOUT_OK;
    free(copy);
    assert(is_read == is_sound);
    if (is_sound) {
        check_agreement(&found, &thorough);
        assert(line == thorough_line);
    }
    return 0;
}
