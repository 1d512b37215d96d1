/* The index, with everything filled in that it leaves open. */
#include "public_documents.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "small_election.h"

enum { VALUES_MAX = 16, VALUE_BYTES = 24 };

/* What may stand in an open place of a path. */
struct place {
    const char *name;
    size_t count;
    char values[VALUES_MAX][VALUE_BYTES];
};

struct listing {
    struct public_document *documents;
    size_t count;
    const json_t *row;
    const struct place *places;
    size_t place_count;
};

static void add(struct listing *listing, const char *target)
{
    ck_assert_uint_lt(listing->count, PUBLIC_DOCUMENTS_MAX);
    struct public_document *document = &listing->documents[listing->count++];
    const char *schema = json_string_value(json_object_get(listing->row, "schema"));
    (void)snprintf(document->target, sizeof document->target, "%s", target);
    (void)snprintf(document->media_type, sizeof document->media_type, "%s",
                   json_text_of(listing->row, "media_type"));
    (void)snprintf(document->schema, sizeof document->schema, "%s", schema == NULL ? "" : schema);
}

/* Fills in the first open place with each of its values, then the others. */
static void expand(struct listing *listing, const char *path)
{
    const char *begin = strchr(path, '{');
    if (begin == NULL) {
        add(listing, path);
        return;
    }
    const char *end = strchr(begin, '}');
    ck_assert_ptr_nonnull(end);
    char target[PUBLIC_TARGET_BYTES];
    if (begin[1] == '?' || begin[1] == '&') { /* parameters, which are left out */
        (void)snprintf(target, sizeof target, "%.*s%s", (int)(begin - path), path, end + 1);
        expand(listing, target);
        return;
    }
    size_t length = (size_t)(end - begin) - 1;
    size_t i = 0;
    while (i < listing->place_count && (strlen(listing->places[i].name) != length ||
                                        strncmp(listing->places[i].name, begin + 1, length) != 0)) {
        i++;
    }
    ck_assert_msg(i < listing->place_count, "what may stand in %s? tests/support/public_documents.c", path);
    const struct place *place = &listing->places[i];
    for (size_t v = 0; v < place->count; v++) {
        (void)snprintf(target, sizeof target, "%.*s%s%s", (int)(begin - path), path, place->values[v],
                       end + 1);
        expand(listing, target);
    }
}

size_t public_documents(uint16_t public_port, struct public_document ret_documents[PUBLIC_DOCUMENTS_MAX])
{
    struct place places[] = {
        {"code", 7, {"T", "01", "02", "0101", "0102", "0201", "0202"}},
        {"part", 2, {"headline", "map"}},
        {.name = "number"},
    };
    struct place *numbers = &places[2];
    json_t *bulletins = json_get(public_port, "/v1/bulletins", 200);
    numbers->count = json_array_size(json_array_of(bulletins, "bulletins"));
    ck_assert_uint_le(numbers->count, VALUES_MAX);
    for (size_t i = 0; i < numbers->count; i++) {
        (void)snprintf(numbers->values[i], VALUE_BYTES, "%zu", i + 1);
    }
    json_decref(bulletins);

    json_t *index = json_get(public_port, "/v1", 200);
    const json_t *rows = json_array_of(index, "documents");
    struct listing listing = {
        .documents = ret_documents, .places = places, .place_count = sizeof places / sizeof places[0]};
    for (size_t i = 0; i < json_array_size(rows); i++) {
        listing.row = json_array_get(rows, i);
        expand(&listing, json_text_of(listing.row, "path"));
    }
    json_decref(index);
    return listing.count;
}
