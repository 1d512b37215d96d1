/* `turnout register check` over elections as offices make them. A case is a folder of `tables`: the files in it take
 * the place of those of the small election, and expected.txt says in its first line how the command ends, then word for
 * word what it tells of faults and warnings, then what it prints. The folder is written DIR there; the fingerprint
 * SMALL where it is that of the small election, because the tables say the same, and OTHER where it is not. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/base/text.h>

#include "command.h"
#include "suite.h"
#include "vectors.h"
#include "workspace.h"

enum { CASES_LEAST = 25, PATH_BYTES = 512, FILE_BYTES_MAX = 1 << 20 };

static const char folder[] = "tables";
static const char folder_end[] = ".case";
static const char expected_file[] = "expected.txt";
static struct vector_names names;
static struct workspace workspace;
static char election[WORKSPACE_PATH_BYTES];
static char fingerprint[16]; /* of the small election */

static int list_cases(void)
{
    vectors_list(folder, folder_end, &names);
    return (int)names.count;
}

static void tear_down(void)
{
    workspace_done(&workspace);
}

static void path_in_case(const char *name, const char *file, char ret_path[PATH_BYTES])
{
    int length = snprintf(ret_path, PATH_BYTES, "%s/tests/conformance/%s/%s%s/%s", TURNOUT_SOURCE_DIR, folder,
                          name, folder_end, file);
    ck_assert(length > 0 && length < PATH_BYTES);
}

static void copy_file(const char *name, const char *file)
{
    char from[PATH_BYTES];
    char to[WORKSPACE_PATH_BYTES];
    char in_election[WORKSPACE_PATH_BYTES];
    char *bytes;
    size_t length;
    struct error error;
    path_in_case(name, file, from);
    (void)snprintf(in_election, sizeof in_election, "election/%s", file);
    workspace_path(&workspace, in_election, to);
    ck_assert_msg(file_read(from, FILE_BYTES_MAX, &bytes, &length, &error) == TURNOUT_OK, "%s: %s", from,
                  error.text);
    ck_assert_int_eq(file_write(to, bytes, length, &error), TURNOUT_OK);
    free(bytes);
}

static void copy_case(const char *name)
{
    char path[PATH_BYTES];
    path_in_case(name, "", path);
    DIR *files = opendir(path);
    ck_assert_ptr_nonnull(files);
    const struct dirent *file;
    while ((file = readdir(files)) != NULL) {
        if (file->d_name[0] != '.' && strcmp(file->d_name, expected_file) != 0) {
            copy_file(name, file->d_name);
        }
    }
    ck_assert_int_eq(closedir(files), 0);
}

/* Appends the text with `shown` wherever `what` stands in it. */
static void append_with(struct buffer *out, const char *text, const char *what, const char *shown)
{
    const char *found;
    while ((found = strstr(text, what)) != NULL) {
        buffer_append(out, text, (size_t)(found - text));
        buffer_append_text(out, shown);
        text = found + strlen(what);
    }
    buffer_append_text(out, text);
}

static struct command_run run(const char *command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    struct command_run run = command_run(&workspace, arguments);
    va_end(arguments);
    return run;
}

static const char before_fingerprint[] = "fingerprint ";

static void set_up(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_path(&workspace, "election", election);
    struct command_run sound = run("", "register", "check", election, NULL);
    const char *found = strstr(sound.out, before_fingerprint);
    ck_assert_ptr_nonnull(found);
    struct slice rest = slice_of(found + strlen(before_fingerprint));
    ck_assert(slice_copy(text_split(&rest, '\n'), fingerprint, sizeof fingerprint));
    command_run_done(&sound);
}

/* What the command printed. */
static void append_output(struct buffer *out, char *text)
{
    char *found = strstr(text, before_fingerprint);
    char *at = found == NULL ? NULL : found + strlen(before_fingerprint);
    if (at != NULL && strncmp(at, fingerprint, strlen(fingerprint)) != 0) {
        *at = '\0';
        buffer_append_text(out, text);
        buffer_append_text(out, "OTHER\n");
    } else {
        append_with(out, text, fingerprint, "SMALL");
    }
}

FIXTURE(set_up, tear_down);

LOOP_TEST(a_folder_has_its_words, list_cases())
{
    const char *name = names.names[_i];
    struct buffer told = {0};
    copy_case(name);
    struct command_run ended = run("", "register", "check", election, NULL);
    buffer_printf(&told, "ends with %d\n", ended.status);
    append_with(&told, ended.err, election, "DIR");
    append_output(&told, ended.out);
    char path[PATH_BYTES];
    path_in_case(name, expected_file, path);
    char *expected = workspace_read(path);
    ck_assert_msg(strcmp(told.bytes, expected) == 0, "%s: wanted\n%s\ngot\n%s", name, expected, told.bytes);
    free(expected);
    command_run_done(&ended);
    buffer_done(&told);
}

TEST(there_are_enough_cases)
{
    ck_assert_uint_ge(names.count, CASES_LEAST);
}

SUITE("tables");
