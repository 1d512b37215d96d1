/* Builds a register from rows in any order. A row's own faults are found as it comes; what only the whole can
 * show waits for register_builder_finish(). Rows keep their order until then, so that every fault can be told
 * with the line it stands in; finish() puts them into the register's order (register_arrange.c). */
#include <turnout/election/register.h>

#include <assert.h>
#include <stdlib.h>

#include <turnout/base/limits.h>
#include <turnout/base/memory.h>

#include "register_arrange.h"
#include "register_index.h"
#include "register_text.h"

static const char areas_file[] = "areas.csv";
static const char units_file[] = "units.csv";

enum { LEVELS = AREA_COMMUNE + 1, ROWS_AT_FIRST = 64 };

/* So a sum of rolls always fits an int64_t, and a percentage of it can be computed (percent.h). */
_Static_assert((int64_t)VOTERS_MAX *UNITS_MAX <= INT64_MAX / 20000, "the sum of all rolls is too large");

/* What the register does not keep of a row of areas.csv. */
struct area_row {
    uint32_t line;
    const char *parent_code;
};

/* A commune as rows of units.csv name it. Rows that follow each other and name the same one share a
 * mention, so a file in order needs one a commune and a file in disorder at most one a unit. */
struct mention {
    const char *code;
    uint32_t area; /* set when finishing: a row's number, or REGISTER_NONE */
};

struct register_builder {
    struct faults faults;

    struct election_register
        *reg; /* in the order of the rows; unit.commune is a mention; NULL when finished */
    struct area_row *area_rows;
    uint32_t *unit_lines;
    struct mention *mentions;
    uint32_t area_capacity;
    uint32_t unit_capacity;
    uint32_t mention_capacity;
    uint32_t mention_count;
    uint32_t level_counts[LEVELS];
    uint32_t nation_line; /* of the first row of that level */
};

struct register_builder *register_builder_new(fault_fn *on_fault, void *context)
{
    struct register_builder *builder = memory_new(sizeof *builder);
    builder->faults = (struct faults){.on_fault = on_fault, .context = context};
    builder->reg = memory_new(sizeof *builder->reg);
    atomic_init(&builder->reg->references, 1);
    builder->reg->index = register_index_new();
    builder->reg->text = register_text_new();
    return builder;
}

void register_builder_free(struct register_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    register_release(builder->reg);
    free(builder->area_rows);
    free(builder->unit_lines);
    free(builder->mentions);
    free(builder);
}

/* ---- one row ---- */

static uint32_t line_of(const struct register_builder *builder, uint32_t entry)
{
    return (entry & REGISTER_ENTRY_UNIT) != 0 ? builder->unit_lines[entry & ~REGISTER_ENTRY_UNIT]
                                              : builder->area_rows[entry].line;
}

static bool code_is_free(struct register_builder *builder, const char *file, uint32_t line, struct slice code)
{
    char shown[TEXT_SHOWN_BYTES];
    if (!text_is_code(code)) {
        faults_add(&builder->faults, file, line, "code",
                   "\"%s\" is not a code; write 1 to %d of A-Z a-z 0-9 . _ - and nothing else",
                   text_show(code, shown), AREA_CODE_BYTES_MAX);
        return false;
    }
    uint32_t first = register_index_find(builder->reg->index, builder->reg, code);
    if (first != REGISTER_NONE) {
        faults_add(&builder->faults, file, line, "code",
                   "%s stands in %s line %u already; give every area and every unit a code of its own",
                   text_show(code, shown), (first & REGISTER_ENTRY_UNIT) != 0 ? units_file : areas_file,
                   line_of(builder, first));
        return false;
    }
    return true;
}

static bool check_name(struct register_builder *builder, const char *file, uint32_t line, const char *field,
                       struct slice name)
{
    if (!text_is_utf8(name, NULL)) {
        faults_add(&builder->faults, file, line, field, "the name is not UTF-8; save the file as UTF-8");
    } else if (text_has_control(name)) {
        faults_add(&builder->faults, file, line, field,
                   "the name holds a control character or a line end; take it out");
    } else if (name.length > NAME_BYTES_MAX) {
        faults_add(&builder->faults, file, line, field, "the name has %zu bytes; shorten it to at most %d",
                   name.length, NAME_BYTES_MAX);
    } else {
        return true;
    }
    return false;
}

