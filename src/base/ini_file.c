/* Reads INI text line by line, against the keys that may stand in it. */
#include <turnout/base/ini_file.h>

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <turnout/base/nearest.h>

/* One reading of a file. */
struct ini {
    const char *file;
    struct ini_key *keys;
    size_t key_count;
    struct faults *faults;
    ini_value_fn *on_value;
    void *context;

    uint32_t line;
    const char *section; /* of the keys; NULL: none yet, or an unknown one, which was told where it began */
    bool has_begun_section;
    struct buffer unquoted;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_comment(struct slice text)
{
    return text.length > 0 && (text.bytes[0] == ';' || text.bytes[0] == '#');
}

/* ---- sections ---- */

/* The section of the keys that is called so; NULL when there is none. */
static const char *find_section(const struct ini *ini, struct slice name)
{
    for (size_t i = 0; i < ini->key_count; i++) {
        if (slice_equals(name, ini->keys[i].section)) {
            return ini->keys[i].section;
        }
    }
    return NULL;
}

/* `[election] and [rules]`: each that differs from the key's before. */
static void list_sections(const struct ini *ini, struct buffer *out)
{
    for (size_t i = 0; i < ini->key_count; i++) {
        const char *section = ini->keys[i].section;
        if (i == 0 || strcmp(section, ini->keys[i - 1].section) != 0) {
            buffer_printf(out, "%s[%s]", i == 0 ? "" : " and ", section);
        }
    }
}

static void refuse_section(struct ini *ini, struct slice name)
{
    char shown[TEXT_SHOWN_BYTES];
    struct buffer sections = {0};
    if (find_section(ini, slice_of("")) != NULL) {
        faults_add(ini->faults, ini->file, ini->line, "",
                   "[%s]: the keys stand alone here, without a section; take it out", text_show(name, shown));
        return;
    }
    list_sections(ini, &sections);
    faults_add(ini->faults, ini->file, ini->line, "", "there is no section [%s]; there are %s",
               text_show(name, shown), sections.bytes);
    buffer_done(&sections);
}

static void begin_section(struct ini *ini, struct slice line)
{
    struct slice rest = {line.bytes + 1, line.length - 1};
    struct slice name = text_split(&rest, ']');
    if (rest.bytes == NULL) {
        faults_add(ini->faults, ini->file, ini->line, "",
                   "the section's name is not closed; write a ] behind it");
        return; /* whatever follows belongs to the section before, as far as anybody can tell */
    }
    rest = slice_trim(rest);
    ini->has_begun_section = true;
    ini->section = name.length == 0 ? NULL : find_section(ini, name);
    if (rest.length > 0 && !is_comment(rest)) {
        faults_add(ini->faults, ini->file, ini->line, "",
                   "there is text after the section's name; put it on a line of its own");
    } else if (ini->section == NULL) {
        refuse_section(ini, name);
    }
}

/* ---- keys ---- */

/* key_count when there is none. */
static size_t find_key(const struct ini *ini, struct slice name)
{
    size_t key = 0;
    while (key < ini->key_count &&
           (strcmp(ini->keys[key].section, ini->section) != 0 || !slice_equals(name, ini->keys[key].name))) {
        key++;
    }
    return key;
}

/* Names the right one, if there is one like it in this section, or the same in another. */
static void refuse_key(struct ini *ini, struct slice name)
{
    char shown[TEXT_SHOWN_BYTES];
    char hint[NEAREST_HINT_BYTES] = "; take the line out";
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < ini->key_count; i++) {
        const struct ini_key *key = &ini->keys[i];
        if (strcmp(key->section, ini->section) == 0) {
            nearest_offer(&nearest, key->name);
        } else if (slice_equals(name, key->name)) {
            faults_add(ini->faults, ini->file, ini->line, "", "[%s] has no key \"%s\"; it belongs under [%s]",
                       ini->section, key->name, key->section);
            return;
        }
    }
    if (nearest.name != NULL) {
        (void)nearest_hint(&nearest, hint);
    }
    if (ini->section[0] == '\0') {
        faults_add(ini->faults, ini->file, ini->line, "", "there is no key \"%s\"%s", text_show(name, shown),
                   hint);
    } else {
        faults_add(ini->faults, ini->file, ini->line, "", "[%s] has no key \"%s\"%s", ini->section,
                   text_show(name, shown), hint);
    }
}

/* What stands between quotes goes into ini->unquoted. False when the closing one is missing or not the end. */
static bool unquote(struct ini *ini, struct slice value)
{
    size_t at = 1;
    buffer_clear(&ini->unquoted);
    while (at < value.length) {
        if (value.bytes[at] != '"') {
            buffer_append_char(&ini->unquoted, value.bytes[at++]);
        } else if (at + 1 < value.length && value.bytes[at + 1] == '"') {
            buffer_append_char(&ini->unquoted, '"');
            at += 2;
        } else {
            struct slice rest = slice_trim((struct slice){value.bytes + at + 1, value.length - at - 1});
            return rest.length == 0 || is_comment(rest);
        }
    }
    return false;
}

