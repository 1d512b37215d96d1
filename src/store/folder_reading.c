/* Reading the files of an election's folder, and counting what is wrong with them. */
#include "folder_reading.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>

/* No file of an election within the limits comes near this; a wrong file is not read into memory. */
enum { FILE_BYTES_MAX = 1 << 30 };

enum turnout_error folder_reading_sum_up(const struct folder_reading *reading, const char *what,
                                         struct error *error)
{
    if (reading->faults.count == 0) {
        return TURNOUT_OK;
    }
    return error_fail(error, TURNOUT_BAD_INPUT, "election", "%s: %" PRIu64 " fault%s", what,
                      reading->faults.count, reading->faults.count == 1 ? "" : "s");
}

char *folder_reading_file(struct folder_reading *reading, const char *file, const char *remedy,
                          size_t *ret_length)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", reading->path, file);
    char *bytes = NULL;
    struct error error;
    enum turnout_error failed = file_read(path.bytes, FILE_BYTES_MAX, &bytes, ret_length, &error);
    buffer_done(&path);
    if (failed != TURNOUT_OK) {
        faults_add(&reading->faults, file, 0, "", "%s; %s", error.text, remedy);
        return NULL;
    }
    if (*ret_length == 0) {
        faults_add(&reading->faults, file, 1, "", "the file is empty; %s", remedy);
        free(bytes);
        return NULL;
    }
    return bytes;
}

static bool read_header(struct folder_reading *reading, const struct folder_table *table,
                        struct csv_reader *csv)
{
    struct csv_row row;
    struct error error;
    enum csv_found found = csv_reader_next(csv, &row, &error);
    if (found == CSV_ROW && csv_row_is(&row, table->header)) {
        return true;
    }
    faults_add(&reading->faults, table->file, found == CSV_END ? 1 : row.line, "",
               "the first line must be `%s`; make it so", table->header);
    return false;
}

static void read_rows(struct folder_reading *reading, const struct folder_table *table,
                      struct csv_reader *csv, void *context)
{
    for (;;) {
        struct csv_row row;
        struct error error;
        switch (csv_reader_next(csv, &row, &error)) {
        case CSV_END:
            return;
        case CSV_BAD:
            faults_add(&reading->faults, table->file, row.line, "", "%s", error.text);
            break;
        case CSV_ROW:
            if (row.cell_count == table->columns) {
                table->add(context, &row);
            } else {
                faults_add(&reading->faults, table->file, row.line, "",
                           "%" PRIu32 " cells instead of %" PRIu32 "; write `%s`", row.cell_count,
                           table->columns, table->header);
            }
            break;
        }
    }
}

bool folder_reading_table(struct folder_reading *reading, const struct folder_table *table, void *context)
{
    size_t length;
    char *bytes = folder_reading_file(reading, table->file, table->remedy, &length);
    if (bytes == NULL) {
        return false;
    }
    struct csv_reader csv;
    csv_reader_init(&csv, bytes, length);
    bool has_rows = read_header(reading, table, &csv);
    if (has_rows) {
        read_rows(reading, table, &csv, context);
    }
    free(bytes);
    return has_rows;
}
