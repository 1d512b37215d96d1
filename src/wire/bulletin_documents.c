/* The list of bulletins, and the keys. */
#include <turnout/wire/bulletin_documents.h>

#include <stdio.h>
#include <string.h>

#include <turnout/election/percent.h>
#include <turnout/wire/signature.h>

#include "document_envelope.h"

/* ---- the list ---- */

static void put_change(struct json_writer *json, const struct bulletin_area *before,
                       const struct bulletin_area *after)
{
    int32_t risen = 0;
    if (before == NULL) {
        json_put_text(json, "change", NULL);
        return;
    }
    json_open_object(json, "change");
    json_put_integer(json, "registered", after->line.registered - before->line.registered);
    json_put_integer(json, "voted", after->line.voted - before->line.voted);
    json_put_integer(json, "units_reported", after->line.units_reported - before->line.units_reported);
    json_put_integer(json, "communes_complete",
                     (int64_t)after->communes_complete - (int64_t)before->communes_complete);
    bool is_known = bulletin_points_risen(&before->line, &after->line, &risen);
    document_put_points(json, "percent_points", is_known, risen);
    json_close_object(json);
}

static void put_area(struct json_writer *json, const char *key, const struct bulletin_area *before,
                     const struct bulletin_area *area)
{
    char percent[PERCENT_TEXT_BYTES];
    percent_format_json(percent_of(area->line.voted, area->line.registered), percent);
    json_open_object(json, key);
    json_put_text(json, "code", area->line.code);
    json_put_integer(json, "registered", area->line.registered);
    json_put_integer(json, "voted", area->line.voted);
    json_put_raw(json, "percent", percent);
    json_put_integer(json, "units", area->line.units);
    json_put_integer(json, "units_reported", area->line.units_reported);
    json_put_integer(json, "communes_complete", area->communes_complete);
    json_put_integer(json, "held", area->line.held);
    put_change(json, before, area);
    json_close_object(json);
}

/* NULL when it has no province of this code. */
static const struct bulletin_area *find_province(const struct bulletin_summary *bulletin, const char *code)
{
    for (size_t i = 0; bulletin != NULL && i < bulletin->province_count; i++) {
        if (strcmp(bulletin->provinces[i].line.code, code) == 0) {
            return &bulletin->provinces[i];
        }
    }
    return NULL;
}

static void put_bulletin(struct json_writer *json, const struct bulletin_summary *before,
                         const struct bulletin_summary *bulletin)
{
    const struct bulletin_statement *statement = &bulletin->statement;
    json_open_object(json, NULL);
    json_put_integer(json, "number", statement->number);
    json_put_text(json, "round", statement->label);
    json_put_text(json, "time", statement->cut);
    json_put_boolean(json, "test", statement->is_rehearsal);
    json_put_text(json, "sha256", bulletin->sha256);
    json_put_text(json, "previous", strcmp(statement->previous, "-") == 0 ? NULL : statement->previous);
    put_area(json, "nation", before == NULL ? NULL : &before->nation, &bulletin->nation);
    json_open_array(json, "provinces");
    for (size_t i = 0; i < bulletin->province_count; i++) {
        const struct bulletin_area *province = &bulletin->provinces[i];
        put_area(json, NULL, find_province(before, province->line.code), province);
    }
    json_close_array(json);
    json_close_object(json);
}

/* The bulletin before it, unless that is one of the rehearsal and this one is not. */
static const struct bulletin_summary *find_before(const struct bulletin_summary *const *bulletins,
                                                  size_t place)
{
    bool is_same =
        place > 0 && bulletins[place - 1]->statement.is_rehearsal == bulletins[place]->statement.is_rehearsal;
    return is_same ? bulletins[place - 1] : NULL;
}

void document_bulletins_json(struct buffer *out, const struct figures *figures,
                             const struct bulletin_summary *const *bulletins, size_t count)
{
    struct json_writer json = document_open(out, figures);
    json_open_array(&json, "bulletins");
    for (size_t i = count; i > 0; i--) {
        put_bulletin(&json, find_before(bulletins, i - 1), bulletins[i - 1]);
    }
    json_close_array(&json);
    json_close_object(&json);
}

/* ---- keys ---- */

enum { KEY_ID_DIGITS = 16 };

void document_keys_json(struct buffer *out, const struct figures *figures)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_open_array(&json, "keys");
    if (figures->signing_key != NULL) {
        char id[SHA256_HEX_BYTES];
        sha256_hex(slice_of(figures->signing_key), id);
        id[KEY_ID_DIGITS] = '\0';
        json_open_object(&json, NULL);
        json_put_text(&json, "id", id);
        json_put_text(&json, "algorithm", "Ed25519");
        json_put_text(&json, "public_key", figures->signing_key);
        json_close_object(&json);
    }
    json_close_array(&json);
    json_close_object(&json);
}
