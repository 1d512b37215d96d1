/* Files that only their owner may read, in folders that only their owner may enter. Never over a file that is there
 * already: it might be somebody's only key. */
#ifndef TURNOUT_SECRET_FILE_H
#define TURNOUT_SECRET_FILE_H

#include <stddef.h>

#include <turnout/base/error.h>

/* Opens the folder, or makes it (0700). TURNOUT_CONFLICT when one is there that others may enter. The caller closes
 * the descriptor. */
enum turnout_error secret_folder_open(const char *path, int *ret_fd, struct error *error);

/* Makes a file (0600) in the folder; TURNOUT_CONFLICT when it is there already. The caller closes it. */
enum turnout_error secret_file_new(int folder_fd, const char *name, int *ret_fd, struct error *error);

enum turnout_error secret_file_append(int fd, const void *bytes, size_t length, struct error *error);

/* What was written so far to any file of the folder's file system outlives a power cut once this returns TURNOUT_OK:
 * one wait for tens of thousands of files. */
enum turnout_error secret_folder_sync(int folder_fd, struct error *error);

#endif
