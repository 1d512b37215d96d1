/* The digest of a register: servers and Redis compare it to know that they count for the same areas, units, rolls and
 * names, by the same rules. The fingerprint is its short form for people. */
#ifndef TURNOUT_WIRE_REGISTER_DIGEST_H
#define TURNOUT_WIRE_REGISTER_DIGEST_H

#include <turnout/election/register.h>
#include <turnout/election/rule_set.h>
#include <turnout/wire/signature.h>

/* BLAKE2b-256 over these lines, each ended by `\n`: first every area by its code, then, commune by commune in the
 * same order, every unit by its code (bytes compared), then the rules and their numbers. The order of the files does
 * not matter. `|` stands for a tab, which no name contains.
 *
 *   area <code> <level> <parent>|<name>|<name_en>   the nation's parent is empty
 *   unit <code> <commune> <registered>|<name>|<contact>
 *   rule <name> <mode>
 *   rule <name> <number>                            `complete-not-before` in Unix seconds, 0 for none
 *
 * ret_files has the fingerprint of each part, to show what differs: `areas.csv=<fingerprint> units.csv=<fingerprint>
 * rules=<fingerprint>`. */
void register_digest(const struct election_register *reg, const struct rules *rules,
                     unsigned char ret_digest[REGISTER_DIGEST_BYTES], char ret_files[REGISTER_FILES_BYTES]);

/* Its first 8 characters, formatted as a receipt, for people to compare. */
void register_fingerprint(const unsigned char digest[REGISTER_DIGEST_BYTES],
                          char ret_fingerprint[RECEIPT_BYTES]);

#endif
