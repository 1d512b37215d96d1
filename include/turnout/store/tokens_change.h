/* Changes tokens.csv, one command at a time: `data`/tokens.lock is locked from tokens_change_begin() to
 * tokens_change_end(), so that two commands lose nothing. The file is replaced in one step. */
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

/* Locks and reads. TURNOUT_IN_USE when another command keeps the lock too long; else as tokens_read(). Call
 * tokens_change_end() only after TURNOUT_OK. Borrows `data` until then. */
enum turnout_error tokens_change_begin(const char *data, fault_fn *on_fault, void *context,
                                       struct tokens_change *ret_change, struct error *error);
void tokens_change_end(struct tokens_change *change);

/* The token with this id, else the unrevoked one with this label, else the last one that had it; NULL: none. Borrowed
 * until one is added. */
struct known_token *tokens_change_find(const struct tokens_change *change, const char *id_or_label);

/* Adds a token; draws its id and sets it in *token. TURNOUT_CONFLICT when an unrevoked token has the label, or any
 * has it as its id; TURNOUT_TOO_LARGE. */
enum turnout_error tokens_change_add(struct tokens_change *change, struct known_token *token,
                                     struct error *error);

/* Replaces the file by the rows, durably. */
enum turnout_error tokens_change_save(const struct tokens_change *change, struct error *error);

#endif
