/* Every public document of a turnoutd over the small election, as its index (/v1) lists them: so a test that goes
 * through them leaves none out, also not one that comes later. */
#ifndef TURNOUT_TESTS_PUBLIC_DOCUMENTS_H
#define TURNOUT_TESTS_PUBLIC_DOCUMENTS_H

#include <stddef.h>
#include <stdint.h>

enum { PUBLIC_DOCUMENTS_MAX = 128, PUBLIC_TARGET_BYTES = 96 };

struct public_document {
    char target[PUBLIC_TARGET_BYTES];
    char media_type[64];
    char schema[64]; /* empty: none */
};

/* One for each area, bulletin and page that a listing leaves open. Fails the test on a listing that leaves something
 * else open. Returns how many there are. */
size_t public_documents(uint16_t public_port, struct public_document ret_documents[PUBLIC_DOCUMENTS_MAX]);

#endif