/* A name that must be there. */
static bool check_given_name(struct register_builder *builder, const char *file, uint32_t line,
                             struct slice name)
{
    if (slice_trim(name).length == 0) {
        faults_add(&builder->faults, file, line, "name", "the name is empty; fill it in");
        return false;
    }
    return check_name(builder, file, line, "name", name);
}

static bool read_level(struct register_builder *builder, uint32_t line, struct slice text,
                       enum area_level *ret_level)
{
    for (enum area_level level = AREA_NATION; level <= AREA_COMMUNE; level++) {
        if (slice_equals(text, area_level_name(level))) {
            *ret_level = level;
            return true;
        }
    }
    char shown[TEXT_SHOWN_BYTES];
    faults_add(&builder->faults, areas_file, line, "level",
               "\"%s\" is not a level; write nation, province or commune (units belong into %s)",
               text_show(text, shown), units_file);
    return false;
}

/* Counts the row in. A bound is told of once, by the row that crosses it; the rows are kept, so that those
 * below them are not blamed as well. */
static void count_area(struct register_builder *builder, uint32_t line, enum area_level level)
{
    uint32_t count = ++builder->level_counts[level];
    switch (level) {
    case AREA_NATION:
        if (count == 1) {
            builder->nation_line = line;
        } else {
            faults_add(&builder->faults, areas_file, line, "level",
                       "a second nation, after the one of line %u; keep one of the two",
                       builder->nation_line);
        }
        break;
    case AREA_PROVINCE:
        if (count == PROVINCES_MAX + 1) {
            faults_add(&builder->faults, areas_file, line, "level", "more than %d provinces; merge some",
                       PROVINCES_MAX);
        }
        break;
    case AREA_COMMUNE:
        if (count == COMMUNES_MAX + 1) {
            faults_add(&builder->faults, areas_file, line, "level", "more than %d communes; merge some",
                       COMMUNES_MAX);
        }
        break;
    }
}

/* Keeps the code by which a row refers to an area, "" (which nothing has) when it cannot be one. */
static const char *keep_reference(struct register_builder *builder, const char *file, uint32_t line,
                                  const char *field, struct slice code, enum area_level wanted)
{
    char shown[TEXT_SHOWN_BYTES];
    if (text_is_code(code)) {
        return register_text_keep(builder->reg->text, code);
    }
    faults_add(&builder->faults, file, line, field, "\"%s\" is not a code; write the code of a %s",
               text_show(code, shown), area_level_name(wanted));
    return "";
}

static enum area_level level_above(enum area_level level)
{
    return level == AREA_COMMUNE ? AREA_PROVINCE : AREA_NATION;
}

static const char *keep_parent(struct register_builder *builder, uint32_t line, enum area_level level,
                               struct slice parent)
{
    if (level != AREA_NATION) {
        return keep_reference(builder, areas_file, line, "parent", parent, level_above(level));
    }
    if (parent.length > 0) {
        faults_add(&builder->faults, areas_file, line, "parent",
                   "the nation has no parent; leave the cell empty");
    }
    return "";
}

/* Keeps a name that is in order; a faulty one is told of already and never shown. */
static const char *keep_name(struct register_builder *builder, struct slice name, bool is_sound)
{
    return is_sound && name.length > 0 ? register_text_keep(builder->reg->text, name) : "";
}

static void reserve_area(struct register_builder *builder)
{
    struct election_register *reg = builder->reg;
    if (reg->area_count == builder->area_capacity) {
        assert(builder->area_capacity < REGISTER_ENTRY_UNIT / 2);
        builder->area_capacity = builder->area_capacity == 0 ? ROWS_AT_FIRST : builder->area_capacity * 2;
        reg->areas = memory_resize(reg->areas, builder->area_capacity, sizeof *reg->areas);
        builder->area_rows =
            memory_resize(builder->area_rows, builder->area_capacity, sizeof *builder->area_rows);
    }
}

