/* Reads the figures of the election before: the text of a row here, their order in election/previous.c. */
#include "previous_file.h"

#include <turnout/election/percent.h>

#define PREVIOUS_FILE "previous.csv"

struct previous_reading {
    struct folder_reading *reading;
    const struct election_register *reg; /* may be NULL */
    struct previous *previous;
};

static void fail(struct previous_reading *of, uint32_t line, const char *column, struct slice cell,
                 const char *what)
{
    char shown[TEXT_SHOWN_BYTES];
    faults_add(&of->reading->faults, PREVIOUS_FILE, line, column, "\"%s\" %s", text_show(cell, shown), what);
}

/* `09:00`, or `9:00`. */
static bool parse_time(struct slice cell, int32_t *ret_minute)
{
    struct slice minutes = cell;
    struct slice hours = text_split(&minutes, ':');
    uint64_t hour;
    uint64_t minute;
    if (hours.length > 2 || minutes.length != 2 || !text_parse_unsigned(hours, 23, &hour) ||
        !text_parse_unsigned(minutes, 59, &minute)) {
        return false;
    }
    *ret_minute = (int32_t)(hour * 60 + minute);
    return true;
}

/* `63`, `63.4`, `63,45`, as hundredths. */
static bool parse_percent(struct slice cell, int32_t *ret_hundredths)
{
    struct slice decimals = cell;
    struct slice comma = cell;
    struct slice whole = text_split(&decimals, '.');
    if (decimals.bytes == NULL) {
        whole = text_split(&comma, ',');
        decimals = comma;
    }
    uint64_t percent;
    uint64_t rest = 0;
    bool has_decimals = decimals.bytes != NULL;
    if (!text_parse_unsigned(whole, 100, &percent) || decimals.length > 2 ||
        (has_decimals && !text_parse_unsigned(decimals, 99, &rest))) {
        return false;
    }
    uint64_t hundredths = percent * 100 + (decimals.length == 1 ? 10 * rest : rest);
    *ret_hundredths = (int32_t)hundredths;
    return hundredths <= PERCENT_ALL;
}

static bool parse_voters(struct slice cell, int64_t *ret_voters)
{
    return text_parse_integer(cell, 0, (int64_t)UNITS_MAX * VOTERS_MAX, ret_voters);
}

/* Where counts are given, the percentage is theirs. */
static bool read_figures(struct previous_reading *of, const struct csv_row *row,
                         struct previous_figures *figures)
{
    struct slice registered = row->cells[2];
    struct slice voted = row->cells[3];
    struct slice percent = row->cells[4];
    figures->registered = figures->voted = -1;
    if (registered.length == 0 && voted.length == 0) {
        if (!parse_percent(percent, &figures->percent)) {
            fail(of, row->line, "percent", percent,
                 "is not a percentage of at most two decimals; write one such as 63.45, or registered and "
                 "voted");
            return false;
        }
        return true;
    }
    if (!parse_voters(registered, &figures->registered)) {
        fail(of, row->line, "registered", registered, "is not a number of voters; write one such as 912");
        return false;
    }
    if (!parse_voters(voted, &figures->voted) || figures->voted > figures->registered) {
        fail(of, row->line, "voted", voted,
             "is not a number of voters, or more than were registered; write one such as 640");
        return false;
    }
    figures->percent = percent_of(figures->voted, figures->registered);
    return true;
}

static void add_row(void *context, const struct csv_row *row)
{
    struct previous_reading *of = context;
    struct previous_figures figures = {.line = row->line};
    bool is_sound = true;
    if (!slice_copy(row->cells[0], figures.area, sizeof figures.area) ||
        (of->reg != NULL && register_find_area(of->reg, row->cells[0]) == REGISTER_NONE)) {
        fail(of, row->line, "area", row->cells[0],
             "is no area of areas.csv; write the code that it has now, or take the row out");
        is_sound = false;
    }
    if (!parse_time(row->cells[1], &figures.minute)) {
        fail(of, row->line, "time", row->cells[1], "is not a time of the day; write one such as 09:00");
        is_sound = false;
    }
    if (read_figures(of, row, &figures) && is_sound) {
        previous_add(of->previous, &figures);
    }
}

struct previous *previous_file_read(struct folder_reading *reading, const struct election *election,
                                    const struct election_register *reg)
{
    static const struct folder_table table = {PREVIOUS_FILE, "area,time", "registered,voted,percent",
                                              "write it, or take it away: then nothing is compared", add_row};
    struct previous_reading of = {.reading = reading, .reg = reg};
    bool is_announced = election != NULL && election->previous.name[0] != '\0';
    if (!folder_reading_has(reading, PREVIOUS_FILE)) {
        if (is_announced) {
            faults_warn(&reading->faults, PREVIOUS_FILE, 0, "",
                        "is not there, although election.ini has a [previous]; nothing is compared");
        }
        return NULL;
    }
    of.previous = previous_new();
    (void)folder_reading_table(reading, &table, &of);
    const struct previous_figures *twice = previous_sort(of.previous);
    if (twice != NULL) {
        faults_add(&reading->faults, PREVIOUS_FILE, twice->line, "time",
                   "the area has a row of the same time before; take one of the two out");
    }
    if (election != NULL && !is_announced) {
        faults_add(&reading->faults, PREVIOUS_FILE, 0, "",
                   "election.ini does not say of which election; add [previous] with its name and date");
    }
    return of.previous;
}
