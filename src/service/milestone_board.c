/* What is known of every mark of every area, and what figures say beyond that. */
#include "milestone_board.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/log.h>
#include <turnout/base/memory.h>

struct milestone_board {
    struct store *store;
    const struct election_register *reg;
    struct milestone (*areas)[MARK_COUNT]; /* one an area */
    char last_id[STORE_STREAM_ID_BYTES];   /* of what is known; empty: nothing */
    milestone_board_fn *on_read;           /* of the reading under way, as the context */
    void *context;
    bool is_read; /* all of it, at least once */
    bool is_telling;
    bool was_refused; /* the last entry was another one: read what came behind the one we know */
    bool has_moved;
    bool is_bad; /* it could not be read: said once */
};

struct milestone_board *milestone_board_new(struct store *store, const struct election_register *reg)
{
    struct milestone_board *board = memory_new(sizeof *board);
    board->store = store;
    board->reg = reg;
    board->areas = memory_new_array(reg->area_count, sizeof *board->areas);
    return board;
}

void milestone_board_free(struct milestone_board *board)
{
    if (board != NULL) {
        free(board->areas);
        free(board);
    }
}

/* ---- reading ---- */

static void read_on(struct milestone_board *board);

/* Redis was put back to what it was before ours was written. */
static void forget(struct milestone_board *board)
{
    memset(board->areas, 0, board->reg->area_count * sizeof *board->areas);
    board->last_id[0] = '\0';
    board->was_refused = false;
    board->has_moved = true;
}

static void take(struct milestone_board *board, const struct store_milestones *milestones)
{
    for (size_t i = 0; i < milestones->count; i++) {
        const struct store_milestone *entry = &milestones->entries[i];
        if (entry->area != REGISTER_NONE && entry->area < board->reg->area_count) {
            board->areas[entry->area][entry->mark] = entry->milestone;
        }
    }
    if (milestones->count > 0) {
        memcpy(board->last_id, milestones->last_id, sizeof board->last_id);
        board->was_refused = false;
        board->has_moved = true;
    }
}

static void on_milestones(void *context, enum turnout_error error, const char *why,
                          const struct store_milestones *milestones)
{
    struct milestone_board *board = context;
    if (error == TURNOUT_BAD_INPUT && !board->is_bad) {
        board->is_bad = true;
        log_error("bad-milestones", log_text("why", why));
    }
    if (milestones != NULL) {
        take(board, milestones);
        if (board->was_refused) {
            forget(board);
            read_on(board);
            return;
        }
        if (milestones->has_more) {
            read_on(board);
            return;
        }
        board->is_read = true;
    }
    board->on_read(board->context, error == TURNOUT_UNAVAILABLE ? error : TURNOUT_OK, why);
}

static void read_on(struct milestone_board *board)
{
    store_read_milestones(board->store, board->last_id, on_milestones, board);
}

void milestone_board_read(struct milestone_board *board, milestone_board_fn *on_read, void *context)
{
    board->on_read = on_read;
    board->context = context;
    read_on(board);
}

bool milestone_board_take_moved(struct milestone_board *board)
{
    bool has_moved = board->has_moved;
    board->has_moved = false;
    return has_moved;
}

void milestone_board_put(const struct milestone_board *board, struct area_figures *areas)
{
    for (uint32_t area = 0; area < board->reg->area_count; area++) {
        memcpy(areas[area].milestones, board->areas[area], sizeof areas[area].milestones);
    }
}

/* ---- telling ---- */

static void on_told(void *context, enum turnout_error error, const char *why, bool is_told)
{
    struct milestone_board *board = context;
    board->is_telling = false;
    if (error == TURNOUT_OK) {
        board->was_refused = !is_told;
    } else if (error == TURNOUT_BAD_INPUT) {
        log_warning("milestones-not-told", log_text("why", why));
    }
}

/* Whether the figures show something about a mark that was not told yet, and are not older than the last entry. */
static bool is_new(const struct milestone *known, enum mark mark, const struct totals *totals)
{
    return mark_is_reached(mark, totals) != known->is_reached && totals->revision >= known->revision;
}

void milestone_board_show(struct milestone_board *board, const struct area_figures *areas)
{
    struct store_telling telling = {.count = 0};
    if (!board->is_read || board->is_telling || board->was_refused) {
        return;
    }
    for (uint32_t area = 0; area < board->reg->area_count; area++) {
        const struct totals *totals = &areas[area].totals;
        bool is_shown = areas[area].verified && !areas[area].withheld;
        for (int mark = 0; mark < MARK_COUNT && is_shown; mark++) {
            const struct milestone *known = &board->areas[area][mark];
            if (is_new(known, (enum mark)mark, totals) && telling.count < STORE_MILESTONES_TOLD_MAX) {
                store_telling_add(&telling, board->reg->areas[area].code, (enum mark)mark,
                                  &(struct milestone){.is_reached = !known->is_reached,
                                                      .as_of = totals->as_of,
                                                      .revision = totals->revision});
            }
        }
    }
    if (telling.count > 0) {
        board->is_telling = true;
        store_tell_milestones(board->store, board->last_id, &telling, on_told, board);
    }
}
