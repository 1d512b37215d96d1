/* Walks the register commune by commune, one page of cards each. A private key is in memory only while it is written,
 * and every copy is wiped. */
#include "keys/keys_make.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/base/file.h>
#include <turnout/base/private_file.h>

#include "client/read_election.h"
#include "keys/key_card.h"
#include "keys/key_pem.h"
#include "keys/keys_table.h"

enum { FILE_NAME_BYTES = KEY_BYTES_MAX + sizeof ".html" };

struct maker {
    const struct keys_make_options *options;
    struct keys_table table;
    struct election_folder folder;
    struct signing_keys *known; /* the keys already in keys.csv */
    uint32_t area;              /* whose keys are made, if it is an area's; REGISTER_NONE: a unit's */
    uint32_t unit;
    struct private_folder out;
    struct private_folder cards;
    struct buffer cards_path;
    struct buffer page; /* one card at a time; never moved, so that wiping it is complete */
    struct keys_made made;
};

/* The current page of cards; made with its first card. */
struct page {
    const struct area *area;
    int fd; /* -1: not made yet */
    size_t cards;
};

/* ---- files: never replaces one, which might be somebody's only key ---- */

static enum turnout_error make_file(const struct private_folder *folder, const char *name, int *ret_fd,
                                    struct error *error)
{
    return private_file_open(folder, name, O_WRONLY | O_CREAT | O_EXCL, ret_fd, error);
}

static enum turnout_error append(int fd, const void *bytes, size_t length, struct error *error)
{
    return file_write_all(fd, bytes, length)
               ? TURNOUT_OK
               : error_fail_system(error, errno, "out", "a file cannot be written");
}

/* ---- one key ---- */

/* Chooses the first free id of this owner. */
static void choose_id(struct maker *maker, const char *area, char ret_id[KEY_BYTES_MAX + 1])
{
    uint32_t number = 0;
    do {
        int length = snprintf(ret_id, KEY_BYTES_MAX + 1, "%s.%u", area, ++number);
        assert(length > 0 && length <= KEY_BYTES_MAX);
    } while (signing_keys_find(maker->known, ret_id) != NULL);
    maker->made.further += number > 1;
}

