/* Keys of many units in memory: drawn or read, and signatures that the server's side finds good. */
#include "keys/unit_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/store/election_keys.h>
#include <turnout/wire/signature.h>

#include "crypto.h"
#include "keys/key_pem.h"
#include "keys/keys_table.h"
#include "register_rows.h"
#include "suite.h"
#include "told_faults.h"

enum { NOW = 1000, PATH_BYTES = 128 };

static char folder[] = "/tmp/turnout-units-XXXXXX";
static struct election_register *reg;
static struct buffer faults;
static struct error error;

static const struct register_rows places = {
    .areas = {{"N", "nation", ""}, {"1", "province", "N"}, {"11", "commune", "1"}},
    .units = {{"11-1", "11", "100"}, {"11-2", "11", "100"}, {"11-3", "11", "100"}},
};

static void set_up(void)
{
    reg = register_of_rows(&places);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
    char line[PATH_BYTES];
    (void)snprintf(line, sizeof line, "rm -r %s", folder);
    ck_assert_int_eq(system(line), 0);
    register_release(reg);
    buffer_done(&faults);
}

static struct signing_keys *read_table(void)
{
    struct signing_keys *known = NULL;
    ck_assert_msg(election_keys_read(folder, reg, gather_fault, &faults, &known, &error) == TURNOUT_OK, "%s",
                  faults.bytes);
    return known;
}

static struct report some_report(uint32_t unit)
{
    struct report report = {.seq = 1, .voted = 7, .registered = REGISTERED_ABSENT, .election = "e"};
    (void)snprintf(report.unit, sizeof report.unit, "%s", reg->units[unit].code);
    (void)snprintf(report.as_of_text, sizeof report.as_of_text, "2026-03-15T09:00:00+07:00");
    return report;
}

SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(set_up, tear_down);

TEST(drawn_keys_sign)
{
    struct unit_keys *keys = unit_keys_draw(reg);
    struct keys_table table;
    keys_table_init(&table, folder);
    unit_keys_write(keys, &table);
    ck_assert_int_eq(keys_table_save(&table, &error), TURNOUT_OK);
    keys_table_close(&table);
    struct signing_keys *known = read_table();
    ck_assert_uint_eq(signing_keys_count(known), 3);
    for (uint32_t unit = 0; unit < reg->unit_count; unit++) {
        ck_assert(unit_keys_has(keys, unit));
        struct report report = some_report(unit);
        unit_keys_sign(keys, unit, &report);
        const struct signing_key *key = signing_keys_find(known, report.key);
        ck_assert_ptr_nonnull(key);
        ck_assert_uint_eq(key->unit, unit);
        ck_assert(report_signature_is_good(&report, key->public_key));
        ck_assert_int_eq(strncmp(report.key, reg->units[unit].code, strlen(reg->units[unit].code)), 0);
        report.voted++;
        ck_assert(!report_signature_is_good(&report, key->public_key));
    }
    signing_keys_release(known);
    unit_keys_free(keys);
}

TEST(no_two_draws_are_alike)
{
    struct unit_keys *keys[] = {unit_keys_draw(reg), unit_keys_draw(reg)};
    struct report reports[] = {some_report(0), some_report(0)};
    unit_keys_sign(keys[0], 0, &reports[0]);
    unit_keys_sign(keys[1], 0, &reports[1]);
    ck_assert_str_eq(reports[0].key, reports[1].key);
    ck_assert_str_ne(reports[0].sig, reports[1].sig);
    unit_keys_free(keys[0]);
    unit_keys_free(keys[1]);
}

/* Adds a row to the table, and its private key to the folder: the one made of `seed_byte`, or of another. */
static void add_key(struct keys_table *table, const char *id, const char *area, unsigned char seed_byte,
                    unsigned char seed_byte_of_file)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    char pem[KEY_PEM_BYTES];
    char path[PATH_BYTES];
    memset(seed, seed_byte, sizeof seed);
    ck_assert_int_eq(crypto_sign_seed_keypair(public_key, secret_key, seed), 0);
    keys_table_add(table, id, area, public_key, "", "");
    memset(seed, seed_byte_of_file, sizeof seed);
    key_pem_write(seed, pem);
    (void)snprintf(path, sizeof path, "%s/%s.pem", folder, id);
    ck_assert_int_eq(file_write(path, pem, strlen(pem), &error), TURNOUT_OK);
}

static void write_file(const char *name, const char *text)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(file_write(path, text, strlen(text), &error), TURNOUT_OK);
}

TEST(a_folder_is_read)
{
    static const char *const revoked = "one.old";
    struct keys_table table;
    keys_table_init(&table, folder);
    add_key(&table, "one.old", "11-1", 1, 1);
    add_key(&table, "one.new", "11-1", 2, 2);
    add_key(&table, "office", "11", 3, 3);
    add_key(&table, "three", "11-3", 4, 4);
    keys_table_revoke(&table, &revoked, 1, "1970-01-01T00:16:40Z"); /* NOW */
    ck_assert_int_eq(keys_table_save(&table, &error), TURNOUT_OK);
    keys_table_close(&table);
    write_file("stranger.pem", "not a key, and nobody's");
    write_file(".pem", "");
    write_file("three.pem.bak", "");
    struct signing_keys *known = read_table();
    struct unit_keys *keys = NULL;
    ck_assert_msg(unit_keys_read(folder, reg, known, NOW, &keys, &error) == TURNOUT_OK, "%s", error.text);
    static const char *const ids[] = {"one.new", NULL, "three"};
    for (uint32_t unit = 0; unit < 3; unit++) {
        ck_assert(unit_keys_has(keys, unit) == (ids[unit] != NULL));
        if (ids[unit] != NULL) {
            struct report report = some_report(unit);
            unit_keys_sign(keys, unit, &report);
            ck_assert_str_eq(report.key, ids[unit]);
            ck_assert(report_signature_is_good(&report, signing_keys_find(known, ids[unit])->public_key));
        }
    }
    unit_keys_free(keys);
    signing_keys_release(known);
}

TEST(the_wrong_file_is_told)
{
    struct keys_table table;
    struct unit_keys *keys = NULL;
    keys_table_init(&table, folder);
    add_key(&table, "one", "11-1", 1, 2);
    ck_assert_int_eq(keys_table_save(&table, &error), TURNOUT_OK);
    keys_table_close(&table);
    struct signing_keys *known = read_table();
    ck_assert_int_eq(unit_keys_read(folder, reg, known, NOW, &keys, &error), TURNOUT_CONFLICT);
    ck_assert_ptr_nonnull(strstr(error.text, "one.pem is not the private key of one in keys.csv"));
    write_file("one.pem", "-----BEGIN PUBLIC KEY-----\n");
    ck_assert_int_eq(unit_keys_read(folder, reg, known, NOW, &keys, &error), TURNOUT_BAD_INPUT);
    ck_assert_ptr_nonnull(strstr(error.text, "one.pem is a public key"));
    ck_assert_int_eq(unit_keys_read("/nowhere", reg, known, NOW, &keys, &error), TURNOUT_SYSTEM);
    ck_assert_ptr_null(keys);
    signing_keys_release(known);
}

SUITE("unit_keys");
