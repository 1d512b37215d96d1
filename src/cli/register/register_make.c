/* Makes a register of the size of a nation from a table of provinces: draws the number of units of each commune and
 * of voters of each unit, so that every province adds up to the table. Drawn with integers of our own, seeded by the
 * province's code: the result is the same on every machine, and changing one province leaves the others unchanged. */
#include "register/register_make.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/base/limits.h>
#include <turnout/base/memory.h>
#include <turnout/wire/csv.h>

#include "register/apportion.h"
#include "register/register_tables.h"

enum { COPIED_FILE_BYTES_MAX = 1 << 30 };

/* ---- drawing ---- */

/* Numbers that look random: splitmix64 (G. L. Steele, D. Lea, C. H. Flood, 2014). */
struct draw {
    uint64_t state;
};

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static struct draw draw_for(struct slice code)
{
    struct draw draw = {0};
    for (size_t i = 0; i < code.length; i++) {
        draw.state = mix(draw.state + (unsigned char)code.bytes[i]);
    }
    return draw;
}

/* 0 to bound - 1. */
static uint32_t draw_below(struct draw *draw, uint32_t bound)
{
    draw->state += UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)((mix(draw->state) >> 32) * bound >> 32);
}

/* The relative size of a commune: most are small, a few nine times as large. */
static uint32_t draw_commune_weight(struct draw *draw)
{
    uint32_t a = draw_below(draw, 100);
    uint32_t b = draw_below(draw, 100);
    return 12 + a * b / 100;
}

/* How full its units are, within a tenth either way. */
static uint32_t draw_density(struct draw *draw)
{
    return 90 + draw_below(draw, 21);
}

/* The relative size of a unit: a bell curve (the sum of three), skewed so that its upper end is about three times the
 * median and its lower end a tenth of it. */
static uint32_t draw_unit_weight(struct draw *draw)
{
    uint32_t x = draw_below(draw, 1000) + draw_below(draw, 1000);
    x += draw_below(draw, 1000);
    return 260 + x / 2 + x * x / 1600;
}

/* ---- one province ---- */

struct commune {
    char code[AREA_CODE_BYTES];
    char label[AREA_CODE_BYTES]; /* the label of its name: its number, or its own code */
    uint32_t units;              /* UNITS_DRAWN until drawn */
    int64_t registered;
};

/* Lists the communes with a code of their own first, then the numbered ones. */
static struct commune *list_communes(const struct register_tables *tables,
                                     const struct province_row *province)
{
    struct commune *communes = memory_new_array(province->communes, sizeof *communes);
    uint32_t count = 0;
    for (uint32_t i = 0; i < tables->commune_count; i++) {
        const struct commune_row *row = &tables->communes[i];
        if (commune_row_is_of(row, province)) {
            struct commune *commune = &communes[count++];
            bool fits = slice_copy(row->code, commune->code, sizeof commune->code) &&
                        slice_copy(row->code, commune->label, sizeof commune->label);
            assert(fits);
            commune->units = row->units;
        }
    }
    for (uint32_t number = 1; count < province->communes; number++) {
        struct commune *commune = &communes[count++];
        int code_length = snprintf(commune->code, sizeof commune->code, "%.*s-%03u",
                                   (int)province->code.length, province->code.bytes, number);
        int label_length = snprintf(commune->label, sizeof commune->label, "%u", number);
        assert(code_length > 0 && code_length < AREA_CODE_BYTES && label_length > 0);
        commune->units = UNITS_DRAWN;
    }
    return communes;
}

static void share_out(int64_t total, struct apportion_part *parts, uint32_t count)
{
    int64_t given = apportion(total, parts, count);
    assert(given == total); /* register_tables_read() has checked that it fits */
}

static void draw_units(struct draw *draw, const struct province_row *province, struct commune *communes)
{
    struct apportion_part *parts = memory_new_array(province->communes, sizeof *parts);
    for (uint32_t i = 0; i < province->communes; i++) {
        uint32_t weight = draw_commune_weight(draw);
        bool is_drawn = communes[i].units == UNITS_DRAWN;
        parts[i] = (struct apportion_part){.weight = weight,
                                           .least = is_drawn ? 1 : communes[i].units,
                                           .most = is_drawn ? COMMUNE_UNITS_MOST : communes[i].units};
    }
    share_out(province->units, parts, province->communes);
    for (uint32_t i = 0; i < province->communes; i++) {
        communes[i].units = (uint32_t)parts[i].given;
    }
    free(parts);
}

static void draw_registered(struct draw *draw, const struct province_row *province, struct commune *communes)
{
    struct apportion_part *parts = memory_new_array(province->communes, sizeof *parts);
    for (uint32_t i = 0; i < province->communes; i++) {
        uint32_t density = draw_density(draw);
        uint32_t units = communes[i].units;
        parts[i] = (struct apportion_part){.weight = units == 0 ? 1 : units * density,
                                           .least = (int64_t)units * UNIT_REGISTERED_LEAST,
                                           .most = (int64_t)units * UNIT_REGISTERED_MOST};
    }
    share_out(province->registered, parts, province->communes);
    for (uint32_t i = 0; i < province->communes; i++) {
        communes[i].registered = parts[i].given;
    }
    free(parts);
}

/* ---- the files ---- */

struct made {
    struct buffer areas; /* areas.csv */
    struct buffer units; /* units.csv */
};

