/* Ledgers, by the id of the last entry that is known of each. */
#include "ledger_reader.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>

/* What is known of one. */
struct followed {
    char last[LEDGER_ID_BYTES];
    bool has_more;
};

struct ledger_reader {
    struct store *store;
    const struct election_register *reg;
    struct public_ledger *ledger;
    struct followed *followed; /* [0] the election's, [p] that of province p */
    bool has_moved;
    bool is_bad; /* one could not be read: said once */
};

struct ledger_reader *ledger_reader_new(struct store *store, const struct election_register *reg)
{
    struct ledger_reader *reader = memory_new(sizeof *reader);
    reader->store = store;
    reader->reg = reg;
    reader->ledger = public_ledger_new(reg->unit_count);
    reader->followed = memory_new_array(reg->province_count + 1, sizeof *reader->followed);
    return reader;
}

void ledger_reader_free(struct ledger_reader *reader)
{
    if (reader != NULL) {
        public_ledger_free(reader->ledger);
        free(reader->followed);
        free(reader);
    }
}

/* ---- reading ---- */

struct question {
    struct ledger_reader *reader;
    uint32_t area;
    ledger_reader_fn *on_read;
    void *context;
};

static void on_ledger(void *context, enum turnout_error error, const char *why,
                      const struct store_ledger *ledger)
{
    struct question *question = context;
    struct ledger_reader *reader = question->reader;
    struct followed *followed = &reader->followed[question->area];
    if (error == TURNOUT_BAD_INPUT && !reader->is_bad) {
        reader->is_bad = true;
        log_error("bad-ledger", log_text("of", reader->reg->areas[question->area].code),
                  log_text("why", why));
    } else if (error == TURNOUT_OK && ledger->count > 0) {
        for (size_t i = 0; i < ledger->count; i++) {
            public_ledger_add(reader->ledger, &ledger->entries[i]);
        }
        memcpy(followed->last, ledger->last_id, sizeof followed->last);
        reader->has_moved = true;
    }
    followed->has_more = ledger != NULL && ledger->has_more;
    question->on_read(question->context, error == TURNOUT_UNAVAILABLE ? error : TURNOUT_OK, why);
    free(question);
}

void ledger_reader_read(struct ledger_reader *reader, uint32_t area, const char *until,
                        ledger_reader_fn *on_read, void *context)
{
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){reader, area, on_read, context};
    store_read_ledger(reader->store, area, reader->followed[area].last, until, on_ledger, question);
}

bool ledger_reader_has_more(const struct ledger_reader *reader, uint32_t area)
{
    return reader->followed[area].has_more;
}

const char *ledger_reader_last(const struct ledger_reader *reader, uint32_t area)
{
    return reader->followed[area].last;
}

/* ---- what is known ---- */

bool ledger_reader_is_beyond(const struct ledger_reader *reader, uint32_t area, const char *until)
{
    return ledger_id_is_behind(reader->followed[area].last, until);
}

void ledger_reader_forget(struct ledger_reader *reader)
{
    public_ledger_free(reader->ledger);
    reader->ledger = public_ledger_new(reader->reg->unit_count);
    memset(reader->followed, 0, (reader->reg->province_count + 1) * sizeof *reader->followed);
}

bool ledger_reader_take_moved(struct ledger_reader *reader)
{
    bool has_moved = reader->has_moved;
    reader->has_moved = false;
    return has_moved;
}

struct ledger_page *ledger_reader_page(struct ledger_reader *reader)
{
    return public_ledger_page(reader->ledger);
}
