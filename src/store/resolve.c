/* Asking the system for the address of a name. getaddrinfo() takes as long as it likes, so a thread of its own does it;
 * one that nobody waits for any more ends by itself. */
#include <turnout/store/store.h>

#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <turnout/base/memory.h>

enum { LOOK_AGAIN_MS = 20, WORDS_BYTES = 320, ADDRESS_TEXT_BYTES = 64 };

/* Shared by the two; the last one frees it. */
struct question {
    atomic_bool one_has_left;
    atomic_bool is_answered;
    char host[sizeof(((struct store_address *)NULL)->host)];
    int failed; /* of getaddrinfo; 0: here it is */
    char address[ADDRESS_TEXT_BYTES];
};

static void leave(struct question *question)
{
    if (atomic_exchange(&question->one_has_left, true)) {
        free(question);
    }
}

/* IPv4 first, as hiredis does. */
static int ask(const char *host, int flags, char ret_address[ADDRESS_TEXT_BYTES])
{
    static const int families[] = {AF_INET, AF_INET6};
    int failed = EAI_NONAME;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        struct addrinfo hints = {.ai_family = families[i], .ai_socktype = SOCK_STREAM, .ai_flags = flags};
        struct addrinfo *found = NULL;
        int reason = getaddrinfo(host, NULL, &hints, &found);
        if (reason == 0) {
            reason = getnameinfo(found->ai_addr, found->ai_addrlen, ret_address, ADDRESS_TEXT_BYTES, NULL, 0,
                                 NI_NUMERICHOST);
            freeaddrinfo(found);
        }
        if (reason == 0) {
            return 0;
        }
        failed = failed == EAI_AGAIN ? failed : reason;
    }
    return failed;
}

static void *run(void *context)
{
    struct question *question = context;
    question->failed = ask(question->host, 0, question->address);
    atomic_store(&question->is_answered, true);
    leave(question);
    return NULL;
}

static enum turnout_error take_answer(const struct question *question, struct store_address *address,
                                      struct error *error)
{
    if (question->failed != 0) {
        return error_fail(error, question->failed == EAI_NONAME ? TURNOUT_NOT_FOUND : TURNOUT_UNAVAILABLE,
                          "redis", "%s: %s", question->host, gai_strerror(question->failed));
    }
    bool fits = slice_copy(slice_of(question->address), address->host, sizeof address->host);
    assert(fits);
    return TURNOUT_OK;
}

static enum turnout_error wait_for_answer(const struct question *question, struct store_address *address,
                                          bool (*goes_on_waiting)(void *context, const char *why),
                                          void *context, struct error *error)
{
    char words[WORDS_BYTES];
    (void)snprintf(words, sizeof words, "the system looks up the address of Redis's host %s", question->host);
    while (!atomic_load(&question->is_answered)) {
        if (!goes_on_waiting(context, words)) {
            return error_fail(error, TURNOUT_UNAVAILABLE, "redis", "gave up: %s", words);
        }
        (void)poll(NULL, 0, LOOK_AGAIN_MS);
    }
    return take_answer(question, address, error);
}

enum turnout_error store_address_resolve(struct store_address *address,
                                         bool (*goes_on_waiting)(void *context, const char *why),
                                         void *context, struct error *error)
{
    char as_it_is[ADDRESS_TEXT_BYTES];
    if (address->host[0] == '\0' || ask(address->host, AI_NUMERICHOST, as_it_is) == 0) {
        return TURNOUT_OK;
    }
    struct question *question = memory_new(sizeof *question);
    memcpy(question->host, address->host, sizeof question->host);
    pthread_t thread;
    int reason = pthread_create(&thread, NULL, run, question);
    if (reason != 0) {
        free(question);
        return error_fail_system(error, reason, "redis", "cannot start a thread to look up %s",
                                 address->host);
    }
    reason = pthread_detach(thread);
    assert(reason == 0);
    enum turnout_error failed = wait_for_answer(question, address, goes_on_waiting, context, error);
    leave(question);
    return failed;
}