void register_builder_add_area(struct register_builder *builder, uint32_t line, struct slice code,
                               struct slice level, struct slice parent, struct slice name,
                               struct slice name_en)
{
    assert(builder->reg != NULL);
    enum area_level known_level = AREA_NATION;
    bool code_is_sound = code_is_free(builder, areas_file, line, code);
    bool level_is_sound = read_level(builder, line, level, &known_level);
    bool name_is_sound = check_given_name(builder, areas_file, line, name);
    bool name_en_is_sound = check_name(builder, areas_file, line, "name_en", name_en);
    const char *parent_code = "";
    if (level_is_sound) {
        parent_code = keep_parent(builder, line, known_level, parent);
        count_area(builder, line, known_level);
    }
    if (!code_is_sound || !level_is_sound) {
        return; /* nothing can refer to such a row */
    }

    struct election_register *reg = builder->reg;
    reserve_area(builder);
    uint32_t row = reg->area_count++;
    builder->area_rows[row] = (struct area_row){line, parent_code};
    reg->areas[row] = (struct area){.code = register_text_keep(reg->text, code),
                                    .name = keep_name(builder, name, name_is_sound),
                                    .name_en = keep_name(builder, name_en, name_en_is_sound),
                                    .level = known_level,
                                    .parent = REGISTER_NONE};
    register_index_add(reg->index, reg, row);
}

static uint32_t mention_of(struct register_builder *builder, uint32_t line, struct slice code)
{
    bool is_known = builder->mention_count > 0 && code.length > 0 &&
                    slice_equals(code, builder->mentions[builder->mention_count - 1].code);
    if (is_known) {
        return builder->mention_count - 1;
    }
    if (builder->mention_count == builder->mention_capacity) {
        builder->mention_capacity =
            builder->mention_capacity == 0 ? ROWS_AT_FIRST : builder->mention_capacity * 2;
        builder->mentions =
            memory_resize(builder->mentions, builder->mention_capacity, sizeof *builder->mentions);
    }
    builder->mentions[builder->mention_count] = (struct mention){
        keep_reference(builder, units_file, line, "commune", code, AREA_COMMUNE), REGISTER_NONE};
    return builder->mention_count++;
}

static void reserve_unit(struct register_builder *builder)
{
    struct election_register *reg = builder->reg;
    if (reg->unit_count == builder->unit_capacity) {
        assert(builder->unit_capacity < REGISTER_ENTRY_UNIT / 2);
        builder->unit_capacity = builder->unit_capacity == 0 ? ROWS_AT_FIRST : builder->unit_capacity * 2;
        reg->units = memory_resize(reg->units, builder->unit_capacity, sizeof *reg->units);
        builder->unit_lines =
            memory_resize(builder->unit_lines, builder->unit_capacity, sizeof *builder->unit_lines);
    }
}

void register_builder_add_unit(struct register_builder *builder, uint32_t line, struct slice code,
                               struct slice commune, struct slice name, struct slice registered)
{
    assert(builder->reg != NULL);
    struct election_register *reg = builder->reg;
    uint64_t roll = 0;
    if (!text_parse_unsigned(registered, VOTERS_MAX, &roll)) {
        char shown[TEXT_SHOWN_BYTES];
        faults_add(&builder->faults, units_file, line, "registered",
                   "\"%s\" is not a roll; write a whole number from 0 to %d, digits only",
                   text_show(registered, shown), VOTERS_MAX);
    }
    bool name_is_sound = check_given_name(builder, units_file, line, name);
    uint32_t mention = mention_of(builder, line, commune);
    if (!code_is_free(builder, units_file, line, code)) {
        return;
    }

    reserve_unit(builder);
    uint32_t row = reg->unit_count++;
    if (reg->unit_count == UNITS_MAX + 1) {
        faults_add(&builder->faults, units_file, line, "", "more than %d units; merge some", UNITS_MAX);
    }
    builder->unit_lines[row] = line;
    reg->units[row] = (struct unit){.code = register_text_keep(reg->text, code),
                                    .name = keep_name(builder, name, name_is_sound),
                                    .contact = "",
                                    .commune = mention,
                                    .registered = (uint32_t)roll};
    register_index_add(reg->index, reg, row | REGISTER_ENTRY_UNIT);
}

