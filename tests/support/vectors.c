/* Cases that are files. */
#include "vectors.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workspace.h"

static const char cases_folder[] = TURNOUT_SOURCE_DIR "/tests/conformance";

static int compare_names(const void *left, const void *right)
{
    return strcmp(left, right);
}

static _Noreturn void give_up(const char *path, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", path, why);
    exit(EXIT_FAILURE);
}

void vectors_list(const char *folder, const char *end, struct vector_names *ret_names)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", cases_folder, folder);
    DIR *entries = opendir(path.bytes);
    if (entries == NULL) {
        give_up(path.bytes, "no such folder");
    }
    ret_names->count = 0;
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length <= strlen(end) || strcmp(entry->d_name + length - strlen(end), end) != 0) {
            continue;
        }
        struct slice name = {entry->d_name, length - strlen(end)};
        if (ret_names->count == VECTORS_MAX ||
            !slice_copy(name, ret_names->names[ret_names->count++], VECTOR_NAME_BYTES)) {
            give_up(entry->d_name, "one case too many, or its name is too long");
        }
    }
    if (closedir(entries) != 0 || ret_names->count == 0) {
        give_up(path.bytes, "no case in it");
    }
    buffer_done(&path);
    qsort(ret_names->names, ret_names->count, VECTOR_NAME_BYTES, compare_names);
}

char *vector_read(const char *folder, const char *name, const char *end)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s/%s%s", cases_folder, folder, name, end);
    char *text = workspace_read(path.bytes);
    buffer_done(&path);
    return text;
}

static bool decode_name(struct slice token, struct buffer *out)
{
    static const struct {
        const char *name;
        char byte;
    } names[] = {{"CR", '\r'}, {"LF", '\n'}, {"TAB", '\t'}, {"SP", ' '}, {"NUL", '\0'}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (slice_equals(token, names[i].name)) {
            buffer_append_char(out, names[i].byte);
            return true;
        }
    }
    return false;
}

static bool decode_repetition(struct slice token, struct buffer *out)
{
    uint64_t count;
    struct slice digits = {token.bytes + 2, token.length - 2};
    if (token.length < 3 || token.bytes[1] != '*' || !text_parse_unsigned(digits, 1 << 20, &count)) {
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        buffer_append_char(out, token.bytes[0]);
    }
    return true;
}

static void decode_hexadecimal(struct slice token, struct buffer *out)
{
    struct slice rest = token;
    while (rest.bytes != NULL) {
        struct slice pair = text_split(&rest, ' ');
        char digits[3];
        char *end;
        ck_assert_msg(pair.length == 2 && slice_copy(pair, digits, sizeof digits), "not a notation: <%.*s>",
                      (int)token.length, token.bytes);
        unsigned long value = strtoul(digits, &end, 16);
        ck_assert_msg(end == digits + 2, "not a notation: <%.*s>", (int)token.length, token.bytes);
        buffer_append_char(out, (char)value);
    }
}

void vector_decode(struct slice text, struct buffer *out)
{
    struct slice rest = text;
    while (rest.length > 0) {
        struct slice plain = text_split(&rest, '<');
        buffer_append(out, plain.bytes, plain.length);
        if (rest.bytes == NULL) {
            return;
        }
        struct slice token = text_split(&rest, '>');
        ck_assert_msg(rest.bytes != NULL, "never closed: <%.*s", (int)token.length, token.bytes);
        if (!decode_name(token, out) && !decode_repetition(token, out)) {
            decode_hexadecimal(token, out);
        }
    }
}
