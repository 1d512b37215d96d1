/* Concatenated texts, each preceded by its name and length. */
#include <turnout/wire/bundle.h>

#include <string.h>

void bundle_put(struct buffer *out, const char *name, struct slice bytes)
{
    buffer_printf(out, "file %s %zu\n", name, bytes.length);
    buffer_append(out, bytes.bytes, bytes.length);
}

bool bundle_next(struct slice *rest, struct slice *ret_name, struct slice *ret_bytes)
{
    const char *end = rest->length == 0 ? NULL : memchr(rest->bytes, '\n', rest->length);
    if (end == NULL) {
        return false;
    }
    struct slice head = {rest->bytes, (size_t)(end - rest->bytes)};
    size_t behind = rest->length - head.length - 1;
    struct slice word = text_split(&head, ' ');
    struct slice name = text_split(&head, ' ');
    uint64_t length;
    if (!slice_equals(word, "file") || name.length == 0 || !text_parse_unsigned(head, behind, &length)) {
        return false;
    }
    *ret_name = name;
    *ret_bytes = (struct slice){end + 1, (size_t)length};
    *rest = (struct slice){end + 1 + length, behind - (size_t)length};
    return true;
}

struct slice bundle_find(struct slice bundle, const char *name)
{
    struct slice found;
    struct slice bytes;
    while (bundle_next(&bundle, &found, &bytes)) {
        if (slice_equals(found, name)) {
            return bytes;
        }
    }
    return (struct slice){0};
}