void register_builder_add_contact(struct register_builder *builder, uint32_t line, struct slice contact)
{
    struct election_register *reg = builder->reg;
    if (contact.length > CONTACT_BYTES_MAX || !text_is_showable(contact)) {
        faults_add(&builder->faults, units_file, line, "contact",
                   "not a telephone number; write at most %d bytes of plain text", CONTACT_BYTES_MAX);
    } else if (contact.length > 0 && reg->unit_count > 0) {
        reg->units[reg->unit_count - 1].contact = register_text_keep(reg->text, contact);
    }
}

/* ---- the whole ---- */

static uint32_t area_with_code(const struct register_builder *builder, const char *code)
{
    return register_find_area(builder->reg, slice_of(code));
}

/* Says why `code` cannot stand where the code of an area of `wanted` level must stand. */
static void tell_bad_reference(struct register_builder *builder, const char *file, uint32_t line,
                               const char *field, const char *code, enum area_level wanted)
{
    char shown[TEXT_SHOWN_BYTES];
    const char *level_name = area_level_name(wanted);
    uint32_t entry = register_index_find(builder->reg->index, builder->reg, slice_of(code));
    if (entry == REGISTER_NONE) {
        faults_add(&builder->faults, file, line, field,
                   "no sound row of %s has the code \"%s\"; write the code of a %s, or add or mend its row",
                   areas_file, text_show(slice_of(code), shown), level_name);
    } else if ((entry & REGISTER_ENTRY_UNIT) != 0) {
        faults_add(&builder->faults, file, line, field, "%s is a unit (%s line %u); write the code of a %s",
                   code, units_file, line_of(builder, entry), level_name);
    } else {
        faults_add(&builder->faults, file, line, field, "%s is a %s (%s line %u); write the code of a %s",
                   code, area_level_name(builder->reg->areas[entry].level), areas_file,
                   line_of(builder, entry), level_name);
    }
}

static void resolve_parents(struct register_builder *builder)
{
    struct election_register *reg = builder->reg;
    bool has_nation = builder->level_counts[AREA_NATION] > 0;
    if (!has_nation) {
        faults_add(&builder->faults, areas_file, 0, "level",
                   "there is no nation; add the row `CODE,nation,,NAME,NAME_EN`");
    }
    for (uint32_t i = 0; i < reg->area_count; i++) {
        const struct area_row *row = &builder->area_rows[i];
        struct area *area = &reg->areas[i];
        bool is_told_already = row->parent_code[0] == '\0' || (area->level == AREA_PROVINCE && !has_nation);
        if (area->level == AREA_NATION || is_told_already) {
            continue;
        }
        enum area_level wanted = level_above(area->level);
        uint32_t parent = area_with_code(builder, row->parent_code);
        if (parent != REGISTER_NONE && reg->areas[parent].level == wanted) {
            area->parent = parent;
        } else {
            tell_bad_reference(builder, areas_file, row->line, "parent", row->parent_code, wanted);
        }
    }
}

static void resolve_communes(struct register_builder *builder)
{
    struct election_register *reg = builder->reg;
    for (uint32_t i = 0; i < builder->mention_count; i++) {
        struct mention *mention = &builder->mentions[i];
        uint32_t area = area_with_code(builder, mention->code);
        bool is_commune = area != REGISTER_NONE && reg->areas[area].level == AREA_COMMUNE;
        mention->area = is_commune ? area : REGISTER_NONE;
    }
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        const struct mention *mention = &builder->mentions[reg->units[i].commune];
        reg->units[i].commune = mention->area;
        bool is_told_already = mention->code[0] == '\0';
        if (mention->area == REGISTER_NONE && !is_told_already) {
            tell_bad_reference(builder, units_file, builder->unit_lines[i], "commune", mention->code,
                               AREA_COMMUNE);
        }
    }
}

struct election_register *register_builder_finish(struct register_builder *builder)
{
    assert(builder->reg != NULL);
    resolve_parents(builder);
    resolve_communes(builder);
    if (builder->faults.count > 0) {
        register_release(builder->reg);
        builder->reg = NULL;
        return NULL;
    }
    struct election_register *reg = builder->reg;
    builder->reg = NULL;
    register_arrange(reg);
    return reg;
}
