/* A sound election's folder, whose files a test then puts others in the place of. Faults are gathered as lines,
 * `file:line: field: text`. Only a header, because a test of a low layer links nothing above it. */
#ifndef TURNOUT_TESTS_ELECTION_FILES_H
#define TURNOUT_TESTS_ELECTION_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <check.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/store/election_folder.h>

#include "told_faults.h"

#define ELECTION                                                                                             \
    "[election]\n"                                                                                           \
    "id = test-1\n"                                                                                          \
    "name = Bầu cử\n"                                                                                    \
    "date = 2026-03-15\n"                                                                                    \
    "timezone = Asia/Ho_Chi_Minh\n"
#define POLLS                                                                                                \
    "opens = 2026-03-15T07:00:00+07:00\n"                                                                    \
    "closes = 2026-03-15T21:00:00+07:00\n"
#define ROUNDS "rounds = 09:00 11:30  20:00\n"
#define RULES  "[rules]\nas-of-tolerance-s = 60\n"

static const char sound_ini[] = ELECTION POLLS ROUNDS RULES;
static const char sound_areas[] = "code,level,parent,name,name_en\n"
                                  "VN,nation,,Việt Nam,Viet Nam\n"
                                  "46,province,VN,Huế,Hue\n"
                                  "46-1,commune,46,\"Xã 1, Huế\",\n"
                                  "46-2,commune,46,\"Xã 2, Huế\",\n";
static const char sound_units[] = "code,commune,name,registered\n"
                                  "46-1-1,46-1,Một,900\n"
                                  "46-1-2,46-1,Hai,0100\n";

static char folder_path[] = "/tmp/turnout-folder-XXXXXX";
static const char *const files[] = {"election.ini", "areas.csv", "units.csv"};
enum { FILES = 3 };

static inline void path_of(const char *file, char ret_path[64])
{
    (void)snprintf(ret_path, 64, "%s/%s", folder_path, file);
}

static inline void write_file(const char *file, const char *content, size_t length)
{
    char path[64];
    path_of(file, path);
    struct error error;
    ck_assert_int_eq(file_write(path, content, length, &error), TURNOUT_OK);
}

static inline void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder_path));
    write_file("election.ini", sound_ini, sizeof sound_ini - 1);
    write_file("areas.csv", sound_areas, sizeof sound_areas - 1);
    write_file("units.csv", sound_units, sizeof sound_units - 1);
}

static inline void remove_file(const char *file)
{
    char path[64];
    path_of(file, path);
    (void)unlink(path);
}

static inline void remove_folder(void)
{
    for (size_t i = 0; i < FILES; i++) {
        remove_file(files[i]);
    }
    ck_assert_int_eq(rmdir(folder_path), 0);
}

static inline struct election_folder read_sound_folder(void)
{
    struct election_folder folder;
    struct buffer faults = {0};
    struct error error;
    enum turnout_error failed = election_folder_read(folder_path, gather_fault, &faults, &folder, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s\n%s", error.text, faults.bytes);
    return folder;
}

/* Reads a folder that must be faulty; `wanted` is how each fault told begins, one a line. */
static inline void expect_faults(const char *wanted)
{
    struct election_folder folder;
    struct buffer faults = {0};
    struct error error;
    ck_assert_int_eq(election_folder_read(folder_path, gather_fault, &faults, &folder, &error),
                     TURNOUT_BAD_INPUT);
    uint32_t count = check_gathered(&faults, wanted);
    char sum[128];
    (void)snprintf(sum, sizeof sum, "%s: %u fault%s", folder_path, count, count == 1 ? "" : "s");
    ck_assert_str_eq(error.text, sum);
    buffer_done(&faults);
}

#endif