/* Without a comment behind it: a `;` with a blank before it, or alone. */
static struct slice without_comment(struct slice value)
{
    for (size_t i = 0; i < value.length; i++) {
        if (value.bytes[i] == ';' && (i == 0 || is_blank(value.bytes[i - 1]))) {
            value.length = i;
        }
    }
    return slice_trim(value);
}

static void take_value(struct ini *ini, size_t key, struct slice value)
{
    const char *name = ini->keys[key].name;
    bool is_quoted = value.length > 0 && value.bytes[0] == '"';
    if (is_quoted) {
        if (!unquote(ini, value)) {
            faults_add(
                ini->faults, ini->file, ini->line, name,
                "the quotes around the value do not close at its end; a quote inside is written twice");
            return;
        }
        value = (struct slice){ini->unquoted.length == 0 ? "" : ini->unquoted.bytes, ini->unquoted.length};
    } else {
        value = without_comment(value);
    }
    if (!text_is_utf8(value, NULL)) {
        faults_add(ini->faults, ini->file, ini->line, name, "the value is not UTF-8; save the file as UTF-8");
    } else if (text_has_control(value)) {
        faults_add(ini->faults, ini->file, ini->line, name,
                   "the value holds a control character; take it out");
    } else {
        ini->on_value(ini->context, key, value);
    }
}

static void take_key(struct ini *ini, struct slice name, struct slice value)
{
    if (ini->section == NULL) {
        if (!ini->has_begun_section) {
            faults_add(ini->faults, ini->file, ini->line, "", "a key before any section; put it under [%s]",
                       ini->keys[0].section);
        }
        return;
    }
    size_t key = find_key(ini, name);
    if (key == ini->key_count) {
        refuse_key(ini, name);
    } else if (ini->keys[key].line != 0) {
        faults_add(ini->faults, ini->file, ini->line, ini->keys[key].name,
                   "stands in line %u already; keep one of the two", ini->keys[key].line);
    } else {
        ini->keys[key].line = ini->line;
        take_value(ini, key, value);
    }
}

/* ---- the whole ---- */

static void take_line(struct ini *ini, struct slice line)
{
    if (line.length > 0 && line.bytes[line.length - 1] == '\r') {
        line.length--;
    }
    line = slice_trim(line);
    if (line.length == 0 || is_comment(line)) {
        return;
    }
    if (memchr(line.bytes, '\0', line.length) != NULL) {
        faults_add(ini->faults, ini->file, ini->line, "",
                   "the line holds a NUL byte; save the file as UTF-8 text");
        return;
    }
    if (line.bytes[0] == '[') {
        begin_section(ini, line);
        return;
    }
    size_t separator = 0;
    while (separator < line.length && line.bytes[separator] != '=' && line.bytes[separator] != ':') {
        separator++;
    }
    struct slice name = slice_trim((struct slice){line.bytes, separator});
    if (separator == line.length || name.length == 0) {
        faults_add(ini->faults, ini->file, ini->line, "",
                   "neither a [section] nor a `key = value`; mend it or take it out");
        return;
    }
    take_key(ini, name, slice_trim((struct slice){line.bytes + separator + 1, line.length - separator - 1}));
}

static struct slice without_byte_order_mark(struct slice text)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t mark_length = sizeof mark - 1;
    if (text.length >= mark_length && memcmp(text.bytes, mark, mark_length) == 0) {
        return (struct slice){text.bytes + mark_length, text.length - mark_length};
    }
    return text;
}

void ini_file_read(struct slice text, const char *file, struct ini_key *keys, size_t key_count,
                   struct faults *faults, ini_value_fn *on_value, void *context)
{
    assert(key_count > 0);
    struct ini ini = {.file = file,
                      .keys = keys,
                      .key_count = key_count,
                      .faults = faults,
                      .on_value = on_value,
                      .context = context};
    for (size_t i = 0; i < key_count; i++) {
        keys[i].line = 0;
    }
    ini.section = find_section(&ini, slice_of(""));
    struct slice rest = without_byte_order_mark(text);
    while (rest.length > 0) {
        ini.line++;
        take_line(&ini, text_split(&rest, '\n'));
    }
    buffer_done(&ini.unquoted);
}

static bool needs_quotes(struct slice value)
{
    struct slice plain = without_comment(slice_trim(value));
    return plain.length != value.length || (value.length > 0 && value.bytes[0] == '"');
}

void ini_file_write(struct buffer *out, const char *name, const char *value)
{
    assert(!text_has_control(slice_of(value)));
    if (!needs_quotes(slice_of(value))) {
        buffer_printf(out, value[0] == '\0' ? "%s =\n" : "%s = %s\n", name, value);
        return;
    }
    buffer_printf(out, "%s = \"", name);
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '"') {
            buffer_append_char(out, '"');
        }
        buffer_append_char(out, *c);
    }
    buffer_append_text(out, "\"\n");
}
