/* One checker a test, that ends when the test does: it reads until nobody can ask any more. */
#include "json_schema.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PYTHON                                                                                               \
    "/usr/bin/python3" /* Debian's, which has the package; not what somebody put before it in PATH */

static FILE *checker; /* of this test; NULL: not started */

static void start(void)
{
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (dup2(ends[1], STDIN_FILENO) >= 0 && dup2(ends[1], STDOUT_FILENO) >= 0) {
            execl(PYTHON, PYTHON, TURNOUT_SOURCE_DIR "/tests/support/json_schema.py",
                  TURNOUT_SOURCE_DIR "/proto", (char *)NULL);
        }
        _exit(127);
    }
    ck_assert_int_eq(close(ends[1]), 0);
    checker = fdopen(ends[0], "r+");
    ck_assert_ptr_nonnull(checker);
}

bool json_schema_check(const char *schema_name, json_t *document, char ret_fault[JSON_SCHEMA_FAULT_BYTES])
{
    if (checker == NULL) {
        start();
    }
    json_t *question = json_pack("{s:s, s:O}", "schema", schema_name, "document", document);
    char *line = json_dumps(question, JSON_COMPACT);
    ck_assert_ptr_nonnull(line);
    ck_assert_int_gt(fprintf(checker, "%s\n", line), 0);
    ck_assert_int_eq(fflush(checker), 0);
    free(line);
    json_decref(question);

    char *answer = NULL;
    size_t capacity = 0;
    ssize_t length = getline(&answer, &capacity, checker);
    ck_assert_msg(length > 0, "the checker of schemas has ended; is python3-jsonschema installed?");
    answer[length - 1] = '\0';
    (void)snprintf(ret_fault, JSON_SCHEMA_FAULT_BYTES, "%s", answer);
    free(answer);
    return ret_fault[0] == '\0';
}
