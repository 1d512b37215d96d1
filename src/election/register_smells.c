/* Looking over a register, a level at a time: its codes, its names, its rolls. */
#include <turnout/election/register_smells.h>

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <turnout/base/limits.h>
#include <turnout/base/memory.h>

enum { LEVEL_UNIT = AREA_COMMUNE + 1, LEVELS };

static const char *const level_names[LEVELS] = {"nations", "provinces", "communes", "units"};

static const char *file_of(int level)
{
    return level == LEVEL_UNIT ? "units.csv" : "areas.csv";
}

/* ---- the codes of a level ---- */

/* A code without the zeros that lead its numbers. */
struct likeness {
    char text[AREA_CODE_BYTES];
    const char *code;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static struct likeness likeness_of(const char *code)
{
    struct likeness likeness = {.code = code};
    size_t length = 0;
    bool is_in_number = false;
    for (const char *at = code; *at != '\0'; at++) {
        bool leads = *at == '0' && !is_in_number && is_digit(at[1]);
        is_in_number = is_digit(*at) && !leads;
        if (!leads) {
            likeness.text[length++] = *at;
        }
    }
    return likeness;
}

static int compare_likeness(const void *a, const void *b)
{
    const struct likeness *left = a;
    const struct likeness *right = b;
    int by_text = strcasecmp(left->text, right->text);
    return by_text != 0 ? by_text : strcmp(left->code, right->code);
}

static void find_twins(struct likeness *codes, size_t count, int level, struct faults *faults)
{
    qsort(codes, count, sizeof *codes, compare_likeness);
    for (size_t i = 1; i < count; i++) {
        if (strcasecmp(codes[i - 1].text, codes[i].text) == 0) {
            faults_warn(
                faults, file_of(level), 0, "code",
                "%s and %s differ only in leading zeros or letter case; make sure that both are meant",
                codes[i - 1].code, codes[i].code);
        }
    }
}

/* What a code is made of: `#` for each number, `a` for each word, the rest as it is. Returns how many digits it has. */
static size_t shape_of(const char *code, char ret_shape[AREA_CODE_BYTES])
{
    size_t length = 0;
    size_t digits = 0;
    for (const char *at = code; *at != '\0'; at++) {
        bool goes_on =
            at > code && ((is_digit(*at) && is_digit(at[-1])) || (is_letter(*at) && is_letter(at[-1])));
        digits += is_digit(*at);
        if (goes_on) {
            continue;
        }
        ret_shape[length] = *at;
        if (is_digit(*at)) {
            ret_shape[length] = '#';
        } else if (is_letter(*at)) {
            ret_shape[length] = 'a';
        }
        length++;
    }
    ret_shape[length] = '\0';
    return digits;
}

/* The codes of one shape, by how many digits they have. */
struct shape {
    char text[AREA_CODE_BYTES];
    uint32_t count;
    uint32_t counts[AREA_CODE_BYTES];
    const char *examples[AREA_CODE_BYTES]; /* the first of each */
};

enum { SHAPES_MAX = 16 }; /* a level with more has codes that follow no rule */

static struct shape *find_shape(struct shape shapes[SHAPES_MAX], const char *text)
{
    for (size_t i = 0; i < SHAPES_MAX; i++) {
        if (shapes[i].count == 0) {
            bool fits = slice_copy(slice_of(text), shapes[i].text, sizeof shapes[i].text);
            assert(fits);
            return &shapes[i];
        }
        if (strcmp(shapes[i].text, text) == 0) {
            return &shapes[i];
        }
    }
    return NULL;
}

static void tell_uneven(const struct shape *shape, int level, struct faults *faults)
{
    size_t most = 0;
    for (size_t digits = 1; digits < AREA_CODE_BYTES; digits++) {
        most = shape->counts[digits] >= shape->counts[most] && shape->counts[digits] > 0 ? digits : most;
    }
    for (size_t digits = 0; digits < AREA_CODE_BYTES; digits++) {
        if (digits != most && shape->counts[digits] > 0) {
            faults_warn(faults, file_of(level), 0, "code",
                        "of %" PRIu32 " %s %" PRIu32 " have a code of %zu digits, as %s, and %" PRIu32
                        " of %zu, as %s; make sure that no leading zeros were lost",
                        shape->count, level_names[level], shape->counts[digits], digits,
                        shape->examples[digits], shape->counts[most], most, shape->examples[most]);
        }
    }
}

static void find_uneven(const struct likeness *codes, size_t count, int level, struct faults *faults)
{
    struct shape *shapes = memory_new_array(SHAPES_MAX, sizeof *shapes);
    for (size_t i = 0; i < count; i++) {
        char text[AREA_CODE_BYTES];
        size_t digits = shape_of(codes[i].code, text);
        struct shape *shape = find_shape(shapes, text);
        if (shape == NULL) {
            break;
        }
        shape->count++;
        if (shape->counts[digits]++ == 0) {
            shape->examples[digits] = codes[i].code;
        }
    }
    for (size_t i = 0; i < SHAPES_MAX; i++) {
        tell_uneven(&shapes[i], level, faults);
    }
    free(shapes);
}

static void smell_codes(const struct election_register *reg, int level, struct faults *faults)
{
    size_t most = level == LEVEL_UNIT ? reg->unit_count : reg->area_count;
    struct likeness *codes = memory_new_array(most, sizeof *codes);
    size_t count = 0;
    for (uint32_t i = 0; i < most; i++) {
        if (level == LEVEL_UNIT) {
            codes[count++] = likeness_of(reg->units[i].code);
        } else if ((int)reg->areas[i].level == level) {
            codes[count++] = likeness_of(reg->areas[i].code);
        }
    }
    find_uneven(codes, count, level, faults);
    find_twins(codes, count, level, faults);
    free(codes);
}

/* ---- names ---- */

void register_smell_name(const char *file, const char *code, const char *field, const char *name,
                         struct faults *faults)
{
    if (!text_is_showable(slice_of(name))) {
        faults_warn(faults, file, 0, field,
                    "the name of %s holds a mark that turns the direction of writing or ends a line, or a "
                    "code point that is "
                    "no character; take it out",
                    code);
    }
}

static void smell_names(const struct election_register *reg, struct faults *faults)
{
    for (uint32_t i = 0; i < reg->area_count; i++) {
        register_smell_name("areas.csv", reg->areas[i].code, "name", reg->areas[i].name, faults);
        register_smell_name("areas.csv", reg->areas[i].code, "name_en", reg->areas[i].name_en, faults);
    }
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        register_smell_name("units.csv", reg->units[i].code, "name", reg->units[i].name, faults);
    }
}

