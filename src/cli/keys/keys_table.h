/* keys.csv as the commands change it. One command at a time: the election's folder is locked from keys_table_open()
 * to keys_table_close(), so that two people who revoke at once both get their way. The file is replaced in one step;
 * what is in it, and whether it is sound, is for election_keys_read() to say, once the table is open. */
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

/* Waits for the lock. A folder without keys.csv has a table without rows. Anything but TURNOUT_OK leaves nothing to
 * close. */
enum turnout_error keys_table_open(const char *folder, struct keys_table *ret_table, struct error *error);
void keys_table_close(struct keys_table *table);

/* A table without rows, for a file that is to be written anew: nothing is locked. It is closed, too. */
void keys_table_init(struct keys_table *table, const char *folder);

/* Adds a row; `from` and `until` are RFC 3339 or "". */
void keys_table_add(struct keys_table *table, const char *key, const char *area,
                    const unsigned char public_key[PUBLIC_KEY_BYTES], const char *from, const char *until);

/* Writes `moment` into `revoked` of the keys with these ids, all of which must be there, in a sound file. */
void keys_table_revoke(struct keys_table *table, const char *const *ids, size_t count, const char *moment);

/* Puts the table in place of the file. */
enum turnout_error keys_table_save(const struct keys_table *table, struct error *error);

#endif
