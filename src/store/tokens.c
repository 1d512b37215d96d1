/* Reads tokens.csv. Half a file must never make a token good that the whole one revokes: a line counts only when it is
 * ended, and a cell that is cut off is faulty or leaves its line without an end. */
#include <turnout/store/tokens.h>

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/base/private_file.h>
#include <turnout/base/rfc3339.h>
#include <turnout/wire/csv.h>

enum column {
    COLUMN_ID,
    COLUMN_LABEL,
    COLUMN_ROLE,
    COLUMN_AREA,
    COLUMN_MADE,
    COLUMN_EXPIRES,
    COLUMN_REVOKED
};

static const char *const columns[] = {"id", "label", "role", "area", "made", "expires", "revoked"};

enum { COLUMN_COUNT = sizeof columns / sizeof columns[0], ROWS_AT_FIRST = 16 };

struct tokens {
    _Atomic uint32_t references;
    struct known_token *rows; /* in the order of the file */
    size_t count;
    uint32_t *by_id; /* places in `rows`, in the order of their ids; NULL when there are none */
};

/* A file being read. */
struct reading {
    struct faults faults;
    size_t place_of[COLUMN_COUNT]; /* of each column among the cells of a row */
    struct tokens *tokens;
    uint32_t *lines; /* of each row */
    size_t capacity;
};

bool token_label_is_good(struct slice text)
{
    return text.length > 0 && text.length <= TOKEN_LABEL_BYTES_MAX && text_is_showable(text) &&
           slice_trim(text).length == text.length;
}

/* ---- looking up ---- */

size_t tokens_count(const struct tokens *tokens)
{
    return tokens->count;
}

const struct known_token *tokens_at(const struct tokens *tokens, size_t place)
{
    assert(place < tokens->count);
    return &tokens->rows[place];
}

