/* Where the demo finds its things and keeps what it makes. */
#ifndef TURNOUT_COMMAND_DEMO_FOLDER_H
#define TURNOUT_COMMAND_DEMO_FOLDER_H

#include <limits.h>
#include <stdbool.h>

#include <turnout/base/error.h>

/* The server's data folder; the election that is made for the demo and the server's log lie in it, too. */
struct demo_folder {
    char data[PATH_MAX];
    char election[PATH_MAX]; /* the demo's own, to write keys into */
    char log[PATH_MAX];
    bool is_temporary;
};

/* `data` may be NULL: a fresh temporary folder. `from` is the election's folder: one that has its register, which is
 * copied, or the tables that it is made from; NULL finds the one that comes with the program. */
enum turnout_error demo_folder_open(const char *data, const char *from, struct demo_folder *ret_folder,
                                    struct error *error);

/* Removes a temporary folder and all in it. */
enum turnout_error demo_folder_close(const struct demo_folder *folder, struct error *error);

/* The path of turnoutd, which lies beside this program. */
enum turnout_error demo_find_server(char ret_path[PATH_MAX], struct error *error);

#endif
