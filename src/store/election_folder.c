/* Reads an election's folder. Every file is read as far as it goes, so that one run tells of every fault;
 * what would only follow from one (units without communes, when areas.csv is not there) is left out. */
#include <turnout/store/election_folder.h>

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <turnout/wire/register_digest.h>

#include "election_ini.h"
#include "folder_reading.h"
#include "previous_file.h"

/* ---- files ---- */

static bool read_ini(struct folder_reading *reading, struct election *ret_election)
{
    size_t length;
    char *bytes = folder_reading_file(reading, ELECTION_INI_FILE,
                                      "write it; config/elections/vn-2026 has one to start from", &length);
    if (bytes == NULL) {
        return false;
    }
    bool is_sound = election_ini_read(bytes, length, faults_pass_on, &reading->faults, ret_election);
    free(bytes);
    return is_sound;
}

/* ---- tables ---- */

static void add_area(void *context, const struct csv_row *row)
{
    register_builder_add_area(context, row->line, row->cells[0], row->cells[1], row->cells[2], row->cells[3],
                              row->cells[4]);
}

static void add_unit(void *context, const struct csv_row *row)
{
    register_builder_add_unit(context, row->line, row->cells[0], row->cells[1], row->cells[2], row->cells[3]);
    register_builder_add_contact(context, row->line, row->cells[4]);
}

static const char remedy[] = "write it, or make one with `turnout register make`";
static const struct folder_table areas_table = {"areas.csv", "code,level,parent,name,name_en", "", remedy,
                                                add_area};
static const struct folder_table units_table = {"units.csv", "code,commune,name,registered", "contact",
                                                remedy, add_unit};

/* NULL after telling why. */
static struct election_register *read_register(struct folder_reading *reading)
{
    struct register_builder *builder = register_builder_new(faults_pass_on, &reading->faults);
    struct election_register *reg = NULL;
    bool has_areas = folder_reading_table(reading, &areas_table, builder);
    bool has_units = folder_reading_table(reading, &units_table, builder);
    if (has_areas) { /* else every unit would be blamed for a commune that is not there */
        reg = register_builder_finish(builder);
    }
    register_builder_free(builder);
    if (reg != NULL && has_units && reg->unit_count == 0) {
        faults_add(&reading->faults, units_table.file, 0, "", "there is no unit; add one row a polling unit");
    }
    return reg;
}

enum turnout_error election_folder_read(const char *path, fault_fn *on_fault, void *context,
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

    struct folder_reading reading;
    folder_reading_init(&reading, path, on_fault, context);
    struct election_folder folder = {0};
    bool has_election = read_ini(&reading, &folder.election);
    folder.reg = read_register(&reading);
    folder.previous = previous_file_read(&reading, has_election ? &folder.election : NULL, folder.reg);
    enum turnout_error failed = folder_reading_sum_up(&reading, path, error);
    if (failed != TURNOUT_OK) {
        election_folder_done(&folder);
        return failed;
    }
    assert(has_election && folder.reg != NULL);
    register_digest(folder.reg, &folder.election.rules, folder.reg->digest, folder.reg->files);
    *ret_folder = folder;
    return TURNOUT_OK;
}

void election_folder_done(struct election_folder *folder)
{
    register_release(folder->reg);
    previous_release(folder->previous);
    folder->reg = NULL;
    folder->previous = NULL;
}
