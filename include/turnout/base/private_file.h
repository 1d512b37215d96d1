/* Files that only their owner may read, in folders where nobody else can put another file in their place.
 *
 * A folder is opened once, looked at, and its files are reached from there by their names, never through a link. A folder
 * or file must belong to us or to root. Nobody else may write the folder, unless it is one like /tmp, where everybody can
 * only remove what is his own; nobody else may read or write the file. What is more open than that is refused with
 * TURNOUT_BAD_INPUT and the command that mends it: somebody may have read or changed it already.
 * A file is made exclusively, with mode 0600, under a name that nobody can guess; it takes its own name once it is whole
 * and on the disk.
 * Errors name the setting that led here, and the path. */
#ifndef TURNOUT_BASE_PRIVATE_FILE_H
#define TURNOUT_BASE_PRIVATE_FILE_H

#include <limits.h>
#include <stddef.h>

#include <turnout/base/error.h>

/* ---- folders ---- */

enum private_folder_kind {
    PRIVATE_FOLDER_FOUND, /* it must be there */
    PRIVATE_FOLDER_MADE,  /* it is made where there is none, mode 0700 */
    PRIVATE_FOLDER_SHUT,  /* the same, and others may not even enter */
};

struct private_folder {
    int fd;
    const char *path;    /* borrowed until private_folder_close */
    const char *setting; /* the same; what errors blame */
};

/* TURNOUT_NOT_FOUND, TURNOUT_BAD_INPUT, TURNOUT_SYSTEM. */
enum turnout_error private_folder_open(const char *path, enum private_folder_kind kind, const char *setting,
                                       struct private_folder *ret_folder, struct error *error);
void private_folder_close(struct private_folder *folder);

/* What was written so far to any file of the folder's file system outlives a power cut once this returns TURNOUT_OK:
 * one wait for tens of thousands of files. */
enum turnout_error private_folder_sync(const struct private_folder *folder, struct error *error);

/* Parts the path of a file into the path of its folder and its name, which points into `path`. TURNOUT_BAD_INPUT when it
 * has no name, TURNOUT_TOO_LARGE. */
enum turnout_error private_path_split(const char *path, const char *setting, char ret_folder[PATH_MAX],
                                      const char **ret_name, struct error *error);

/* ---- files ---- */

/* Opens a file with the flags of open(2); O_CREAT makes it with mode 0600. TURNOUT_NOT_FOUND when it is not there,
 * TURNOUT_CONFLICT when it is and O_EXCL was given, TURNOUT_BAD_INPUT, TURNOUT_SYSTEM. The caller closes *ret_fd. */
enum turnout_error private_file_open(const struct private_folder *folder, const char *name, int flags,
                                     int *ret_fd, struct error *error);

/* Reads a file of at most `bytes_max` bytes. *ret_bytes is NUL-terminated behind *ret_length and the caller's to wipe and
 * to free. TURNOUT_TOO_LARGE, or as private_file_open. */
enum turnout_error private_file_read(const struct private_folder *folder, const char *name, size_t bytes_max,
                                     char **ret_bytes, size_t *ret_length, struct error *error);

/* What happens to a file that has the name already. */
enum private_file_other { PRIVATE_FILE_REPLACE, PRIVATE_FILE_KEEP };

/* Makes a file of these bytes; both the file and its name are on the disk when this returns TURNOUT_OK. A reader sees
 * the old file or the new one, whole. TURNOUT_CONFLICT when an existing file is to be kept, also when it appears
 * meanwhile. */
enum turnout_error private_file_write(const struct private_folder *folder, const char *name,
                                      const void *bytes, size_t length, enum private_file_other other,
                                      struct error *error);

/* ---- one file, whose folder is opened only for that; it must be there ---- */

enum turnout_error private_file_read_at(const char *folder_path, const char *name, const char *setting,
                                        size_t bytes_max, char **ret_bytes, size_t *ret_length,
                                        struct error *error);
enum turnout_error private_file_replace_at(const char *folder_path, const char *name, const char *setting,
                                           const void *bytes, size_t length, struct error *error);
enum turnout_error private_path_read(const char *path, const char *setting, size_t bytes_max,
                                     char **ret_bytes, size_t *ret_length, struct error *error);

/* ---- the same in steps, for who writes more than one run of bytes or locks the file ---- */

enum { PRIVATE_DRAFT_NAME_BYTES = 48 };

/* A new file that has not taken its name yet. */
struct private_draft {
    int fd; /* open for reading, and for writing at the end */
    char name[PRIVATE_DRAFT_NAME_BYTES];
};

enum turnout_error private_draft_open(const struct private_folder *folder, struct private_draft *ret_draft,
                                      struct error *error);

/* Makes it durable and gives it its name; the descriptor is then the caller's. When this fails, the draft is gone. */
enum turnout_error private_draft_keep(const struct private_folder *folder, struct private_draft *draft,
                                      const char *name, enum private_file_other other, struct error *error);

/* Removes it. */
void private_draft_drop(const struct private_folder *folder, struct private_draft *draft);

#endif
