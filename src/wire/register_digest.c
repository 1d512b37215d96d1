/* The digest of a register. Units are sorted within their commune only: a few dozen fit into the processor's cache, a
 * million would not. */
#include <turnout/wire/register_digest.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>

enum { FEED_BYTES = 64 * 1024 };

struct digest {
    crypto_generichash_state state;
    crypto_generichash_state part; /* of the lines since the last part ended */
    struct buffer lines;           /* collected, and hashed in blocks */
};

static void feed(struct digest *digest)
{
    int status = crypto_generichash_update(&digest->state, (const unsigned char *)digest->lines.bytes,
                                           digest->lines.length);
    status |= crypto_generichash_update(&digest->part, (const unsigned char *)digest->lines.bytes,
                                        digest->lines.length);
    assert(status == 0);
    buffer_clear(&digest->lines);
}

static void begin_hash(crypto_generichash_state *state)
{
    int status = crypto_generichash_init(state, NULL, 0, REGISTER_DIGEST_BYTES);
    assert(status == 0);
}

/* Ends the part: appends its fingerprint to ret_files. */
static void end_part(struct digest *digest, const char *name, char ret_files[REGISTER_FILES_BYTES])
{
    unsigned char part[REGISTER_DIGEST_BYTES];
    char fingerprint[RECEIPT_BYTES];
    feed(digest);
    int status = crypto_generichash_final(&digest->part, part, sizeof part);
    assert(status == 0);
    register_fingerprint(part, fingerprint);
    size_t length = strlen(ret_files);
    int written = snprintf(ret_files + length, REGISTER_FILES_BYTES - length, "%s%s=%s",
                           length == 0 ? "" : " ", name, fingerprint);
    assert(written > 0 && (size_t)written < REGISTER_FILES_BYTES - length);
    begin_hash(&digest->part);
}

/* A tab and the text. */
static void put_name(struct digest *digest, const char *name)
{
    buffer_append_char(&digest->lines, '\t');
    buffer_append_text(&digest->lines, name);
}

static void end_line(struct digest *digest)
{
    buffer_append_char(&digest->lines, '\n');
    if (digest->lines.length >= FEED_BYTES) {
        feed(digest);
    }
}

/* An area or unit to be sorted by its code. */
struct entry {
    const char *code;
    uint32_t at; /* its index in the register */
};

static int compare_codes(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    return strcmp(left->code, right->code); /* codes are unique, so there are no ties */
}

static void digest_area(struct digest *digest, const struct election_register *reg, const struct area *area)
{
    buffer_append_text(&digest->lines, "area ");
    buffer_append_text(&digest->lines, area->code);
    buffer_append_char(&digest->lines, ' ');
    buffer_append_text(&digest->lines, area_level_name(area->level));
    buffer_append_char(&digest->lines, ' ');
    buffer_append_text(&digest->lines, area->parent == REGISTER_NONE ? "" : reg->areas[area->parent].code);
    put_name(digest, area->name);
    put_name(digest, area->name_en);
    end_line(digest);
}

/* `sorted` has room for the commune's units. */
static void digest_units(struct digest *digest, const struct election_register *reg,
                         const struct area *commune, struct entry *sorted)
{
    for (uint32_t i = 0; i < commune->children; i++) {
        uint32_t at = commune->first_child + i;
        sorted[i] = (struct entry){reg->units[at].code, at};
    }
    qsort(sorted, commune->children, sizeof *sorted, compare_codes);
    for (uint32_t i = 0; i < commune->children; i++) {
        buffer_append_text(&digest->lines, "unit ");
        buffer_append_text(&digest->lines, sorted[i].code);
        buffer_append_char(&digest->lines, ' ');
        buffer_append_text(&digest->lines, commune->code);
        buffer_append_char(&digest->lines, ' ');
        buffer_append_integer(&digest->lines, reg->units[sorted[i].at].registered);
        put_name(digest, reg->units[sorted[i].at].name);
        put_name(digest, reg->units[sorted[i].at].contact);
        end_line(digest);
    }
}

/* Writes every area's line, and leaves areas[] in the order of the units' lines. */
static void digest_areas(struct digest *digest, const struct election_register *reg, struct entry *areas)
{
    for (uint32_t i = 0; i < reg->area_count; i++) {
        areas[i] = (struct entry){reg->areas[i].code, i};
    }
    qsort(areas, reg->area_count, sizeof *areas, compare_codes);
    for (uint32_t i = 0; i < reg->area_count; i++) {
        digest_area(digest, reg, &reg->areas[areas[i].at]);
    }
}

static void begin_rule(struct digest *digest, const char *name)
{
    buffer_append_text(&digest->lines, "rule ");
    buffer_append_text(&digest->lines, name);
    buffer_append_char(&digest->lines, ' ');
}

static void digest_number(struct digest *digest, const char *name, int64_t number)
{
    begin_rule(digest, name);
    buffer_append_integer(&digest->lines, number);
    end_line(digest);
}

static void digest_rules(struct digest *digest, const struct rules *rules)
{
    for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
        begin_rule(digest, rule_name(rule));
        buffer_append_text(&digest->lines, rule_mode_name(rules->modes[rule]));
        end_line(digest);
    }
    for (size_t i = 0; i < RULE_NUMBER_COUNT; i++) {
        digest_number(digest, rule_numbers[i].name, rule_number_get(rules, &rule_numbers[i]));
    }
    digest_number(digest, "complete-not-before", rules->complete_not_before);
}

void register_digest(const struct election_register *reg, const struct rules *rules,
                     unsigned char ret_digest[REGISTER_DIGEST_BYTES], char ret_files[REGISTER_FILES_BYTES])
{
    struct digest digest = {0};
    begin_hash(&digest.state);
    begin_hash(&digest.part);
    ret_files[0] = '\0';

    struct entry *areas = memory_new_array(reg->area_count, sizeof *areas);
    struct entry *units = memory_new_array(reg->unit_count, sizeof *units);
    digest_areas(&digest, reg, areas);
    end_part(&digest, "areas.csv", ret_files);
    for (uint32_t i = 0; i < reg->area_count; i++) {
        const struct area *area = &reg->areas[areas[i].at];
        if (area->level == AREA_COMMUNE) {
            digest_units(&digest, reg, area, units);
        }
    }
    end_part(&digest, "units.csv", ret_files);
    digest_rules(&digest, rules);
    end_part(&digest, "rules", ret_files);
    int status = crypto_generichash_final(&digest.state, ret_digest, REGISTER_DIGEST_BYTES);
    assert(status == 0);
    buffer_done(&digest.lines);
    free(units);
    free(areas);
}

void register_fingerprint(const unsigned char digest[REGISTER_DIGEST_BYTES],
                          char ret_fingerprint[RECEIPT_BYTES])
{
    _Static_assert((int)REGISTER_DIGEST_BYTES >= (int)REPORT_DIGEST_BYTES, "a receipt's bytes are there");
    receipt_from_digest(digest, ret_fingerprint);
}
