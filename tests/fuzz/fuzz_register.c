/* Registers as CSV: areas.csv, a line `----`, units.csv. Whatever the rows: the reader comes to an end, and rows that
 * it makes out read the same when they are written again. A register that is built is a tree that adds up, finds all
 * it holds, and is the same register when it is written out and read again; one that is not has its faults told. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/buffer.h>
#include <turnout/base/limits.h>
#include <turnout/election/register.h>
#include <turnout/wire/csv.h>
#include <turnout/wire/register_digest.h>

enum { AREA_CELLS = 5, UNIT_CELLS = 4, INPUT_BYTES_MAX = 64 * 1024 };

/* ---- rows ---- */

static void write_row(struct buffer *out, const struct csv_row *row)
{
    if (row->cell_count == 1 && row->cells[0].length == 0) {
        buffer_append_text(out, "\"\""); /* or there would be no row */
    }
    for (uint32_t i = 0; i < row->cell_count; i++) {
        if (i > 0) {
            buffer_append_char(out, ',');
        }
        csv_write_cell(out, row->cells[i], ',');
    }
    buffer_append_char(out, '\n');
}

/* Writes every good row of `text` to `out`. Returns how many were bad. */
static size_t copy_rows(struct slice text, struct buffer *out)
{
    char *copy = fuzz_copy(text.bytes, text.length);
    struct csv_reader reader;
    csv_reader_init(&reader, copy, text.length);
    size_t bad = 0;
    uint32_t line = 0;
    for (;;) {
        struct csv_row row = {0};
        struct error error = {.text = ""};
        size_t before = reader.at;
        enum csv_found found = csv_reader_next(&reader, &row, &error);
        assert(reader.at <= text.length && (found == CSV_END || reader.at > before));
        if (found == CSV_END) {
            break;
        }
        assert(row.line > line ||
               found == CSV_BAD); /* a fault is told where it stands, which may be further down */
        assert((found == CSV_BAD) == (error.text[0] != '\0'));
        line = row.line > line ? row.line : line;
        bad += found == CSV_BAD;
        if (found == CSV_ROW) {
            assert(row.cell_count >= 1 && row.cell_count <= CSV_CELLS_MAX);
            write_row(out, &row);
        }
    }
    free(copy);
    return bad;
}

static void check_rows(struct slice text)
{
    static const char byte_order_mark[] =
        "\xef\xbb\xbf"; /* or one that begins the first cell would be taken for it */
    struct buffer once = {0};
    struct buffer twice = {0};
    buffer_append_text(&once, byte_order_mark);
    buffer_append_text(&twice, byte_order_mark);
    (void)copy_rows(text, &once);
    size_t bad = copy_rows((struct slice){once.bytes, once.length}, &twice);
    assert(bad == 0 && once.length == twice.length && memcmp(once.bytes, twice.bytes, once.length) == 0);
    buffer_done(&once);
    buffer_done(&twice);
}

/* ---- the register ---- */

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)line;
    size_t *faults = context;
    (*faults)++;
    assert(strcmp(file, "areas.csv") == 0 || strcmp(file, "units.csv") == 0);
    assert(error->text[0] != '\0' && text_is_utf8(slice_of(error->text), NULL));
    assert(!text_has_control(slice_of(error->text)));
}

static void add_rows(struct register_builder *builder, struct slice text, uint32_t cells)
{
    char *copy = fuzz_copy(text.bytes, text.length);
    struct csv_reader reader;
    struct csv_row row;
    struct error error;
    enum csv_found found;
    csv_reader_init(&reader, copy, text.length);
    while ((found = csv_reader_next(&reader, &row, &error)) != CSV_END) {
        if (found != CSV_ROW || row.cell_count != cells) {
            continue;
        }
        if (cells == AREA_CELLS) {
            register_builder_add_area(builder, row.line, row.cells[0], row.cells[1], row.cells[2],
                                      row.cells[3], row.cells[4]);
        } else {
            register_builder_add_unit(builder, row.line, row.cells[0], row.cells[1], row.cells[2],
                                      row.cells[3]);
        }
    }
    free(copy);
}

static struct election_register *build(struct slice areas, struct slice units)
{
    size_t faults = 0;
    struct register_builder *builder = register_builder_new(on_fault, &faults);
    add_rows(builder, areas, AREA_CELLS);
    add_rows(builder, units, UNIT_CELLS);
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    assert((reg == NULL) == (faults > 0));
    return reg;
}

