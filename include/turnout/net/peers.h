/* Limits by client address: how many connections are open, and how many requests have failed. One table for all
 * workers, so the limits hold for the process.
 *
 * A failed request has a cost: a bad signature takes as long to check as a good one, and a repeated report, which
 * anybody who has seen it can send, is looked up in Redis like a new one. So an address has a rate limit for
 * failures. Many clients may share an address (a commune's office, a telephone company), and one of them must not
 * silence the others. So a client whose address is over the limit is still served, one report a connection, until
 * that connection is trusted: until it has sent something valid. A unit with its key gets through at its first try;
 * any other client needs a new connection for each. */
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

/* `socket` is an IPv4 or IPv6 address. */
struct peer_address peer_address_of(const struct sockaddr *socket);

/* Numeric addresses only; IPv6 without brackets. */
bool peer_address_parse(struct slice text, struct peer_address *ret_address);

bool peer_address_is_loopback(const struct peer_address *address);

/* Addresses that serve many clients and have limits of their own, such as a proxy in front. They have no limits
 * here. */
enum { PROXIES_MAX = 16 };
struct proxy_list {
    struct peer_address addresses[PROXIES_MAX];
    uint32_t count;
};

/* Reads numeric addresses separated by blanks; may be empty. */
enum turnout_error proxy_list_parse(const char *text, struct proxy_list *ret_list, struct error *error);

/* What a connection is for. Each use has its own limit for an address, so that readers cannot keep out reporters. */
enum peer_use { PEER_REPORTS, PEER_READS, PEER_OPERATES, PEER_USES };

struct peers_options {
    uint32_t connections_per_address; /* for each use */
    uint32_t refusals_per_minute;
    struct proxy_list proxies;
};

enum {
    PEERS_REMEMBERED_MAX = 65536, /* addresses without a connection whose failures are remembered */
    PEER_RESERVED_BYTES_MAX = 32 * 1024 * 1024,
};

struct peers;
struct visit;

struct peers *peers_new(const struct peers_options *options);

/* All visits must have ended. NULL-safe. */
void peers_free(struct peers *peers);

/* Registers a connection from an address (an IPv6 /64 is one address, since a host can use any address in it). The
 * caller holds the first reference. Thread-safe, as is visit_release; the other functions of a visit are for the
 * thread that admitted it. */
struct visit *peers_admit(struct peers *peers, const struct sockaddr *address, enum peer_use use);

/* Whether its address has too many connections with this one: it, or another one from there, must be closed. */
bool visit_is_one_too_many(const struct visit *visit);

/* Identifies the address: equal for all its connections, and only for them; NULL when it has no limits. */
const void *visit_peer(const struct visit *visit);

/* The connection counts as open until the last reference is released: its requests may outlive it. */
void visit_hold(struct visit *visit);
void visit_release(struct visit *visit); /* NULL-safe */

/* Reserves memory for input on this connection, replacing the previous reservation; released with the last reference.
 * False, and nothing reserved, when the connections from the address have reserved too much. */
bool visit_reserve(struct visit *visit, size_t bytes);

/* Records the result of a request: success (a new report that counts or is held, a known token), or failure. */
void visit_note_success(struct visit *visit);
void visit_note_failure(struct visit *visit);
bool visit_is_trusted(const struct visit *visit);

/* Whether the client is throttled: its address is over the limit and this connection is not trusted. Then it is
 * served one request at a time. */
bool visit_is_throttled(const struct visit *visit);

/* Whether the client is blocked: throttled, and a request of this connection has failed. Then nothing more is
 * served. */
bool visit_is_blocked(const struct visit *visit);

#endif
