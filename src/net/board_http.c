/* The round board over HTTP, as it stands now: an area and those in it, in one round. */
#include <stdlib.h>

#include <turnout/base/memory.h>
#include <turnout/wire/documents.h>

#include "committee_desk.h"
#include "committee_http.h"

/* A board on its way. */
struct board {
    struct http_exchange *exchange;
    const struct intake_desk *desk;
    uint32_t area;
    uint32_t round;
};

static void answer_board(const struct board *board, const struct area_figures *areas)
{
    const struct election_register *reg = board->desk->reg;
    const struct area *area = &reg->areas[board->area];
    uint32_t children = area->level == AREA_COMMUNE ? 0 : area->children;
    const struct figures figures = {.election = board->desk->election, .reg = reg, .areas = areas};
    struct buffer body = {0};
    struct json_writer json = desk_open_json(&body);
    json_put_integer(&json, "round", board->round);
    json_open_array(&json, "areas");
    document_put_board_row(&json, &figures, board->area, board->round);
    for (uint32_t i = 0; i < children; i++) {
        document_put_board_row(&json, &figures, area->first_child + i, board->round);
    }
    json_close_array(&json);
    desk_put_phase(&json, board->desk);
    desk_answer_json(board->exchange, 200, &json);
}

static void on_figures(void *context, enum turnout_error error, const char *why,
                       const struct area_figures *areas)
{
    struct board *board = context;
    if (error != TURNOUT_OK) {
        desk_refuse_for_store(board->exchange, error, why);
    } else {
        answer_board(board, areas);
    }
    free(board);
}

void committee_get_board(void *context, struct http_exchange *exchange, const struct http_request *request,
                         struct slice segment, struct slice body)
{
    (void)body;
    const struct intake_desk *desk = context;
    uint32_t round = 0;
    uint32_t area = desk_admit_area(desk, exchange, request, segment);
    if (area == REGISTER_NONE || !desk_read_round(desk, exchange, request, &round)) {
        return;
    }
    if (round == 0) {
        desk_refuse_round(exchange);
        return;
    }
    struct board *board = memory_new(sizeof *board);
    *board = (struct board){exchange, desk, area, round};
    http_answer_later(exchange);
    committee_read_figures(desk->committee, area, on_figures, board);
}
