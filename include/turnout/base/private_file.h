/* Files that only their owner may read, in folders where nobody else can replace them.
 *
 * A folder is opened once and checked; its files are then opened relative to it, and links are never followed. Folder
 * and file must belong to us or to root. Nobody else may write the folder, unless it has the sticky bit, as /tmp
 * does; nobody else may read or write the file. Anything more open is refused with TURNOUT_BAD_INPUT and the command
 * that fixes it, because somebody may have read or changed it already.
 * A file is created exclusively, with mode 0600, under a random name. It gets its own name once it is complete and on
 * the disk.
 * Errors name the setting that the path came from, and the path. */
#ifndef TURNOUT_BASE_PRIVATE_FILE_H
#define TURNOUT_BASE_PRIVATE_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/error.h>

/* ---- folders ---- */

enum private_folder_kind {
    PRIVATE_FOLDER_FOUND, /* it must exist */
    PRIVATE_FOLDER_MADE,  /* created if missing, mode 0700 */
    PRIVATE_FOLDER_SHUT,  /* the same, and others may not enter it */
};

struct private_folder {
    int fd;
    const char *path;    /* borrowed until private_folder_close */
    const char *setting; /* the same; named in errors */
};

/* TURNOUT_NOT_FOUND, TURNOUT_BAD_INPUT, TURNOUT_SYSTEM. */
enum turnout_error private_folder_open(const char *path, enum private_folder_kind kind, const char *setting,
                                       struct private_folder *ret_folder, struct error *error);
void private_folder_close(struct private_folder *folder);

/* Syncs the file system of the folder: one wait for all files written so far, instead of one for each. */
enum turnout_error private_folder_sync(const struct private_folder *folder, struct error *error);

/* Splits the path of a file into its folder and its name, which points into `path`. TURNOUT_BAD_INPUT when there is
 * no name, TURNOUT_TOO_LARGE. */
enum turnout_error private_path_split(const char *path, const char *setting, char ret_folder[PATH_MAX],
                                      const char **ret_name, struct error *error);

/* ---- files ---- */

/* Opens a file with the flags of open(2); O_CREAT creates it with mode 0600. TURNOUT_NOT_FOUND; TURNOUT_CONFLICT when
 * it exists and O_EXCL was given; TURNOUT_BAD_INPUT, TURNOUT_SYSTEM. The caller closes *ret_fd. */
enum turnout_error private_file_open(const struct private_folder *folder, const char *name, int flags,
                                     int *ret_fd, struct error *error);

/* Reads a file of at most `bytes_max` bytes. *ret_bytes is NUL-terminated after *ret_length bytes; the caller wipes
 * and frees it. TURNOUT_TOO_LARGE, or as private_file_open. */
enum turnout_error private_file_read(const struct private_folder *folder, const char *name, size_t bytes_max,
                                     char **ret_bytes, size_t *ret_length, struct error *error);

/* Whether there is a file that can be read and has exactly these bytes. */
bool private_file_holds(const struct private_folder *folder, const char *name, const void *bytes,
                        size_t length);

/* What happens to an existing file of that name. */
enum private_file_other { PRIVATE_FILE_REPLACE, PRIVATE_FILE_KEEP };

/* Writes a file of these bytes. File and name are on the disk when this returns TURNOUT_OK. A reader sees the old
 * file or the new one, whole. PRIVATE_FILE_KEEP: TURNOUT_CONFLICT when the file exists, also when it appears
 * meanwhile. */
enum turnout_error private_file_write(const struct private_folder *folder, const char *name,
                                      const void *bytes, size_t length, enum private_file_other other,
                                      struct error *error);

/* ---- one file, whose folder is opened for the call; the folder must exist ---- */

enum turnout_error private_file_read_at(const char *folder_path, const char *name, const char *setting,
                                        size_t bytes_max, char **ret_bytes, size_t *ret_length,
                                        struct error *error);
enum turnout_error private_file_replace_at(const char *folder_path, const char *name, const char *setting,
                                           const void *bytes, size_t length, struct error *error);
enum turnout_error private_path_read(const char *path, const char *setting, size_t bytes_max,
                                     char **ret_bytes, size_t *ret_length, struct error *error);

/* ---- the same in steps, to write in several pieces or to lock the file ---- */

enum { PRIVATE_DRAFT_NAME_BYTES = 48 };

/* A new file that does not have its name yet. */
struct private_draft {
    int fd; /* open for reading and appending */
    char name[PRIVATE_DRAFT_NAME_BYTES];
};

enum turnout_error private_draft_open(const struct private_folder *folder, struct private_draft *ret_draft,
                                      struct error *error);

/* Syncs it and gives it its name; the caller then owns the descriptor. On failure the draft is removed. */
enum turnout_error private_draft_keep(const struct private_folder *folder, struct private_draft *draft,
                                      const char *name, enum private_file_other other, struct error *error);

/* Removes it. */
void private_draft_drop(const struct private_folder *folder, struct private_draft *draft);

#endif
