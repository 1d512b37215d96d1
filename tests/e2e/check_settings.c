/* What turnoutd says of its settings can be read again by turnoutd: what --print-config prints, and the file that is
 * shipped, as it is and with every line in force. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

#include "process.h"
#include "suite.h"
#include "workspace.h"

enum { DONE = 0 };

static struct workspace workspace;
static char config[WORKSPACE_PATH_BYTES];

static void setup(void)
{
    workspace_init(&workspace);
    workspace_path(&workspace, "turnoutd.ini", config);
}

static void teardown(void)
{
    workspace_done(&workspace);
}

/* What `turnoutd --print-config` prints with these arguments behind it, up to a NULL; the caller frees it. */
static char *print_config(const char *const more[])
{
    const char *arguments[16] = {TURNOUT_BIN_DIR "/turnoutd", "--print-config"};
    struct process process;
    for (size_t i = 0; more[i] != NULL; i++) {
        arguments[2 + i] = more[i];
    }
    process_start(&process, &workspace, "print", arguments);
    int status = process_wait_exit(&process, PROCESS_DEADLINE_MS);
    char *errors = workspace_read(process.stderr_path);
    ck_assert_msg(status == DONE, "%d: %s", status, errors);
    free(errors);
    return workspace_read(process.stdout_path);
}

/* The lines of a printed configuration that are no comments; the caller frees them. */
static char *values_of(const char *printed)
{
    struct slice rest = slice_of(printed);
    struct buffer values = {0};
    size_t length;
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        if (line.length > 0 && line.bytes[0] != ';') {
            buffer_printf(&values, "%.*s\n", (int)line.length, line.bytes);
        }
    }
    return buffer_take(&values, &length);
}

static void check_reads_back(const char *const arguments[])
{
    char *printed = print_config(arguments);
    workspace_write(&workspace, "turnoutd.ini", printed);
    char *again = print_config((const char *const[]){"--config", config, NULL});
    char *values = values_of(printed);
    char *values_again = values_of(again);
    ck_assert_str_eq(values, values_again);
    ck_assert_ptr_nonnull(strstr(values, "publish-ms = "));
    free(values);
    free(values_again);
    free(printed);
    free(again);
}

FIXTURE(setup, teardown);

TEST(what_is_printed_reads_back)
{
    check_reads_back((const char *const[]){NULL});
    check_reads_back((const char *const[]){"--election", "e", NULL});
    check_reads_back((const char *const[]){"--election", " a ; \"b\" ", "--data=\"", "--public", "",
                                           "--workers", "2", "--intake", "open", "--proxies", "", NULL});
}

/* Each value of the shipped file is the default. The election alone has none. */
TEST(the_shipped_file_says_the_defaults)
{
    struct buffer in_force = {0};
    char *shipped = workspace_read(TURNOUT_SOURCE_DIR "/config/turnoutd.ini");
    char *defaults =
        print_config((const char *const[]){"--election", "/etc/turnout/elections/vn-2026", NULL});
    char *as_shipped =
        print_config((const char *const[]){"--config", TURNOUT_SOURCE_DIR "/config/turnoutd.ini",
                                           "--election", "/etc/turnout/elections/vn-2026", NULL});
    ck_assert_str_eq(as_shipped, defaults);

    struct slice rest = slice_of(shipped);
    while (rest.length > 0) {
        struct slice line = text_split(&rest, '\n');
        size_t name = strspn(line.bytes, "; ");
        size_t end = name + strspn(line.bytes + name, "abcdefghijklmnopqrstuvwxyz-");
        bool is_setting = name == 2 && strncmp(line.bytes + end, " =", 2) == 0;
        buffer_printf(&in_force, "%.*s\n", (int)(line.length - (is_setting ? 2 : 0)),
                      line.bytes + (is_setting ? 2 : 0));
    }
    workspace_write(&workspace, "turnoutd.ini", in_force.bytes);
    char *printed = print_config((const char *const[]){"--config", config, NULL});
    char *values = values_of(printed);
    char *values_default = values_of(defaults);
    ck_assert_str_eq(values, values_default);
    ck_assert_ptr_null(strstr(printed, "; default\n")); /* every setting stands in the file */
    buffer_done(&in_force);
    free(shipped);
    free(defaults);
    free(as_shipped);
    free(printed);
    free(values);
    free(values_default);
}

SUITE("settings");
