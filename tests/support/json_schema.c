/* The few words of JSON Schema that the schemas in proto/ use. A word it does not know fails the test instead of
 * being passed over. */
#include "json_schema.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

enum { SCHEMA_FILES_MAX = 8, SCHEMA_DEPTH_MAX = 16 };

/* The files read so far; a test's process ends with its test, and they with it. */
static struct schema_file {
    char name[64];
    json_t *root;
} schema_files[SCHEMA_FILES_MAX];

/* A schema, and the file that its references start from. */
struct schema {
    json_t *words;
    const struct schema_file *file;
};

static const struct schema_file *open_schema_file(struct slice name)
{
    size_t i = 0;
    while (schema_files[i].root != NULL && !slice_equals(name, schema_files[i].name)) {
        i++;
        ck_assert_uint_lt(i, SCHEMA_FILES_MAX);
    }
    struct schema_file *file = &schema_files[i];
    if (file->root == NULL) {
        ck_assert(slice_copy(name, file->name, sizeof file->name));
        struct buffer path = {0};
        buffer_printf(&path, "%s/proto/%s", TURNOUT_SOURCE_DIR, file->name);
        json_error_t fault;
        file->root = json_load_file(path.bytes, JSON_REJECT_DUPLICATES, &fault);
        ck_assert_msg(file->root != NULL, "%s:%d: %s", path.bytes, fault.line, fault.text);
        buffer_done(&path);
    }
    return file;
}

/* A reference: `file`, `file#/pointer` or `#/pointer`; no key on the way needs escaping. */
static struct schema follow(const struct schema_file *from, const char *reference)
{
    struct slice pointer = slice_of(reference);
    struct slice name = text_split(&pointer, '#');
    struct schema found = {.file = name.length > 0 ? open_schema_file(name) : from};
    found.words = found.file->root;
    while (pointer.bytes != NULL && pointer.length > 0) {
        struct slice key = text_split(&pointer, '/');
        char text[64];
        ck_assert(slice_copy(key, text, sizeof text));
        if (key.length > 0) {
            found.words = json_object_get(found.words, text);
        }
    }
    ck_assert_msg(json_is_object(found.words), "%s leads nowhere", reference);
    return found;
}

/* ---- checking ---- */

/* A value in a document, and what is said of it there. */
struct spot {
    struct schema schema;
    const char *key;
    json_t *value;
    int depth;
    char *fault; /* of JSON_SCHEMA_FAULT_BYTES */
};

static bool conforms(const struct spot *spot);

static bool blame(const struct spot *spot, const char *key, const char *what)
{
    (void)snprintf(spot->fault, JSON_SCHEMA_FAULT_BYTES, "\"%s\" %s", key, what);
    return false;
}

/* Whether a part of what stands at the spot conforms to its part of the schema. */
static bool part_conforms(const struct spot *spot, struct schema schema, const char *key, json_t *value)
{
    return conforms(&(struct spot){schema, key, value, spot->depth + 1, spot->fault});
}

static bool is_of_type(const json_t *value, const char *type)
{
    static const struct {
        const char *name;
        json_type types[2];
    } types[] = {{"object", {JSON_OBJECT, JSON_OBJECT}}, {"array", {JSON_ARRAY, JSON_ARRAY}},
                 {"string", {JSON_STRING, JSON_STRING}}, {"integer", {JSON_INTEGER, JSON_INTEGER}},
                 {"number", {JSON_REAL, JSON_INTEGER}},  {"boolean", {JSON_TRUE, JSON_FALSE}},
                 {"null", {JSON_NULL, JSON_NULL}}};
    size_t i = 0;
    while (strcmp(type, types[i].name) != 0) {
        i++;
        ck_assert_msg(i < sizeof types / sizeof types[0], "there is no type %s", type);
    }
    return json_typeof(value) == types[i].types[0] || json_typeof(value) == types[i].types[1];
}

static bool check_type(const struct spot *spot, json_t *types)
{
    bool is_one = json_is_string(types) && is_of_type(spot->value, json_string_value(types));
    for (size_t i = 0; i < json_array_size(types); i++) {
        is_one = is_one || is_of_type(spot->value, json_string_value(json_array_get(types, i)));
    }
    return is_one || blame(spot, spot->key, "is not of its type");
}

