/* Changes keys.csv, one command at a time: the election's folder is locked from keys_table_open() to
 * keys_table_close(), so that two people who revoke at once both succeed. The file is replaced in one step.
 * election_keys_read() checks its content, once the table is open. */
#ifndef TURNOUT_KEYS_TABLE_H
#define TURNOUT_KEYS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/election/keys.h>

struct keys_table {
    int lock_fd; /* the folder */
    char *path;
    struct buffer text;
};

/* Waits for the lock. A folder without keys.csv has a table without rows. Call keys_table_close() only after
 * TURNOUT_OK. */
enum turnout_error keys_table_open(const char *folder, struct keys_table *ret_table, struct error *error);
void keys_table_close(struct keys_table *table);

/* Makes a table without rows, for a new file, without a lock. Close it, too. */
void keys_table_init(struct keys_table *table, const char *folder);

/* Adds a row; `from` and `until` are RFC 3339 or "". */
void keys_table_add(struct keys_table *table, const char *key, const char *area,
                    const unsigned char public_key[PUBLIC_KEY_BYTES], const char *from, const char *until);

/* Writes `moment` into `revoked` of the keys with these ids, which must all be in the file; the file must be
 * valid. */
void keys_table_revoke(struct keys_table *table, const char *const *ids, size_t count, const char *moment);

/* Replaces the file by the table. */
enum turnout_error keys_table_save(const struct keys_table *table, struct error *error);

#endif