static void check_area(const struct election_register *reg, uint32_t index)
{
    const struct area *area = &reg->areas[index];
    int64_t registered = 0;
    uint32_t units = 0;
    uint32_t communes = 0;
    for (uint32_t i = area->first_child; i < area->first_child + area->children; i++) {
        if (area->level == AREA_COMMUNE) {
            assert(i < reg->unit_count && reg->units[i].commune == index);
            registered += reg->units[i].registered;
            units++;
        } else {
            const struct area *child = &reg->areas[i];
            assert(i < reg->area_count && child->parent == index && child->level == area->level + 1);
            registered += child->registered;
            units += child->units;
            communes += child->communes;
        }
    }
    communes += area->level == AREA_COMMUNE;
    assert(area->registered == registered && area->units == units && area->communes == communes);
    assert(register_find_area(reg, slice_of(area->code)) == index);
    assert(register_find_unit(reg, slice_of(area->code)) == REGISTER_NONE);
    assert(text_is_code(slice_of(area->code)) && text_is_utf8(slice_of(area->name), NULL));
}

static void check_tree(const struct election_register *reg)
{
    assert(reg->area_count >= 1 && reg->areas[REGISTER_NATION].level == AREA_NATION);
    assert(reg->areas[REGISTER_NATION].parent == REGISTER_NONE);
    assert(reg->areas[REGISTER_NATION].units == reg->unit_count);
    for (uint32_t i = 0; i < reg->area_count; i++) {
        check_area(reg, i);
        assert((reg->areas[i].level == AREA_PROVINCE) == (i >= 1 && i <= reg->province_count));
    }
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        const struct unit *unit = &reg->units[i];
        assert(register_find_unit(reg, slice_of(unit->code)) == i && unit->registered <= VOTERS_MAX);
        assert(text_is_code(slice_of(unit->code)) && text_is_utf8(slice_of(unit->name), NULL));
    }
}

static void write_cells(struct buffer *out, const char *const cells[], size_t count)
{
    struct csv_row row = {.cell_count = (uint32_t)count};
    for (size_t i = 0; i < count; i++) {
        row.cells[i] = slice_of(cells[i]);
    }
    write_row(out, &row);
}

static void write_register(const struct election_register *reg, struct buffer *areas, struct buffer *units)
{
    for (uint32_t i = 0; i < reg->area_count; i++) {
        const struct area *area = &reg->areas[i];
        const char *parent = area->parent == REGISTER_NONE ? "" : reg->areas[area->parent].code;
        write_cells(areas,
                    (const char *const[]){area->code, area_level_name(area->level), parent, area->name,
                                          area->name_en},
                    AREA_CELLS);
    }
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        const struct unit *unit = &reg->units[i];
        struct buffer roll = {0};
        buffer_append_integer(&roll, unit->registered);
        write_cells(units,
                    (const char *const[]){unit->code, reg->areas[unit->commune].code, unit->name, roll.bytes},
                    UNIT_CELLS);
        buffer_done(&roll);
    }
}

static void check_written_again(const struct election_register *reg)
{
    struct buffer areas = {0};
    struct buffer units = {0};
    unsigned char digests[2][REGISTER_DIGEST_BYTES];
    struct rules rules;
    char files[REGISTER_FILES_BYTES];
    rules_init(&rules);
    write_register(reg, &areas, &units);
    struct election_register *again =
        build((struct slice){areas.bytes, areas.length},
              (struct slice){units.bytes == NULL ? "" : units.bytes, units.length});
    assert(again != NULL && again->area_count == reg->area_count && again->unit_count == reg->unit_count);
    register_digest(reg, &rules, digests[0], files);
    register_digest(again, &rules, digests[1], files);
    assert(memcmp(digests[0], digests[1], REGISTER_DIGEST_BYTES) == 0);
    for (uint32_t i = 0; i < reg->area_count; i++) {
        assert(strcmp(reg->areas[i].name, again->areas[i].name) == 0);
    }
    register_release(again);
    buffer_done(&areas);
    buffer_done(&units);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    struct slice areas;
    struct slice units;
    fuzz_split((struct slice){(const char *)data, size}, &areas, &units);
    check_rows(areas);
    check_rows(units);
    struct election_register *reg = build(areas, units);
    if (reg != NULL) {
        check_tree(reg);
        check_written_again(reg);
    }
    register_release(reg);
    return 0;
}
