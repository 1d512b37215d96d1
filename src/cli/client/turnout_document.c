/* Reads JSON into a struct, field by field, and remembers the first wrong field. */
#include "client/turnout_document.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/base/text.h>
#include <turnout/election/percent.h>

/* The object being read, and its first wrong field. */
struct reader {
    const json_t *object;
    const char *bad; /* NULL: none */
};

static void blame(struct reader *reader, const char *field)
{
    if (reader->bad == NULL) {
        reader->bad = field;
    }
}

static const json_t *read_value(struct reader *reader, const char *field)
{
    const json_t *value = json_object_get(reader->object, field);
    if (value == NULL) {
        blame(reader, field);
    }
    return value;
}

static void read_text(struct reader *reader, const char *field, char *ret_text, size_t capacity)
{
    const json_t *value = read_value(reader, field);
    struct slice text = {json_string_value(value), json_string_length(value)};
    if (text.bytes == NULL || memchr(text.bytes, '\0', text.length) != NULL ||
        !slice_copy(text, ret_text, capacity)) {
        blame(reader, field);
        return;
    }
    text_make_showable(ret_text);
}

static int64_t read_count(struct reader *reader, const char *field)
{
    const json_t *value = read_value(reader, field);
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        blame(reader, field);
        return 0;
    }
    return json_integer_value(value);
}

static bool read_boolean(struct reader *reader, const char *field)
{
    const json_t *value = read_value(reader, field);
    if (!json_is_boolean(value)) {
        blame(reader, field);
    }
    return json_is_true(value);
}

static int32_t read_percent(struct reader *reader, const char *field)
{
    const json_t *value = read_value(reader, field);
    if (json_is_null(value)) {
        return PERCENT_NONE;
    }
    double percent = json_number_value(value);
    if (!json_is_number(value) || percent < 0 || percent > 100) {
        blame(reader, field);
        return PERCENT_NONE;
    }
    return (int32_t)lround(percent * 100);
}

static int64_t read_moment(struct reader *reader, const char *field)
{
    int64_t seconds = 0;
    const char *text = json_string_value(read_value(reader, field));
    if (text == NULL || !rfc3339_parse(slice_of(text), &seconds, NULL)) {
        blame(reader, field);
    }
    return seconds;
}

/* `as_of` is null before an area's first report. */
static void read_as_of(struct reader *reader, char ret_text[RFC3339_BYTES])
{
    if (json_is_null(json_object_get(reader->object, "as_of"))) {
        ret_text[0] = '\0';
        return;
    }
    read_text(reader, "as_of", ret_text, RFC3339_BYTES);
    if (reader->bad == NULL && !rfc3339_parse(slice_of(ret_text), &(int64_t){0}, NULL)) {
        blame(reader, "as_of");
    }
}

static const char *read_area(const json_t *object, bool may_be_withheld, struct document_area *area)
{
    struct reader reader = {object, NULL};
    *area = (struct document_area){.percent = PERCENT_NONE};
    read_text(&reader, "code", area->code, sizeof area->code);
    read_text(&reader, "name", area->name, sizeof area->name);
    if (json_is_string(json_object_get(object, "name_en"))) {
        read_text(&reader, "name_en", area->name_en, sizeof area->name_en);
    }
    area->verified = read_boolean(&reader, "verified");
    area->withheld = may_be_withheld && area->verified && json_is_null(json_object_get(object, "voted"));
    if (reader.bad == NULL && area->verified && !area->withheld) {
        area->registered = read_count(&reader, "registered");
        area->voted = read_count(&reader, "voted");
        area->units = read_count(&reader, "units");
        area->units_reported = read_count(&reader, "units_reported");
        area->communes = read_count(&reader, "communes");
        area->communes_complete = read_count(&reader, "communes_complete");
        area->percent = read_percent(&reader, "percent");
        read_as_of(&reader, area->as_of);
    }
    return reader.bad;
}

static const char *read_provinces(const json_t *list, struct turnout_document *document)
{
    if (!json_is_array(list) || json_array_size(list) > PROVINCES_MAX) {
        return "provinces";
    }
    document->province_count = json_array_size(list);
    document->provinces = memory_new_array(document->province_count, sizeof *document->provinces);
    for (size_t i = 0; i < document->province_count; i++) {
        const char *bad =
            read_area(json_array_get(list, i), document->may_be_withheld, &document->provinces[i]);
        if (bad != NULL) {
            return bad;
        }
    }
    return NULL;
}

static const char *read_document(const json_t *root, struct turnout_document *document)
{
    struct reader envelope = {root, NULL};
    struct reader election = {json_object_get(root, "election"), NULL};
    read_text(&election, "id", document->election, sizeof document->election);
    read_text(&election, "name", document->election_name, sizeof document->election_name);
    read_text(&envelope, "status", document->status, sizeof document->status);
    document->test = read_boolean(&envelope, "test");
    document->revision = read_count(&envelope, "revision");
    document->generated_at = read_moment(&envelope, "generated_at");
    if (election.bad != NULL || envelope.bad != NULL) {
        return election.bad != NULL ? "election" : envelope.bad;
    }
    const char *publication = json_string_value(json_object_get(root, "publication"));
    document->may_be_withheld = publication != NULL && strcmp(publication, "live") != 0;
    const char *bad =
        read_area(json_object_get(root, "nation"), document->may_be_withheld, &document->nation);
    return bad != NULL ? bad : read_provinces(json_object_get(root, "provinces"), document);
}

enum turnout_error turnout_document_parse(const char *bytes, size_t length,
                                          struct turnout_document *ret_document, struct error *error)
{
    json_error_t json_error;
    json_t *root = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &json_error);
    if (root == NULL) {
        return error_fail(error, TURNOUT_BAD_INPUT, "", "not JSON: %s", json_error.text);
    }
    struct turnout_document document = {0};
    const char *bad = read_document(root, &document);
    json_decref(root);
    if (bad != NULL) {
        turnout_document_done(&document);
        return error_fail(error, TURNOUT_BAD_INPUT, bad, "not a turnout document: `%s` is missing or wrong",
                          bad);
    }
    *ret_document = document;
    return TURNOUT_OK;
}

void turnout_document_done(struct turnout_document *document)
{
    free(document->provinces);
    *document = (struct turnout_document){0};
}