static enum turnout_error write_pem(const struct maker *maker, const struct key_card *card,
                                    struct error *error)
{
    char name[FILE_NAME_BYTES];
    char pem[KEY_PEM_BYTES];
    int fd;
    (void)snprintf(name, sizeof name, "%s.pem", card->key);
    enum turnout_error failed = make_file(&maker->out, name, &fd, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    key_pem_write(card->seed, pem);
    failed = append(fd, pem, sizeof pem - 1, error);
    sodium_memzero(pem, sizeof pem);
    (void)close(fd); /* synced later, all files at once */
    return failed;
}

/* Appends what is in the buffer and wipes it. */
static enum turnout_error flush_page(struct maker *maker, const struct page *page, struct error *error)
{
    struct buffer *buffer = &maker->page;
    enum turnout_error failed = append(page->fd, buffer->bytes, buffer->length, error);
    sodium_memzero(buffer->bytes, buffer->length);
    buffer_clear(buffer);
    return failed;
}

static enum turnout_error write_card(struct maker *maker, struct page *page, const struct key_card *card,
                                     struct error *error)
{
    char *place = buffer_reserve(&maker->page, KEY_CARD_BYTES_MAX);
    if (page->fd < 0) {
        char name[FILE_NAME_BYTES];
        (void)snprintf(name, sizeof name, "%s.html", page->area->code);
        enum turnout_error failed = make_file(&maker->cards, name, &page->fd, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        key_page_begin(&maker->page, page->area->name);
        maker->made.pages++;
    }
    key_page_add(&maker->page, card, page->cards++);
    assert(maker->page.bytes == place); /* a moved buffer would leave a copy behind */
    return flush_page(maker, page, error);
}

/* `whose` describes the owner. */
static enum turnout_error make_key(struct maker *maker, struct page *page, const struct key_card *whose,
                                   struct error *error)
{
    struct key_card card = *whose;
    unsigned char seed[SIGNING_SEED_BYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
    char id[KEY_BYTES_MAX + 1];
    choose_id(maker, card.area, id);
    randombytes_buf(seed, sizeof seed);
    int failure = crypto_sign_seed_keypair(public_key, secret_key, seed);
    assert(failure == 0);
    sodium_memzero(secret_key, sizeof secret_key);

    card.key = id;
    card.seed = seed;
    card.election = maker->folder.election.id;
    card.election_name = maker->folder.election.name;
    card.from = maker->options->from.text == NULL ? "" : maker->options->from.text;
    card.until = maker->options->until.text == NULL ? "" : maker->options->until.text;
    keys_table_add(&maker->table, id, card.area, public_key, card.from, card.until);
    enum turnout_error failed = write_pem(maker, &card, error);
    if (failed == TURNOUT_OK) {
        failed = write_card(maker, page, &card, error);
    }
    sodium_memzero(seed, sizeof seed);
    return failed;
}

/* ---- one page ---- */

static enum turnout_error make_relay_key(struct maker *maker, struct page *page, enum key_holder holder,
                                         uint32_t *made, struct error *error)
{
    const struct election_register *reg = maker->folder.reg;
    struct key_card card = {.holder = holder,
                            .area = page->area->code,
                            .area_name = page->area->name,
                            .parent_name = reg->areas[page->area->parent].name};
    (*made)++;
    return make_key(maker, page, &card, error);
}

static enum turnout_error make_unit_keys(struct maker *maker, struct page *page, struct error *error)
{
    const struct election_register *reg = maker->folder.reg;
    enum turnout_error failed = TURNOUT_OK;
    for (uint32_t i = 0; i < page->area->children && failed == TURNOUT_OK; i++) {
        uint32_t index = page->area->first_child + i;
        if (maker->unit != REGISTER_NONE && index != maker->unit) {
            continue;
        }
        struct key_card card = {.holder = HOLDER_UNIT,
                                .area = reg->units[index].code,
                                .area_name = reg->units[index].name,
                                .parent_name = page->area->name};
        maker->made.units++;
        failed = make_key(maker, page, &card, error);
    }
    return failed;
}

static enum turnout_error make_page(struct maker *maker, uint32_t area, struct error *error)
{
    const struct keys_make_options *options = maker->options;
    struct page page = {.area = &maker->folder.reg->areas[area], .fd = -1};
    enum turnout_error failed = TURNOUT_OK;
    if (page.area->level == AREA_PROVINCE) {
        if (options->provinces) {
            failed = make_relay_key(maker, &page, HOLDER_PROVINCE, &maker->made.provinces, error);
        }
    } else {
        if (options->communes && maker->unit == REGISTER_NONE) {
            failed = make_relay_key(maker, &page, HOLDER_COMMUNE, &maker->made.communes, error);
        }
        bool wants_units = options->units || !(options->communes || options->provinces);
        if (failed == TURNOUT_OK && wants_units) {
            failed = make_unit_keys(maker, &page, error);
        }
    }
    if (page.fd >= 0) {
        if (failed == TURNOUT_OK) {
            key_page_end(&maker->page, page.cards);
            failed = flush_page(maker, &page, error);
        }
        (void)close(page.fd); /* as with the keys */
    }
    return failed;
}

/* ---- all of it ---- */

static bool is_wanted(const struct maker *maker, uint32_t area)
{
    const struct election_register *reg = maker->folder.reg;
    if (maker->unit != REGISTER_NONE) {
        return area == reg->units[maker->unit].commune;
    }
    return maker->area == REGISTER_NATION || maker->area == area || maker->area == reg->areas[area].parent;
}

static enum turnout_error make_pages(struct maker *maker, struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    for (uint32_t area = 1; area < maker->folder.reg->area_count && failed == TURNOUT_OK; area++) {
        if (is_wanted(maker, area)) {
            failed = make_page(maker, area, error);
        }
    }
    const struct keys_made *made = &maker->made;
    if (failed == TURNOUT_OK && made->units + made->communes + made->provinces == 0) {
        failed = error_fail(error, TURNOUT_NOT_FOUND, "area",
                            "there is no unit or area of that kind to make a key for");
    }
    return failed;
}

static enum turnout_error find_area(struct maker *maker, struct error *error)
{
    maker->area = REGISTER_NATION;
    maker->unit = REGISTER_NONE;
    if (maker->options->area == NULL) {
        return TURNOUT_OK;
    }
    struct slice code = slice_of(maker->options->area);
    maker->area = register_find_area(maker->folder.reg, code);
    maker->unit = register_find_unit(maker->folder.reg, code);
    if (maker->area == REGISTER_NONE && maker->unit == REGISTER_NONE) {
        return error_fail(error, TURNOUT_NOT_FOUND, "area", "no unit or area has the code %s",
                          maker->options->area);
    }
    return TURNOUT_OK;
}

/* Reads everything that must be valid before anything is made. */
static enum turnout_error read_folder(struct maker *maker, fault_fn *on_fault, void *context,
                                      struct error *error)
{
    const char *path = maker->options->election;
    enum turnout_error failed =
        read_election_and_keys(path, on_fault, context, &maker->folder, &maker->known, error);
    return failed == TURNOUT_OK ? find_area(maker, error) : failed;
}

static enum turnout_error open_out(struct maker *maker, struct error *error)
{
    const char *out = maker->options->out;
    enum turnout_error failed = private_folder_open(out, PRIVATE_FOLDER_SHUT, "out", &maker->out, error);
    if (failed == TURNOUT_OK) {
        buffer_printf(&maker->cards_path, "%s/cards", out);
        failed =
            private_folder_open(maker->cards_path.bytes, PRIVATE_FOLDER_SHUT, "out", &maker->cards, error);
    }
    return failed;
}

static enum turnout_error make_all(struct maker *maker, fault_fn *on_fault, void *context,
                                   struct error *error)
{
    enum turnout_error failed = read_folder(maker, on_fault, context, error);
    if (failed == TURNOUT_OK) {
        failed = open_out(maker, error);
    }
    if (failed == TURNOUT_OK) {
        failed = make_pages(maker, error);
    }
    if (failed == TURNOUT_OK) {
        failed = private_folder_sync(&maker->out, error);
    }
    return failed == TURNOUT_OK ? keys_table_save(&maker->table, error) : failed;
}

enum turnout_error keys_make(const struct keys_make_options *options, fault_fn *on_fault, void *context,
                             struct keys_made *ret_made, struct error *error)
{
    struct maker maker = {.options = options, .out = {.fd = -1}, .cards = {.fd = -1}};
    enum turnout_error failed = keys_table_open(options->election, &maker.table, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = make_all(&maker, on_fault, context, error);
    struct private_folder *const folders[] = {&maker.out, &maker.cards};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (folders[i]->fd >= 0) {
            private_folder_close(folders[i]);
        }
    }
    buffer_done(&maker.cards_path);
    buffer_done(&maker.page); /* wiped already */
    signing_keys_release(maker.known);
    election_folder_done(&maker.folder);
    keys_table_close(&maker.table);
    if (failed == TURNOUT_OK) {
        *ret_made = maker.made;
    }
    return failed;
}
