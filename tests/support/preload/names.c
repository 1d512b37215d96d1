/* A system that takes long to look up a name, for LD_PRELOAD. */
#include <dlfcn.h>
#include <netdb.h>
#include <time.h>

#include "preload_controls.h"

int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict ret_found)
{
    static int (*real_getaddrinfo)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (real_getaddrinfo == NULL) {
        *(void **)&real_getaddrinfo = dlsym(RTLD_NEXT, "getaddrinfo");
    }
    struct addrinfo numeric = hints != NULL ? *hints : (struct addrinfo){0};
    numeric.ai_flags |= AI_NUMERICHOST;
    int failed = real_getaddrinfo(name, service, &numeric, ret_found);
    if (failed == 0 || controls == NULL || (hints != NULL && (hints->ai_flags & AI_NUMERICHOST) != 0)) {
        return failed;
    }
    atomic_fetch_add(&controls->lookups, 1);
    int64_t delay_ms = atomic_load(&controls->lookup_delay_ms);
    struct timespec delay = {.tv_sec = delay_ms / 1000, .tv_nsec = delay_ms % 1000 * 1000000};
    (void)nanosleep(&delay, NULL);
    return real_getaddrinfo("127.0.0.1", service, &numeric, ret_found);
}
