/* Changing tokens.csv, one command at a time: from tokens_change_begin() to tokens_change_end() the file
 * `data`/tokens.lock is locked, so that two commands at once lose nothing. The file is replaced in one step. */
#ifndef TURNOUT_STORE_TOKENS_CHANGE_H
#define TURNOUT_STORE_TOKENS_CHANGE_H

#include <turnout/base/private_file.h>
#include <turnout/store/tokens.h>

#define TOKENS_LOCK_FILE "tokens.lock"

struct tokens_change {
    struct private_folder folder;
    int lock_fd;
    struct known_token *rows;
    size_t count;
};

/* Locks and reads. TURNOUT_IN_USE when another command holds the lock for long; else as tokens_read(). Anything but
 * TURNOUT_OK leaves nothing to end. Borrows `data` until the end. */
enum turnout_error tokens_change_begin(const char *data, fault_fn *on_fault, void *context,
                                       struct tokens_change *ret_change, struct error *error);
void tokens_change_end(struct tokens_change *change);

/* The one with this id, else the one with this label that is not revoked, else the last that had it. NULL when there is
 * none. Borrowed until one is added. */
struct known_token *tokens_change_find(const struct tokens_change *change, const char *id_or_label);

/* Adds one, whose id is drawn and put into *token. TURNOUT_CONFLICT when one that is not revoked has the label, or any has
 * it as its id; TURNOUT_TOO_LARGE. */
enum turnout_error tokens_change_add(struct tokens_change *change, struct known_token *token,
                                     struct error *error);

/* Puts the rows in place of the file, durably. */
enum turnout_error tokens_change_save(const struct tokens_change *change, struct error *error);

#endif
