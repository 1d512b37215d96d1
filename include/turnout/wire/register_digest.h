/* A fingerprint of a register, by which servers and Redis know that they count for the same areas, units and
 * rolls. Names are left out: to correct one must not look like another register. */
#ifndef TURNOUT_WIRE_REGISTER_DIGEST_H
#define TURNOUT_WIRE_REGISTER_DIGEST_H

#include <turnout/election/register.h>
#include <turnout/wire/signature.h>

/* BLAKE2b-256 over these lines, each ended by `\n`: first every area by its code, then, commune by commune in
 * the same order, every unit by its code (bytes compared). The order of the files does not matter.
 *
 *   area <code> <level> <parent>        the nation's parent is empty
 *   unit <code> <commune> <registered>
 */
void register_digest(const struct election_register *reg, unsigned char ret_digest[REGISTER_DIGEST_BYTES]);

/* What people read of it to each other: its first 8 characters, as of a receipt. */
void register_fingerprint(const unsigned char digest[REGISTER_DIGEST_BYTES],
                          char ret_fingerprint[RECEIPT_BYTES]);

#endif
