/* The demo's folders: where it finds its input and puts its files. */
#ifndef TURNOUT_COMMAND_DEMO_FOLDER_H
#define TURNOUT_COMMAND_DEMO_FOLDER_H

#include <stdbool.h>

#include <turnout/base/error.h>

/* The server's data folder, which also has the demo's election and the server's log. */
struct demo_folder {
    char *data;
    char *election; /* the demo's copy, to write keys into */
    char *log;
    bool is_temporary;
};

/* `data` NULL: a new temporary folder. `from` is the election's folder: with a register, which is copied, or with the
 * tables to make one from; NULL finds the one installed with the program. The caller ends with demo_folder_close(),
 * also after an error. */
enum turnout_error demo_folder_open(const char *data, const char *from, struct demo_folder *folder,
                                    struct error *error);

/* Removes a temporary folder with its content. */
enum turnout_error demo_folder_close(struct demo_folder *folder, struct error *error);

/* The path of turnoutd, next to this program. The caller frees it. */
enum turnout_error demo_find_server(char **ret_path, struct error *error);

#endif
