/* Reading the files of an election's folder, and counting what is wrong with them. */
#include "folder_reading.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <turnout/base/buffer.h>
#include <turnout/base/encoding.h>
#include <turnout/base/file.h>
#include <turnout/wire/csv_table.h>

void folder_reading_init(struct folder_reading *reading, const char *path, fault_fn *on_fault, void *context)
{
    *reading = (struct folder_reading){.path = path, .limit = {.on_fault = on_fault, .context = context}};
    reading->faults = (struct faults){.on_fault = fault_limit_tell, .context = &reading->limit};
}

enum turnout_error folder_reading_sum_up(struct folder_reading *reading, const char *what,
                                         struct error *error)
{
    fault_limit_end(&reading->limit);
    if (reading->faults.count == 0) {
        return TURNOUT_OK;
    }
    return error_fail(error, TURNOUT_BAD_INPUT, "election", "%s: %" PRIu64 " fault%s", what,
                      reading->faults.count, reading->faults.count == 1 ? "" : "s");
}

bool folder_reading_has(const struct folder_reading *reading, const char *file)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", reading->path, file);
    bool is_missing = access(path.bytes, F_OK) != 0 && errno == ENOENT;
    buffer_done(&path);
    return !is_missing;
}

char *folder_reading_file(struct folder_reading *reading, const char *file, const char *remedy,
                          size_t *ret_length)
{
    struct buffer path = {0};
    buffer_printf(&path, "%s/%s", reading->path, file);
    char *bytes = NULL;
    struct error error;
    enum turnout_error failed = file_read(path.bytes, ELECTION_FILE_BYTES_MAX, &bytes, ret_length, &error);
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
    uint32_t line;
    if (encoding_to_utf8(&bytes, ret_length, &line, &error) != TURNOUT_OK) {
        faults_add(&reading->faults, file, line, "", "%s", error.text);
        free(bytes);
        return NULL;
    }
    return bytes;
}

static bool read_header(struct folder_reading *reading, const struct folder_table *table, char *bytes,
                        size_t length, struct csv_table *csv)
{
    struct error error;
    if (csv_table_init(csv, bytes, length, table->columns, table->optional, &error) != TURNOUT_OK) {
        faults_add(&reading->faults, table->file, csv->header_line, "", "%s", error.text);
        return false;
    }
    if (csv->ignored[0] != '\0') {
        faults_warn(&reading->faults, table->file, csv->header_line, "",
                    "nothing is read of the columns %s; only of %s%s%s", csv->ignored, table->columns,
                    table->optional[0] == '\0' ? "" : ",", table->optional);
    }
    return true;
}

bool folder_reading_table(struct folder_reading *reading, const struct folder_table *table, void *context)
{
    size_t length;
    char *bytes = folder_reading_file(reading, table->file, table->remedy, &length);
    if (bytes == NULL) {
        return false;
    }
    struct csv_table csv;
    bool has_rows = read_header(reading, table, bytes, length, &csv);
    enum csv_found found = has_rows ? CSV_ROW : CSV_END;
    while (found != CSV_END) {
        struct csv_row row;
        struct error error;
        found = csv_table_next(&csv, &row, &error);
        if (found == CSV_ROW) {
            table->add(context, &row);
        } else if (found == CSV_BAD) {
            faults_add(&reading->faults, table->file, row.line, "", "%s", error.text);
        }
    }
    free(bytes);
    return has_rows;
}
