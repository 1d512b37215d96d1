/* SHA-256. */
#include <turnout/base/sha256.h>

#include <nettle/sha2.h>

_Static_assert(SHA256_BYTES == SHA256_DIGEST_SIZE, "a hash is 32 bytes");

void sha256(unsigned char ret_hash[SHA256_BYTES], const struct slice *parts, size_t count)
{
    struct sha256_ctx context;
    sha256_init(&context);
    for (size_t i = 0; i < count; i++) {
        sha256_update(&context, parts[i].length, (const unsigned char *)parts[i].bytes);
    }
    sha256_digest(&context, SHA256_BYTES, ret_hash);
}
