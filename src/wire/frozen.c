/* Figures as words: a head, then one line a commune. The province's own figures are the sum of its communes. */
#include <turnout/wire/frozen.h>

static const char frozen_title[] = "turnout-frozen-1";

/* ---- writing ---- */

/* Up to the last that is not 0, separated by commas. */
static void put_rounds(struct buffer *out, const int64_t rounds[ROUNDS_MAX])
{
    int count = ROUNDS_MAX;
    while (count > 1 && rounds[count - 1] == 0) {
        count--;
    }
    for (int i = 0; i < count; i++) {
        buffer_append_char(out, i == 0 ? ' ' : ',');
        buffer_append_integer(out, rounds[i]);
    }
}

static void put_commune(struct buffer *out, const char *code, const struct area_figures *figures)
{
    const struct totals *totals = &figures->totals;
    const int64_t counts[] = {totals->registered,  totals->voted,          totals->units_reported,
                              totals->units_final, totals->units_complete, totals->registered_reported,
                              totals->held,        totals->revision,       totals->as_of};
    buffer_append_text(out, code);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        buffer_append_char(out, ' ');
        buffer_append_integer(out, counts[i]);
    }
    put_rounds(out, totals->rounds);
    put_rounds(out, totals->late);
    put_rounds(out, figures->excused.no_signal);
    buffer_append_char(out, ' ');
    buffer_append_integer(out, figures->excused.not_expected);
    buffer_append_char(out, '\n');
}

void frozen_write(struct buffer *out, const struct election_register *reg, uint32_t province,
                  const struct area_figures *areas, const struct frozen_head *head)
{
    const struct area *area = &reg->areas[province];
    const struct area_figures *shown = &areas[province];
    buffer_printf(out, "%s %lld %s %s %s %s\n", frozen_title, (long long)head->generated_at,
                  head->is_rehearsal ? "rehearsal" : "unofficial", shown->verified ? "verified" : "-",
                  shown->withheld ? "withheld" : "-", shown->ledger_id[0] == '\0' ? "-" : shown->ledger_id);
    for (uint32_t i = 0; i < area->children; i++) {
        uint32_t commune = area->first_child + i;
        put_commune(out, reg->areas[commune].code, &areas[commune]);
    }
}

/* ---- reading ---- */

static bool read_head(struct slice line, struct frozen_head *head, struct area_figures *province)
{
    *province = (struct area_figures){.verified = false};
    if (!slice_equals(text_split(&line, ' '), frozen_title) ||
        !text_parse_integer(text_split(&line, ' '), 0, INT64_MAX, &head->generated_at)) {
        return false;
    }
    head->is_rehearsal = slice_equals(text_split(&line, ' '), "rehearsal");
    province->verified = slice_equals(text_split(&line, ' '), "verified");
    province->withheld = slice_equals(text_split(&line, ' '), "withheld");
    return slice_equals(line, "-") || slice_copy(line, province->ledger_id, sizeof province->ledger_id);
}

static bool read_rounds(struct slice text, int64_t ret_rounds[ROUNDS_MAX])
{
    for (int i = 0; i < ROUNDS_MAX && text.length > 0; i++) {
        if (!text_parse_integer(text_split(&text, ','), 0, UNITS_MAX, &ret_rounds[i])) {
            return false;
        }
    }
    return text.length == 0;
}

static bool read_counts(struct slice line, struct totals *totals, struct excused *excused)
{
    int64_t *const counts[] = {&totals->registered,  &totals->voted,          &totals->units_reported,
                               &totals->units_final, &totals->units_complete, &totals->registered_reported,
                               &totals->held,        &totals->revision,       &totals->as_of};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (!text_parse_integer(text_split(&line, ' '), 0, INT64_MAX / 20000, counts[i])) {
            return false;
        }
    }
    return read_rounds(text_split(&line, ' '), totals->rounds) &&
           read_rounds(text_split(&line, ' '), totals->late) &&
           read_rounds(text_split(&line, ' '), excused->no_signal) &&
           text_parse_integer(line, 0, UNITS_MAX, &excused->not_expected) &&
           totals->voted <= totals->registered_reported && totals->registered_reported <= totals->registered;
}

static bool read_commune(struct slice line, const struct election_register *reg, uint32_t province,
                         struct area_figures *areas)
{
    uint32_t commune = register_find_area(reg, text_split(&line, ' '));
    struct totals totals = {.voted = 0};
    struct excused excused = {.not_expected = 0};
    if (!read_counts(line, &totals, &excused)) {
        return false;
    }
    struct area_figures *sum = &areas[province];
    totals_add(&sum->totals, &totals);
    excused_add(&sum->excused, &excused);
    sum->communes_complete += figures_are_complete(&totals) ? 1 : 0;
    if (commune != REGISTER_NONE && reg->areas[commune].parent == province) {
        areas[commune] = (struct area_figures){.totals = totals,
                                               .excused = excused,
                                               .communes_complete = figures_are_complete(&totals) ? 1 : 0,
                                               .verified = sum->verified,
                                               .withheld = sum->withheld};
    }
    return true;
}

bool frozen_read(struct slice text, const struct election_register *reg, uint32_t province,
                 struct area_figures *areas, struct frozen_head *ret_head)
{
    const struct area *area = &reg->areas[province];
    struct slice rest = text;
    struct frozen_head head;
    if (!read_head(text_split(&rest, '\n'), &head, &areas[province])) {
        return false;
    }
    for (uint32_t i = 0; i < area->children; i++) {
        areas[area->first_child + i] = (struct area_figures){.verified = true, .withheld = true};
    }
    while (rest.length > 0) {
        if (!read_commune(text_split(&rest, '\n'), reg, province, areas)) {
            return false;
        }
    }
    *ret_head = head;
    return true;
}