/* ---- rolls ---- */

static int compare_rolls(const void *a, const void *b)
{
    const uint32_t *left = a;
    const uint32_t *right = b;
    return (*left > *right) - (*left < *right);
}

/* Of the units that have voters; 0 when there are too few to tell. */
static uint32_t middle_roll(const struct election_register *reg, uint32_t first, uint32_t count,
                            uint32_t *scratch)
{
    uint32_t found = 0;
    for (uint32_t i = first; i < first + count; i++) {
        if (reg->units[i].registered > 0) {
            scratch[found++] = reg->units[i].registered;
        }
    }
    if (found < ROLL_PEERS_LEAST) {
        return 0;
    }
    qsort(scratch, found, sizeof *scratch, compare_rolls);
    return scratch[found / 2];
}

static bool is_far(uint32_t roll, uint32_t middle)
{
    return (uint64_t)roll > (uint64_t)middle * ROLL_TIMES_MAX || (uint64_t)roll * ROLL_PART_LEAST < middle;
}

/* A unit without voters may well be meant, and is no slip of a digit. */
static void smell_commune(const struct election_register *reg, const struct area *commune, uint32_t middle,
                          struct faults *faults)
{
    for (uint32_t i = commune->first_child; i < commune->first_child + commune->children; i++) {
        const struct unit *unit = &reg->units[i];
        if (unit->registered > 0 && is_far(unit->registered, middle)) {
            faults_warn(faults, "units.csv", 0, "registered",
                        "%s has %" PRIu32 " voters, where units around it have some %" PRIu32
                        "; make sure that no digit is missing or too many",
                        unit->code, unit->registered, middle);
        }
    }
}

/* The units of a province stand together. A commune of few units is seen among those of its province. */
static void smell_rolls(const struct election_register *reg, struct faults *faults)
{
    uint32_t *scratch = memory_new_array(reg->unit_count, sizeof *scratch);
    for (uint32_t p = 1; p <= reg->province_count; p++) {
        const struct area *province = &reg->areas[p];
        uint32_t end = province->first_child + province->children;
        uint32_t first = province->children == 0 ? 0 : reg->areas[province->first_child].first_child;
        uint32_t around = middle_roll(reg, first, province->units, scratch);
        for (uint32_t c = province->first_child; c < end; c++) {
            const struct area *commune = &reg->areas[c];
            uint32_t middle = middle_roll(reg, commune->first_child, commune->children, scratch);
            middle = middle == 0 ? around : middle;
            if (middle > 0) {
                smell_commune(reg, commune, middle, faults);
            }
        }
    }
    free(scratch);
}

void register_smells(const struct election_register *reg, struct faults *faults)
{
    for (int level = AREA_PROVINCE; level < LEVELS; level++) {
        smell_codes(reg, level, faults);
    }
    smell_names(reg, faults);
    smell_rolls(reg, faults);
}
