/* The digest of a register, by which servers and Redis know that they count for the same areas, units, rolls and names,
 * by the same rules; and its fingerprint, by which people know it. */
#ifndef TURNOUT_WIRE_REGISTER_DIGEST_H
#define TURNOUT_WIRE_REGISTER_DIGEST_H

#include <turnout/election/register.h>
#include <turnout/election/rule_set.h>
#include <turnout/wire/signature.h>

/* BLAKE2b-256 over these lines, each ended by `\n`: first every area by its code, then, commune by commune in
 * the same order, every unit by its code (bytes compared), then the rules and their numbers. The order of the files does
 * not matter. `|` stands for a tab, which no name holds.
 *
 *   area <code> <level> <parent>|<name>|<name_en>   the nation's parent is empty
 *   unit <code> <commune> <registered>|<name>|<contact>
 *   rule <name> <mode>
 *   rule <name> <number>                            `complete-not-before` in Unix seconds, 0 for none
 *
 * ret_files is the same of each of its parts, to tell what differs: `areas.csv=<fingerprint> units.csv=<fingerprint>
 * rules=<fingerprint>`.
 */
void register_digest(const struct election_register *reg, const struct rules *rules,
                     unsigned char ret_digest[REGISTER_DIGEST_BYTES], char ret_files[REGISTER_FILES_BYTES]);

/* What people read of it to each other: its first 8 characters, as of a receipt. */
void register_fingerprint(const unsigned char digest[REGISTER_DIGEST_BYTES],
                          char ret_fingerprint[RECEIPT_BYTES]);

#endif
