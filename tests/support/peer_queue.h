/* What a peer on this machine has not read yet of what it was sent. */
#ifndef TURNOUT_TESTS_PEER_QUEUE_H
#define TURNOUT_TESTS_PEER_QUEUE_H

#include <stdint.h>

/* `fd` is a TCP socket of 127.0.0.1, connected to another one there. 0 when the peer has read everything, is gone,
 * or the kernel does not tell (it was built without inet_diag): nobody should wait for ever then. */
uint32_t peer_unread_bytes(int fd);

#endif
