/* The table of addresses. A mutex guards it where connections begin and end; what is spent in between is one atomic
 * number an address. An address is forgotten when its last connection has ended and its budget is full, or when too
 * many such addresses are remembered: then the one that has been away longest. */
#include <turnout/net/peers.h>

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <sodium.h>
#include <uthash.h>

#include <turnout/base/budget.h>
#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/base/text.h>

enum { NETWORK_BYTES = 8 }; /* of an IPv6 address: its /64 */

struct peer {
    UT_hash_handle hh;
    TAILQ_ENTRY(peer) away; /* in `away` while no connection is open */
    struct peer_address address;
    uint32_t connections[PEER_USES];
    _Atomic int64_t full_at_us; /* when its budget of failures is full again */
    _Atomic size_t reserved_bytes;
};

struct peers {
    struct peers_options options;
    int64_t cost_us; /* of one failure */
    unsigned char hash_key[crypto_shorthash_KEYBYTES];
    pthread_mutex_t lock;
    struct peer *table;
    TAILQ_HEAD(, peer) away; /* the longest first */
    uint32_t away_count;
};

struct visit {
    struct peers *peers;
    struct peer *peer; /* NULL: no bounds for its address */
    enum peer_use use;
    bool is_one_too_many;
    uint32_t references;
    size_t reserved_bytes;
    bool is_trusted;
    bool has_failed;
};

/* ---- addresses ---- */

static struct peer_address map_v4(const struct in_addr *v4)
{
    struct peer_address address = {{[10] = 0xff, [11] = 0xff}};
    memcpy(address.bytes + 12, v4, sizeof *v4);
    return address;
}

static bool is_v4(const struct peer_address *address)
{
    static const unsigned char prefix[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(address->bytes, prefix, sizeof prefix) == 0;
}

struct peer_address peer_address_of(const struct sockaddr *socket)
{
    struct peer_address address = {0};
    if (socket->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, socket, sizeof v6);
        memcpy(address.bytes, &v6.sin6_addr, sizeof address.bytes);
    } else {
        assert(socket->sa_family == AF_INET);
        struct sockaddr_in v4;
        memcpy(&v4, socket, sizeof v4);
        address = map_v4(&v4.sin_addr);
    }
    return address;
}

bool peer_address_parse(struct slice text, struct peer_address *ret_address)
{
    char word[INET6_ADDRSTRLEN];
    struct in_addr v4;
    if (!slice_copy(text, word, sizeof word)) {
        return false;
    }
    if (inet_pton(AF_INET, word, &v4) == 1) {
        *ret_address = map_v4(&v4);
        return true;
    }
    return inet_pton(AF_INET6, word, ret_address->bytes) == 1;
}

bool peer_address_is_loopback(const struct peer_address *address)
{
    static const struct peer_address v6 = {{[15] = 1}};
    return memcmp(address, &v6, sizeof v6) == 0 || (is_v4(address) && address->bytes[12] == 127);
}

enum turnout_error proxy_list_parse(const char *text, struct proxy_list *ret_list, struct error *error)
{
    struct proxy_list list = {0};
    struct slice rest = slice_of(text);
    while (rest.bytes != NULL) {
        struct slice word = text_split(&rest, ' ');
        if (word.length == 0) {
            continue;
        }
        if (list.count == PROXIES_MAX) {
            return error_fail(error, TURNOUT_TOO_LARGE, "proxies", "more than %d addresses", PROXIES_MAX);
        }
        if (!peer_address_parse(word, &list.addresses[list.count])) {
            return error_fail(error, TURNOUT_BAD_INPUT, "proxies",
                              "'%.*s' is no IPv4 or IPv6 address; they stand with blanks between them",
                              (int)word.length, word.bytes);
        }
        list.count++;
    }
    *ret_list = list;
    return TURNOUT_OK;
}