const struct known_token *tokens_find(const struct tokens *tokens, const char *id)
{
    size_t low = 0;
    size_t high = tokens->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct known_token *row = &tokens->rows[tokens->by_id[middle]];
        int order = strcmp(id, row->id);
        if (order == 0) {
            return row;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

bool tokens_allow(const struct tokens *tokens, const char *id, const char **ret_why)
{
    const struct known_token *known = tokens_find(tokens, id);
    if (known == NULL) {
        *ret_why = "the server does not know the token: " TOKENS_FILE " has no such id";
    } else if (known->revoked != 0) {
        *ret_why = "the token has been revoked";
    } else {
        return true;
    }
    return false;
}

/* ---- life ---- */

static struct tokens *tokens_new(void)
{
    struct tokens *tokens = memory_new(sizeof *tokens);
    atomic_init(&tokens->references, 1);
    return tokens;
}

void tokens_acquire(struct tokens *tokens)
{
    atomic_fetch_add_explicit(&tokens->references, 1, memory_order_relaxed);
}

void tokens_release(struct tokens *tokens)
{
    if (tokens == NULL || atomic_fetch_sub_explicit(&tokens->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    free(tokens->rows);
    free(tokens->by_id);
    free(tokens);
}

/* ---- rows ---- */

static void fault_in_cell(struct reading *reading, uint32_t line, enum column column, struct slice cell,
                          const char *what)
{
    char shown[TEXT_SHOWN_BYTES];
    faults_add(&reading->faults, TOKENS_FILE, line, columns[column], "\"%s\" %s", text_show(cell, shown),
               what);
}

/* 0 after a fault. */
static int64_t read_moment(struct reading *reading, const struct csv_row *row, enum column column)
{
    struct slice cell = row->cells[reading->place_of[column]];
    int64_t moment;
    if (rfc3339_parse(cell, &moment, NULL) && moment > 0) {
        return moment;
    }
    fault_in_cell(reading, row->line, column, cell,
                  "is not a time; write one such as 2026-03-15T07:00:00+07:00");
    return 0;
}

static void add_row(struct reading *reading, const struct known_token *known, uint32_t line)
{
    struct tokens *tokens = reading->tokens;
    if (tokens->count == TOKENS_MAX) {
        faults_add(&reading->faults, TOKENS_FILE, line, "",
                   "more than %d tokens; take out those that have expired", TOKENS_MAX);
        return;
    }
    if (tokens->count == reading->capacity) {
        reading->capacity = reading->capacity == 0 ? ROWS_AT_FIRST : 2 * reading->capacity;
        tokens->rows = memory_resize(tokens->rows, reading->capacity, sizeof *tokens->rows);
        reading->lines = memory_resize(reading->lines, reading->capacity, sizeof *reading->lines);
    }
    reading->lines[tokens->count] = line;
    tokens->rows[tokens->count++] = *known;
}

/* A row with a faulty cell goes on to its end: the rest of it may be faulty, too. */
static void read_row(struct reading *reading, const struct csv_row *row)
{
    struct known_token known = {0};
    uint64_t faults_before = reading->faults.count;
    struct slice cells[COLUMN_COUNT];
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        cells[column] = row->cells[reading->place_of[column]];
    }
    if (!token_id_is_good(cells[COLUMN_ID]) || !slice_copy(cells[COLUMN_ID], known.id, sizeof known.id)) {
        fault_in_cell(reading, row->line, COLUMN_ID, cells[COLUMN_ID],
                      "is not the id of a token: eight of 0-9 and A-Z without I, L, O and U");
    }
    if (!token_label_is_good(cells[COLUMN_LABEL]) ||
        !slice_copy(cells[COLUMN_LABEL], known.label, sizeof known.label)) {
        fault_in_cell(
            reading, row->line, COLUMN_LABEL, cells[COLUMN_LABEL],
            "is not a label; write one line of 1 to 96 bytes without control characters, marks that turn "
            "the direction, and blanks at its ends");
    }
    if (!token_role_parse(cells[COLUMN_ROLE], &known.role)) {
        fault_in_cell(reading, row->line, COLUMN_ROLE, cells[COLUMN_ROLE],
                      "is not a role; write relay, view, decide or admin");
    }
    if (!text_is_code(cells[COLUMN_AREA]) || !slice_copy(cells[COLUMN_AREA], known.area, sizeof known.area)) {
        fault_in_cell(reading, row->line, COLUMN_AREA, cells[COLUMN_AREA], "is not the code of an area");
    }
    known.made = read_moment(reading, row, COLUMN_MADE);
    known.expires = read_moment(reading, row, COLUMN_EXPIRES);
    if (cells[COLUMN_REVOKED].length > 0) {
        known.revoked = read_moment(reading, row, COLUMN_REVOKED);
    }
    if (reading->faults.count == faults_before) {
        add_row(reading, &known, row->line);
    }
}

/* ---- the file ---- */

static bool read_header(struct reading *reading, const struct csv_row *row)
{
    bool is_there[COLUMN_COUNT] = {false};
    uint64_t faults_before = reading->faults.count;
    for (uint32_t i = 0; i < row->cell_count; i++) {
        size_t column;
        char shown[TEXT_SHOWN_BYTES];
        if (!text_find(row->cells[i], columns, COLUMN_COUNT, &column)) {
            faults_add(&reading->faults, TOKENS_FILE, row->line, "", "there is no column \"%s\"; take it out",
                       text_show(row->cells[i], shown));
        } else if (is_there[column]) {
            faults_add(&reading->faults, TOKENS_FILE, row->line, columns[column],
                       "the column stands there twice; leave one");
        } else {
            is_there[column] = true;
            reading->place_of[column] = i;
        }
    }
    for (size_t column = 0; column < COLUMN_COUNT; column++) {
        if (!is_there[column]) {
            faults_add(
                &reading->faults, TOKENS_FILE, row->line, columns[column],
                "the column is missing; the first line names all of id, label, role, area, made, expires, "
                "revoked");
        }
    }
    return reading->faults.count == faults_before;
}

static void read_rows(struct reading *reading, struct csv_reader *csv)
{
    for (bool has_header = false;;) {
        struct csv_row row;
        struct error error;
        switch (csv_reader_next(csv, &row, &error)) {
        case CSV_END:
            if (!has_header) {
                faults_add(&reading->faults, TOKENS_FILE, 1, "",
                           "the first line, with the columns, is missing");
            }
            return;
        case CSV_BAD:
            faults_add(&reading->faults, TOKENS_FILE, row.line, "", "%s", error.text);
            if (!has_header) {
                return;
            }
            break;
        case CSV_ROW:
            if (!has_header) {
                has_header = true;
                if (!read_header(reading, &row)) {
                    return;
                }
            } else if (row.cell_count == COLUMN_COUNT) {
                read_row(reading, &row);
            } else {
                faults_add(&reading->faults, TOKENS_FILE, row.line, "", "%" PRIu32 " cells instead of %d",
                           row.cell_count, (int)COLUMN_COUNT);
            }
            break;
        }
    }
}

/* ---- what must be there once ---- */

static int by_id(const void *a, const void *b, void *context)
{
    const struct tokens *tokens = context;
    uint32_t at = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;
    int order = strcmp(tokens->rows[at].id, tokens->rows[other].id);
    return order != 0 ? order : (at > other) - (at < other);
}

/* Those that are not revoked first: only their labels must differ. */
static int by_label(const void *a, const void *b, void *context)
{
    const struct tokens *tokens = context;
    uint32_t at = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;
    int order = (tokens->rows[at].revoked != 0) - (tokens->rows[other].revoked != 0);
    order = order != 0 ? order : strcmp(tokens->rows[at].label, tokens->rows[other].label);
    return order != 0 ? order : (at > other) - (at < other);
}

static uint32_t *sort_rows(struct tokens *tokens, int (*compare)(const void *, const void *, void *))
{
    uint32_t *order = memory_new_array(tokens->count + 1, sizeof *order);
    for (uint32_t i = 0; i < tokens->count; i++) {
        order[i] = i;
    }
    qsort_r(order, tokens->count, sizeof *order, compare, tokens);
    return order;
}

static void check_once(struct reading *reading)
{
    struct tokens *tokens = reading->tokens;
    tokens->by_id = sort_rows(tokens, by_id);
    uint32_t *labels = sort_rows(tokens, by_label);
    for (size_t i = 1; i < tokens->count; i++) {
        uint32_t first = tokens->by_id[i - 1];
        uint32_t second = tokens->by_id[i];
        if (strcmp(tokens->rows[first].id, tokens->rows[second].id) == 0) {
            faults_add(&reading->faults, TOKENS_FILE, reading->lines[second], "id",
                       "%s stands in line %" PRIu32 " already", tokens->rows[second].id,
                       reading->lines[first]);
        }
        first = labels[i - 1];
        second = labels[i];
        if (tokens->rows[second].revoked == 0 &&
            strcmp(tokens->rows[first].label, tokens->rows[second].label) == 0) {
            faults_add(&reading->faults, TOKENS_FILE, reading->lines[second], "label",
                       "\"%s\" names the token of line %" PRIu32 " already, which is not revoked",
                       tokens->rows[second].label, reading->lines[first]);
        }
    }
    free(labels);
}

enum turnout_error tokens_parse(char *bytes, size_t length, fault_fn *on_fault, void *context,
                                struct tokens **ret_tokens, struct error *error)
{
    struct reading reading = {.faults = {.on_fault = on_fault, .context = context}, .tokens = tokens_new()};
    bool is_ended = length > 0 && bytes[length - 1] == '\n';
    struct csv_reader csv;
    csv_reader_init(&csv, bytes, length);
    read_rows(&reading, &csv);
    if (length > 0 && !is_ended) {
        faults_add(&reading.faults, TOKENS_FILE, csv.next_line, "",
                   "the last line is not ended: is it whole?");
    }
    check_once(&reading);
    free(reading.lines);
    if (reading.faults.count > 0) {
        tokens_release(reading.tokens);
        return error_fail(error, TURNOUT_BAD_INPUT, "data", TOKENS_FILE ": %" PRIu64 " fault%s",
                          reading.faults.count, reading.faults.count == 1 ? "" : "s");
    }
    *ret_tokens = reading.tokens;
    return TURNOUT_OK;
}

/* A data folder without the file has no tokens yet; one that is not there is told. */
enum turnout_error tokens_read(const char *data, fault_fn *on_fault, void *context,
                               struct tokens **ret_tokens, struct error *error)
{
    struct private_folder folder;
    char *bytes = NULL;
    size_t length = 0;
    enum turnout_error failed = private_folder_open(data, PRIVATE_FOLDER_FOUND, "data", &folder, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = private_file_read(&folder, TOKENS_FILE, TOKENS_FILE_BYTES_MAX, &bytes, &length, error);
    private_folder_close(&folder);
    if (failed == TURNOUT_NOT_FOUND) {
        *ret_tokens = tokens_new();
        return TURNOUT_OK;
    }
    if (failed == TURNOUT_OK) {
        failed = tokens_parse(bytes, length, on_fault, context, ret_tokens, error);
        free(bytes);
    }
    return failed;
}
