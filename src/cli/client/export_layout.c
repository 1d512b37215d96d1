/* Names of files. */
#include "client/export_layout.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include <turnout/wire/bulletin_files.h>

void export_log_name(const char *commune, char ret_name[EXPORT_NAME_BYTES])
{
    int length = snprintf(ret_name, EXPORT_NAME_BYTES, "log/%s.jsonl", commune);
    assert(length > 0 && length < EXPORT_NAME_BYTES);
}

void export_bulletin_name(int64_t number, const char *file, char ret_name[EXPORT_NAME_BYTES])
{
    int length = snprintf(ret_name, EXPORT_NAME_BYTES, "bulletin-%" PRId64 "/%s", number, file);
    assert(length > 0 && length < EXPORT_NAME_BYTES);
}

void export_area_name(int64_t number, const char *code, char ret_name[EXPORT_NAME_BYTES])
{
    char file[BULLETIN_FILE_NAME_BYTES];
    bulletin_file_name(code, file);
    export_bulletin_name(number, file, ret_name);
}