static bool is_proxy(const struct proxy_list *proxies, const struct peer_address *address)
{
    for (uint32_t i = 0; i < proxies->count; i++) {
        if (memcmp(&proxies->addresses[i], address, sizeof *address) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- the table; the lock is held ---- */

/* Keyed, because peers choose their addresses and should not choose their place in the table. */
static unsigned hash_of(const struct peers *peers, const struct peer_address *address)
{
    unsigned char hash[crypto_shorthash_BYTES];
    int failed = crypto_shorthash(hash, address->bytes, sizeof address->bytes, peers->hash_key);
    assert(failed == 0);
    unsigned folded;
    memcpy(&folded, hash, sizeof folded);
    return folded;
}

static bool is_away(const struct peer *peer)
{
    for (int use = 0; use < PEER_USES; use++) {
        if (peer->connections[use] > 0) {
            return false;
        }
    }
    return true;
}

static struct peer *find_or_add(struct peers *peers, const struct peer_address *address)
{
    unsigned hash = hash_of(peers, address);
    struct peer *peer;
    HASH_FIND_BYHASHVALUE(hh, peers->table, address, sizeof *address, hash, peer);
    if (peer == NULL) {
        peer = memory_new(sizeof *peer);
        peer->address = *address;
        HASH_ADD_BYHASHVALUE(hh, peers->table, address, sizeof peer->address, hash, peer);
    } else if (is_away(peer)) {
        TAILQ_REMOVE(&peers->away, peer, away);
        peers->away_count--;
    }
    return peer;
}

static void forget(struct peers *peers, struct peer *peer)
{
    HASH_DELETE(hh, peers->table, peer);
    free(peer);
}

static void remember(struct peers *peers, struct peer *peer)
{
    if (peers->away_count == PEERS_REMEMBERED_MAX) {
        struct peer *longest = TAILQ_FIRST(&peers->away);
        TAILQ_REMOVE(&peers->away, longest, away);
        peers->away_count--;
        forget(peers, longest);
    }
    TAILQ_INSERT_TAIL(&peers->away, peer, away);
    peers->away_count++;
}

/* ---- visits ---- */

static void lock(struct peers *peers)
{
    int failed = pthread_mutex_lock(&peers->lock);
    assert(failed == 0);
}

static void unlock(struct peers *peers)
{
    int failed = pthread_mutex_unlock(&peers->lock);
    assert(failed == 0);
}

struct visit *peers_admit(struct peers *peers, const struct sockaddr *address, enum peer_use use)
{
    struct visit *visit = memory_new(sizeof *visit);
    *visit = (struct visit){.peers = peers, .use = use, .references = 1};
    struct peer_address from = peer_address_of(address);
    if (is_proxy(&peers->options.proxies, &from)) {
        return visit;
    }
    if (!is_v4(&from)) {
        memset(from.bytes + NETWORK_BYTES, 0, sizeof from.bytes - NETWORK_BYTES);
    }
    lock(peers);
    visit->peer = find_or_add(peers, &from);
    visit->peer->connections[use]++;
    visit->is_one_too_many = visit->peer->connections[use] > peers->options.connections_per_address;
    unlock(peers);
    return visit;
}

bool visit_is_one_too_many(const struct visit *visit)
{
    return visit->is_one_too_many;
}

const void *visit_peer(const struct visit *visit)
{
    return visit->peer;
}

static void leave(struct peers *peers, struct peer *peer, enum peer_use use)
{
    lock(peers);
    peer->connections[use]--;
    if (is_away(peer) && atomic_load(&peer->full_at_us) > clock_monotonic_us()) {
        remember(peers, peer);
    } else if (is_away(peer)) {
        forget(peers, peer);
    }
    unlock(peers);
}

void visit_hold(struct visit *visit)
{
    visit->references++;
}

bool visit_reserve(struct visit *visit, size_t bytes)
{
    if (visit->peer == NULL) {
        return true;
    }
    _Atomic size_t *reserved_bytes = &visit->peer->reserved_bytes;
    (void)atomic_fetch_sub(reserved_bytes, visit->reserved_bytes);
    bool has_room = atomic_fetch_add(reserved_bytes, bytes) + bytes <= PEER_RESERVED_BYTES_MAX;
    visit->reserved_bytes = bytes;
    if (!has_room) {
        (void)atomic_fetch_sub(reserved_bytes, bytes);
        visit->reserved_bytes = 0;
    }
    return has_room;
}

void visit_release(struct visit *visit)
{
    if (visit == NULL || --visit->references > 0) {
        return;
    }
    bool gave_back = visit_reserve(visit, 0);
    assert(gave_back);
    if (visit->peer != NULL) {
        leave(visit->peers, visit->peer, visit->use);
    }
    free(visit);
}

void visit_note_success(struct visit *visit)
{
    visit->is_trusted = true;
}

bool visit_is_trusted(const struct visit *visit)
{
    return visit->is_trusted;
}

void visit_note_failure(struct visit *visit)
{
    visit->has_failed = true;
    if (visit->peer == NULL) {
        return;
    }
    _Atomic int64_t *full_at_us = &visit->peer->full_at_us;
    int64_t now_us = clock_monotonic_us();
    int64_t before_us = atomic_load(full_at_us);
    while (!atomic_compare_exchange_weak(full_at_us, &before_us,
                                         budget_spend(before_us, now_us, visit->peers->cost_us))) {
    }
}

bool visit_is_throttled(const struct visit *visit)
{
    return visit->peer != NULL && !visit->is_trusted &&
           budget_is_spent(atomic_load(&visit->peer->full_at_us), clock_monotonic_us(),
                           visit->peers->cost_us);
}

bool visit_is_blocked(const struct visit *visit)
{
    return visit->has_failed && visit_is_throttled(visit);
}

/* ---- life ---- */

struct peers *peers_new(const struct peers_options *options)
{
    struct peers *peers = memory_new(sizeof *peers);
    peers->options = *options;
    peers->cost_us = budget_cost_us(options->refusals_per_minute);
    crypto_shorthash_keygen(peers->hash_key);
    int failed = pthread_mutex_init(&peers->lock, NULL);
    assert(failed == 0);
    TAILQ_INIT(&peers->away);
    return peers;
}

void peers_free(struct peers *peers)
{
    if (peers == NULL) {
        return;
    }
    assert(HASH_COUNT(peers->table) == peers->away_count);
    struct peer *peer;
    while ((peer = TAILQ_FIRST(&peers->away)) != NULL) {
        TAILQ_REMOVE(&peers->away, peer, away);
        forget(peers, peer);
    }
    int failed = pthread_mutex_destroy(&peers->lock);
    assert(failed == 0);
    free(peers);
}