/* A row of areas.csv. */
static void write_area(struct buffer *out, struct slice code, const char *level, struct slice parent,
                       struct slice name, struct slice name_en)
{
    const struct slice cells[] = {code, slice_of(level), parent, name, name_en};
    csv_write_row(out, cells, sizeof cells / sizeof cells[0]);
}

static void write_commune(struct buffer *out, const struct province_row *province,
                          const struct commune *commune)
{
    struct buffer name = {0};
    struct buffer name_en = {0};
    buffer_printf(&name, "Xã %s, %.*s", commune->label, (int)province->name.length, province->name.bytes);
    buffer_printf(&name_en, "Commune %s, %.*s", commune->label, (int)province->name_en.length,
                  province->name_en.bytes);
    write_area(out, slice_of(commune->code), "commune", province->code, slice_of(name.bytes),
               slice_of(name_en.bytes));
    buffer_done(&name);
    buffer_done(&name_en);
}

static void write_units(struct buffer *out, struct draw *draw, const struct commune *commune)
{
    struct apportion_part parts[COMMUNE_UNITS_MOST];
    assert(commune->units <= COMMUNE_UNITS_MOST);
    for (uint32_t i = 0; i < commune->units; i++) {
        parts[i] = (struct apportion_part){
            .weight = draw_unit_weight(draw), .least = UNIT_REGISTERED_LEAST, .most = UNIT_REGISTERED_MOST};
    }
    share_out(commune->registered, parts, commune->units);
    for (uint32_t i = 0; i < commune->units; i++) {
        buffer_printf(out, "%s-%03u,%s,Tổ bầu cử số %u,%lld\n", commune->code, i + 1, commune->code, i + 1,
                      (long long)parts[i].given);
    }
}

static void make_province(const struct register_tables *tables, const struct province_row *province,
                          struct made *made)
{
    struct draw draw = draw_for(province->code);
    struct commune *communes = list_communes(tables, province);
    draw_units(&draw, province, communes);
    draw_registered(&draw, province, communes);
    for (uint32_t i = 0; i < province->communes; i++) {
        write_commune(&made->areas, province, &communes[i]);
        write_units(&made->units, &draw, &communes[i]);
    }
    free(communes);
}

static void make(const struct register_tables *tables, struct made *made)
{
    struct slice nation = slice_of("VN");
    buffer_append_text(&made->areas, "code,level,parent,name,name_en\n");
    buffer_append_text(&made->units, "code,commune,name,registered\n");
    write_area(&made->areas, nation, "nation", slice_of(""), slice_of("Việt Nam"), slice_of("Viet Nam"));
    for (uint32_t i = 0; i < tables->province_count; i++) {
        const struct province_row *province = &tables->provinces[i];
        write_area(&made->areas, province->code, "province", nation, province->name, province->name_en);
    }
    for (uint32_t i = 0; i < tables->province_count; i++) {
        make_province(tables, &tables->provinces[i], made);
    }
}

static enum turnout_error write_file(const char *folder, const char *file, const struct buffer *content,
                                     struct error *error)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", folder, file);
    struct error cause;
    enum turnout_error failed = file_write(path.bytes, content->bytes, content->length, &cause);
    if (failed != TURNOUT_OK) {
        failed = error_fail(error, failed, "", "%s: %s", path.bytes, cause.text);
    }
    buffer_done(&path);
    return failed;
}

enum turnout_error register_copy_file(const char *from, const char *to, const char *file, struct error *error)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", from, file);
    struct buffer content = {0};
    struct error cause;
    enum turnout_error failed =
        file_read(path.bytes, COPIED_FILE_BYTES_MAX, &content.bytes, &content.length, &cause);
    if (failed == TURNOUT_OK) {
        failed = write_file(to, file, &content, error);
        buffer_done(&content);
    } else {
        failed = error_fail(error, failed, "", "%s: %s", path.bytes, cause.text);
    }
    buffer_done(&path);
    return failed;
}

static bool is_same_folder(const char *a, const char *b)
{
    struct stat left;
    struct stat right;
    return stat(a, &left) == 0 && stat(b, &right) == 0 && left.st_dev == right.st_dev &&
           left.st_ino == right.st_ino;
}

static enum turnout_error write_all(const char *from, const char *to, const struct made *made,
                                    struct error *error)
{
    if (mkdir(to, 0777) != 0 && errno != EEXIST) {
        return error_fail_system(error, errno, "", "%s: cannot be made", to);
    }
    enum turnout_error failed = write_file(to, "areas.csv", &made->areas, error);
    if (failed == TURNOUT_OK) {
        failed = write_file(to, "units.csv", &made->units, error);
    }
    if (failed == TURNOUT_OK && !is_same_folder(from, to)) {
        failed = register_copy_file(from, to, "election.ini", error);
        if (failed == TURNOUT_OK) {
            failed = register_copy_file(from, to, "checkpoints.csv", error);
            failed = failed == TURNOUT_NOT_FOUND ? TURNOUT_OK : failed;
        }
    }
    return failed;
}

enum turnout_error register_make(const char *from, const char *to, struct error *error)
{
    struct register_tables tables;
    enum turnout_error failed = register_tables_read(from, &tables, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct made made = {0};
    make(&tables, &made);
    failed = write_all(from, to, &made, error);
    buffer_done(&made.areas);
    buffer_done(&made.units);
    register_tables_done(&tables);
    return failed;
}
