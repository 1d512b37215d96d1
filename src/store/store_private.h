/* What the store's own files see of it. */
#ifndef TURNOUT_STORE_STORE_PRIVATE_H
#define TURNOUT_STORE_STORE_PRIVATE_H

#include <turnout/store/store.h>

const struct election_register *store_register(const struct store *store);

/* proto/turnout.lua, carried in at build time. */
extern const char turnout_lua[];
extern const size_t turnout_lua_length;

#endif