static bool check_enum(const struct spot *spot, json_t *members)
{
    size_t i = 0;
    while (i < json_array_size(members) && !json_equal(json_array_get(members, i), spot->value)) {
        i++;
    }
    return i < json_array_size(members) || blame(spot, spot->key, "is none of the values it may have");
}

static bool check_const(const struct spot *spot, json_t *value)
{
    return json_equal(value, spot->value) || blame(spot, spot->key, "is not the value that it must have");
}

static bool check_minimum(const struct spot *spot, json_t *least)
{
    return !json_is_number(spot->value) || json_number_value(spot->value) >= json_number_value(least) ||
           blame(spot, spot->key, "is too small");
}

static bool check_maximum(const struct spot *spot, json_t *most)
{
    return !json_is_number(spot->value) || json_number_value(spot->value) <= json_number_value(most) ||
           blame(spot, spot->key, "is too large");
}

static bool check_required(const struct spot *spot, json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (json_object_get(spot->value, name) == NULL) {
            return blame(spot, name, "is missing");
        }
    }
    return true;
}

static bool check_properties(const struct spot *spot, json_t *properties)
{
    const char *name;
    json_t *words;
    json_object_foreach(properties, name, words)
    {
        json_t *member = json_object_get(spot->value, name);
        struct schema schema = {words, spot->schema.file};
        if (member != NULL && !part_conforms(spot, schema, name, member)) {
            return false;
        }
    }
    return true;
}

static bool check_items(const struct spot *spot, json_t *items)
{
    struct schema schema = {items, spot->schema.file};
    for (size_t i = 0; i < json_array_size(spot->value); i++) {
        if (!part_conforms(spot, schema, spot->key, json_array_get(spot->value, i))) {
            return false;
        }
    }
    return true;
}

static bool check_reference(const struct spot *spot, json_t *reference)
{
    struct schema schema = follow(spot->schema.file, json_string_value(reference));
    return part_conforms(spot, schema, spot->key, spot->value);
}

/* Whether the schema, or one that it refers to in its own place, lists the field. */
static bool lists(struct schema schema, const char *name)
{
    while (json_object_get(json_object_get(schema.words, "properties"), name) == NULL) {
        const char *reference = json_string_value(json_object_get(schema.words, "$ref"));
        if (reference == NULL) {
            return false;
        }
        schema = follow(schema.file, reference);
    }
    return true;
}

/* `unevaluatedProperties` looks behind a reference, `additionalProperties` does not, and stands here only where
 * there is none. */
static bool check_no_others(const struct spot *spot, json_t *others)
{
    ck_assert(json_is_false(others));
    const char *name;
    json_t *member;
    json_object_foreach(spot->value, name, member)
    {
        if (!lists(spot->schema, name)) {
            return blame(spot, name, "is not in the schema");
        }
    }
    return true;
}

static const struct word {
    const char *name;
    bool (*check)(const struct spot *spot, json_t *said); /* NULL: says nothing that is checked here */
} known_words[] = {
    {"type", check_type},
    {"enum", check_enum},
    {"const", check_const},
    {"minimum", check_minimum},
    {"maximum", check_maximum},
    {"required", check_required},
    {"properties", check_properties},
    {"items", check_items},
    {"$ref", check_reference},
    {"additionalProperties", check_no_others},
    {"unevaluatedProperties", check_no_others},
    {"$schema", NULL},
    {"$defs", NULL},
    {"title", NULL},
    {"description", NULL},
    {"format", NULL},
    {"pattern", NULL},
};

static const struct word *find_word(const char *name)
{
    size_t i = 0;
    while (strcmp(known_words[i].name, name) != 0) {
        i++;
        ck_assert_msg(i < sizeof known_words / sizeof known_words[0], "this checker does not know \"%s\"",
                      name);
    }
    return &known_words[i];
}

static bool conforms(const struct spot *spot)
{
    ck_assert_int_lt(spot->depth, SCHEMA_DEPTH_MAX);
    bool so_far = true;
    const char *name;
    json_t *said;
    json_object_foreach(spot->schema.words, name, said)
    {
        const struct word *word = find_word(name);
        so_far = so_far && (word->check == NULL || word->check(spot, said));
    }
    return so_far;
}

bool json_schema_check(const char *schema_name, json_t *document, char ret_fault[JSON_SCHEMA_FAULT_BYTES])
{
    const struct schema_file *file = open_schema_file(slice_of(schema_name));
    ret_fault[0] = '\0';
    return conforms(&(struct spot){{file->root, file}, "", document, 0, ret_fault});
}
