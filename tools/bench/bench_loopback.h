/* Connections within this machine, from any of the loopback network's addresses: to the server they come from many
 * places. */
#ifndef TURNOUT_BENCH_LOOPBACK_H
#define TURNOUT_BENCH_LOOPBACK_H

#include <stdint.h>

/* Where the addresses of each kind begin. */
#define LOOPBACK_ATTACKERS UINT32_C(0x7f000101) /* 127.0.1.1 */
#define LOOPBACK_RELAYS    UINT32_C(0x7f000201) /* 127.0.2.1 */

/* A socket on its way from an address to a port of 127.0.0.1, not blocking; -1 with errno set when there is none. */
int loopback_connect(uint32_t from, uint16_t port);

/* A socket that is connected, from 127.0.0.1, and blocks; likewise. */
int loopback_connect_blocking(uint16_t port);

#endif
