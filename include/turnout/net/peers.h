/* Who is at the other end, by address: how many connections are open from there, and how much was asked in vain.
 * One table for all workers, so that the bounds are of the process.
 *
 * What is asked in vain costs: a signature that is not good takes as long to check as a good one, and a report that is
 * sent again, which anybody who has seen it can do, is asked of Redis like a new one. So an address has a budget for
 * it. Behind one address may stand many (a commune's office, a telephone company), and one of them must not be able to
 * silence the others: who comes from an address that has spent its budget is still heard, one report a connection,
 * until that connection has shown something good. A unit that holds its key gets through at its first try; who does not,
 * pays with a new connection for each. */
#ifndef TURNOUT_NET_PEERS_H
#define TURNOUT_NET_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

struct sockaddr;

/* An IPv6 address, or an IPv4 address mapped into one (RFC 4291 section 2.5.5.2). */
struct peer_address {
    unsigned char bytes[16];
};

/* `socket` is of IPv4 or IPv6. */
struct peer_address peer_address_of(const struct sockaddr *socket);

/* Numeric; an IPv6 address stands without brackets. */
bool peer_address_parse(struct slice text, struct peer_address *ret_address);

bool peer_address_is_loopback(const struct peer_address *address);

/* Addresses that speak for many and have bounds of their own, such as a proxy in front: they have none here. */
enum { PROXIES_MAX = 16 };
struct proxy_list {
    struct peer_address addresses[PROXIES_MAX];
    uint32_t count;
};

/* Reads numeric addresses with blanks between them; none is fine. */
enum turnout_error proxy_list_parse(const char *text, struct proxy_list *ret_list, struct error *error);

/* What a connection is for: an address has so many of each, so that those who read keep out nobody who reports. */
enum peer_use { PEER_REPORTS, PEER_READS, PEER_OPERATES, PEER_USES };

struct peers_options {
    uint32_t connections_per_address; /* of each use */
    uint32_t refusals_per_minute;
    struct proxy_list proxies;
};

enum {
    PEERS_REMEMBERED_MAX = 65536, /* addresses without a connection, for what they have spent */
    PEER_RESERVED_BYTES_MAX = 32 * 1024 * 1024,
};

struct peers;
struct visit;

struct peers *peers_new(const struct peers_options *options);

/* All visits have ended before. NULL-safe. */
void peers_free(struct peers *peers);

/* A connection from an address (of IPv6 all of a /64 are one, since a host can take any of them). The caller holds the
 * first reference. Thread-safe, as is the end of a visit; everything else of a visit is for the thread that admitted it. */
struct visit *peers_admit(struct peers *peers, const struct sockaddr *address, enum peer_use use);

/* Whether there were too many from its address with it: it, or another one from there, has to go. */
bool visit_is_one_too_many(const struct visit *visit);

/* The same for all that are open from one address, and for no others; NULL where there are no bounds. */
const void *visit_peer(const struct visit *visit);

/* The connection counts as open until the last reference is gone: what it asked may outlive it. */
void visit_hold(struct visit *visit);
void visit_release(struct visit *visit); /* NULL-safe */

/* Sets memory aside for what has arrived on this connection, in place of what was set aside before; given back with the
 * last reference. False, and nothing set aside, when all connections from the address have too much already. */
bool visit_reserve(struct visit *visit, size_t bytes);

/* Something was asked: answered with something good (a new report that counts or is held, a token that is known), or
 * in vain. */
void visit_note_good(struct visit *visit);
void visit_note_vain(struct visit *visit);
bool visit_has_shown_good(const struct visit *visit);

/* Whether the address has spent its budget and this connection has shown nothing good: then one thing is heard at a
 * time. */
bool visit_is_watched(const struct visit *visit);

/* Whether it is watched and has asked in vain already: then nothing is heard any more. */
bool visit_is_over(const struct visit *visit);

#endif
