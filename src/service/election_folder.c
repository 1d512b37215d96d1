/* Reads an election's folder. Every file is read as far as it goes, so that one run tells of every fault;
 * what would only follow from one (units without communes, when areas.csv is not there) is left out. */
#include <turnout/service/election_folder.h>

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/wire/csv.h>
#include <turnout/wire/register_digest.h>

#include "election_ini.h"

/* No file of a register within the limits comes near this; a wrong file is not read into memory. */
enum { FILE_BYTES_MAX = 1 << 30 };

/* One reading of a folder: counts the faults on their way to the caller. */
struct reading {
    const char *path;
    register_fault_fn *on_fault;
    void *context;
    uint64_t faults;
};

/* A file of rows: its name, its columns, and where a row goes. */
struct table {
    const char *file;
    const char *header;
    uint32_t columns;
    void (*add)(struct register_builder *builder, const struct csv_row *row);
};

static void count_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    struct reading *reading = context;
    reading->faults++;
    reading->on_fault(reading->context, file, line, error);
}

static void complain(struct reading *reading, const char *file, uint32_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void complain(struct reading *reading, const char *file, uint32_t line, const char *format, ...)
{
    struct error fault = {0};
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(fault.text, sizeof fault.text, format, arguments);
    va_end(arguments);
    assert(length >= 0);
    count_fault(reading, file, line, &fault);
}

/* ---- files ---- */

/* The whole file, which the caller frees, or NULL after telling why not. An empty one is of no use. */
static char *read_file(struct reading *reading, const char *file, const char *remedy, size_t *ret_length)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", reading->path, file);
    char *bytes = NULL;
    struct error error;
    enum turnout_error failed = file_read(path.bytes, FILE_BYTES_MAX, &bytes, ret_length, &error);
    buffer_done(&path);
    if (failed != TURNOUT_OK) {
        complain(reading, file, 0, "%s; %s", error.text, remedy);
        return NULL;
    }
    if (*ret_length == 0) {
        complain(reading, file, 1, "the file is empty; %s", remedy);
        free(bytes);
        return NULL;
    }
    return bytes;
}

static bool read_ini(struct reading *reading, struct election *ret_election)
{
    size_t length;
    char *bytes = read_file(reading, ELECTION_INI_FILE,
                            "write it; config/elections/vn-2026 has one to start from", &length);
    if (bytes == NULL) {
        return false;
    }
    bool is_sound = election_ini_read(bytes, length, count_fault, reading, ret_election);
    free(bytes);
    return is_sound;
}

/* ---- tables ---- */

static void add_area(struct register_builder *builder, const struct csv_row *row)
{
    register_builder_add_area(builder, row->line, row->cells[0], row->cells[1], row->cells[2], row->cells[3],
                              row->cells[4]);
}

static void add_unit(struct register_builder *builder, const struct csv_row *row)
{
    register_builder_add_unit(builder, row->line, row->cells[0], row->cells[1], row->cells[2], row->cells[3]);
}

static const struct table areas_table = {"areas.csv", "code,level,parent,name,name_en", 5, add_area};
static const struct table units_table = {"units.csv", "code,commune,name,registered", 4, add_unit};

static bool read_header(struct reading *reading, const struct table *table, struct csv_reader *csv)
{
    struct csv_row row;
    struct error error;
    enum csv_found found = csv_reader_next(csv, &row, &error);
    if (found == CSV_ROW && csv_row_is(&row, table->header)) {
        return true;
    }
    complain(reading, table->file, found == CSV_END ? 1 : row.line, "the first line must be `%s`; make it so",
             table->header);
    return false;
}

static void read_rows(struct reading *reading, const struct table *table, struct csv_reader *csv,
                      struct register_builder *builder)
{
    for (;;) {
        struct csv_row row;
        struct error error;
        switch (csv_reader_next(csv, &row, &error)) {
        case CSV_END:
            return;
        case CSV_BAD:
            complain(reading, table->file, row.line, "%s", error.text);
            break;
        case CSV_ROW:
            if (row.cell_count == table->columns) {
                table->add(builder, &row);
            } else {
                complain(reading, table->file, row.line, "%u cells instead of %u; write `%s`", row.cell_count,
                         table->columns, table->header);
            }
            break;
        }
    }
}

/* False when there are no rows to speak of. */
static bool read_table(struct reading *reading, const struct table *table, struct register_builder *builder)
{
    size_t length;
    char *bytes =
        read_file(reading, table->file, "write it, or make one with `turnout register make`", &length);
    if (bytes == NULL) {
        return false;
    }
    struct csv_reader csv;
    csv_reader_init(&csv, bytes, length);
    bool has_rows = read_header(reading, table, &csv);
    if (has_rows) {
        read_rows(reading, table, &csv, builder);
    }
    free(bytes);
    return has_rows;
}

/* NULL after telling why. */
static struct election_register *read_register(struct reading *reading)
{
    struct register_builder *builder = register_builder_new(count_fault, reading);
    struct election_register *reg = NULL;
    bool has_areas = read_table(reading, &areas_table, builder);
    bool has_units = read_table(reading, &units_table, builder);
    if (has_areas) { /* else every unit would be blamed for a commune that is not there */
        reg = register_builder_finish(builder);
    }
    register_builder_free(builder);
    if (reg != NULL && has_units && reg->unit_count == 0) {
        complain(reading, units_table.file, 0, "there is no unit; add one row a polling unit");
    }
    return reg;
}

enum turnout_error election_folder_read(const char *path, register_fault_fn *on_fault, void *context,
                                        struct election_folder *ret_folder, struct error *error)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return errno == ENOENT
                   ? error_fail(error, TURNOUT_NOT_FOUND, "election", "%s: there is no such folder", path)
                   : error_fail_system(error, errno, "election", "%s", path);
    }
    if (!S_ISDIR(status.st_mode)) {
        return error_fail(error, TURNOUT_BAD_INPUT, "election", "%s: is not a folder", path);
    }

    struct reading reading = {.path = path, .on_fault = on_fault, .context = context};
    struct election_folder folder = {0};
    bool has_election = read_ini(&reading, &folder.election);
    folder.reg = read_register(&reading);
    if (reading.faults > 0) {
        register_free(folder.reg);
        return error_fail(error, TURNOUT_BAD_INPUT, "election", "%s: %llu fault%s", path,
                          (unsigned long long)reading.faults, reading.faults == 1 ? "" : "s");
    }
    assert(has_election && folder.reg != NULL);
    register_digest(folder.reg, folder.register_digest);
    *ret_folder = folder;
    return TURNOUT_OK;
}

void election_folder_done(struct election_folder *folder)
{
    register_free(folder->reg);
    folder->reg = NULL;
}
