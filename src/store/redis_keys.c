/* The names of the keys. */
#include "redis_keys.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void province_keys_init(struct province_keys *ret_keys, const struct election *election,
                        const char *province_code)
{
    static const char *const names[PROVINCE_KEY_COUNT] = {
        [KEY_TOTALS] = "totals",   [KEY_COMMUNES] = "communes",  [KEY_UNITS] = "units",
        [KEY_LOG] = "log",         [KEY_HELD] = "held",          [KEY_WAITING] = "waiting",
        [KEY_ASIDE] = "aside",     [KEY_LEDGER] = "ledger",      [KEY_FLAGGED] = "flagged",
        [KEY_EXCUSED] = "excused", [KEY_BULLETINS] = "bulletins"};
    char tag[REDIS_KEY_BYTES];
    int length = snprintf(tag, sizeof tag, "turnout:{%s:%s}:", election->id, province_code);
    assert(length > 0);
    for (int i = 0; i < PROVINCE_KEY_COUNT; i++) {
        size_t name_bytes = strlen(names[i]) + 1;
        assert((size_t)length + name_bytes <= REDIS_KEY_BYTES);
        memcpy(mempcpy(ret_keys->text[i], tag, (size_t)length), names[i], name_bytes);
    }
}

/* A key of the whole election. */
static void name_key(const struct election *election, const char *name, char ret_key[REDIS_KEY_BYTES])
{
    int length = snprintf(ret_key, REDIS_KEY_BYTES, "turnout:{%s}:%s", election->id, name);
    assert(length > 0 && length < REDIS_KEY_BYTES);
}

void redis_key_meta(const struct election *election, char ret_key[REDIS_KEY_BYTES])
{
    name_key(election, "meta", ret_key);
}

void redis_key_ledger(const struct election *election, char ret_key[REDIS_KEY_BYTES])
{
    name_key(election, "ledger", ret_key);
}

void redis_key_bulletins(const struct election *election, char ret_key[REDIS_KEY_BYTES])
{
    name_key(election, "bulletins", ret_key);
}

void redis_key_series(const struct election *election, char ret_key[REDIS_KEY_BYTES])
{
    name_key(election, "series", ret_key);
}

void redis_key_change(const struct election *election, char ret_key[REDIS_KEY_BYTES])
{
    name_key(election, "change", ret_key);
}

void redis_key_milestones(const struct election *election, char ret_key[REDIS_KEY_BYTES])
{
    name_key(election, "milestones", ret_key);
}
