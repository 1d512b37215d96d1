/* Collects entries of three kinds and sorts them by time. */
#include <turnout/wire/atom_feed.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>
#include <turnout/base/rfc3339.h>
#include <turnout/election/percent.h>
#include <turnout/wire/xml_text.h>

enum entry_kind { ENTRY_BULLETIN, ENTRY_CORRECTION, ENTRY_MILESTONE };

struct entry {
    int64_t when_ms;
    enum entry_kind kind;
    size_t place;  /* index in the feed's list; for a milestone its number within its millisecond */
    uint32_t area; /* for a milestone, as is the next */
    enum mark mark;
};

struct feed_writer {
    struct buffer *out;
    const struct figures *figures;
    const struct feed *feed;
};

static int compare_numbers(int64_t one, int64_t other)
{
    return one == other ? 0 : one < other ? -1 : 1;
}

/* Newest first. */
static int compare_entries(const void *one, const void *other)
{
    const struct entry *a = one;
    const struct entry *b = other;
    int order = compare_numbers(b->when_ms, a->when_ms);
    if (order == 0) {
        order = compare_numbers(a->kind, b->kind);
    }
    return order != 0 ? order : compare_numbers((int64_t)b->place, (int64_t)a->place);
}

/* ---- collecting ---- */

static size_t add_bulletins(const struct feed *feed, struct entry *entries)
{
    size_t count = 0;
    for (size_t i = feed->bulletin_count; i > 0 && count < FEED_ENTRIES_MAX; i--) {
        int64_t cut;
        if (rfc3339_parse(slice_of(feed->bulletins[i - 1]->statement.cut), &cut, NULL)) {
            entries[count++] = (struct entry){cut * 1000, ENTRY_BULLETIN, i - 1, 0, 0};
        }
    }
    return count;
}

static size_t add_corrections(const struct feed *feed, struct entry *entries)
{
    size_t count = 0;
    for (size_t i = 0; i < feed->correction_count && count < FEED_ENTRIES_MAX; i++) {
        entries[count++] = (struct entry){feed->corrections[i].when_ms, ENTRY_CORRECTION, i, 0, 0};
    }
    return count;
}

static size_t add_milestones(const struct figures *figures, struct entry *entries)
{
    uint32_t areas = figures->reg->province_count + 1;
    struct entry *all = memory_new_array((size_t)areas * MARK_COUNT, sizeof *all);
    size_t count = 0;
    for (uint32_t area = 0; area < areas; area++) {
        for (int mark = 0; mark < MARK_COUNT; mark++) {
            const struct milestone *milestone = &figures->areas[area].milestones[mark];
            if (milestone->told_ms != 0) {
                all[count++] = (struct entry){milestone->told_ms, ENTRY_MILESTONE, milestone->told_number,
                                              area, (enum mark)mark};
            }
        }
    }
    qsort(all, count, sizeof *all, compare_entries);
    count = count < FEED_ENTRIES_MAX ? count : FEED_ENTRIES_MAX;
    memcpy(entries, all, count * sizeof *all);
    free(all);
    return count;
}

/* ---- writing ---- */

static void put_element(struct feed_writer *writer, const char *name, const char *text)
{
    buffer_printf(writer->out, "<%s>", name);
    xml_put_text(writer->out, text);
    buffer_printf(writer->out, "</%s>", name);
}

static void put_updated(struct feed_writer *writer, int64_t moment)
{
    char text[RFC3339_BYTES];
    rfc3339_format(moment, writer->figures->election->offset_s, text);
    put_element(writer, "updated", text);
}

/* Ids and codes need no escaping. */
static void open_entry(struct feed_writer *writer, const struct entry *entry, const char *category)
{
    buffer_printf(writer->out, "<entry><category term=\"%s\"/>", category);
    put_updated(writer, entry->when_ms / 1000);
    buffer_printf(writer->out, "<id>urn:turnout:%s:", writer->figures->election->id);
}

static void open_title(struct feed_writer *writer, bool is_rehearsal)
{
    buffer_append_text(writer->out, "</id><title>");
    if (is_rehearsal) {
        buffer_append_text(writer->out, "Rehearsal. ");
    }
}

static void end_entry(struct feed_writer *writer, const char *type, const char *path, const char *name,
                      const char *rest)
{
    buffer_printf(writer->out, "<link rel=\"alternate\" type=\"%s\" href=\"%s%s%s\"/></entry>\n", type, path,
                  name, rest);
}

static void put_bulletin(struct feed_writer *writer, const struct entry *entry)
{
    const struct bulletin_summary *bulletin = writer->feed->bulletins[entry->place];
    const struct bulletin_line *nation = &bulletin->nation.line;
    char percent[PERCENT_TEXT_BYTES];
    char number[DECIMAL_BYTES_MAX + 1];
    *text_put_integer(number, bulletin->statement.number) = '\0';
    percent_format(percent_of(nation->voted, nation->registered), percent);
    open_entry(writer, entry, "bulletin");
    buffer_printf(writer->out, "bulletin:%s", bulletin->sha256);
    open_title(writer, bulletin->statement.is_rehearsal);
    buffer_printf(writer->out, "Bulletin %s, ", number);
    xml_put_text(writer->out, bulletin->statement.label);
    buffer_printf(writer->out, ": %s%s%" PRId64 " of %" PRId64 " have voted</title>", percent,
                  percent[0] == '\0' ? "" : " %, ", nation->voted, nation->registered);
    end_entry(writer, "text/plain", "/v1/bulletins/", number, "/bulletin.txt");
}

static void put_correction(struct feed_writer *writer, const struct entry *entry)
{
    const struct ledger_entry *correction = &writer->feed->corrections[entry->place];
    const char *kind = ledger_kind_name(correction->kind);
    const char *about = correction->unit_code[0] != '\0' ? correction->unit_code
                        : correction->area_code[0] != '\0'
                            ? correction->area_code
                            : writer->figures->reg->areas[REGISTER_NATION].code;
    open_entry(writer, entry, "correction");
    buffer_printf(writer->out, "%s:%" PRId64 ":%s:%" PRId32, kind, correction->when_ms, about,
                  correction->seq);
    open_title(writer, writer->figures->test);
    buffer_printf(writer->out, "%s: %s", kind, about);
    if (correction->before[0] != '\0' || correction->after[0] != '\0') {
        buffer_append_text(writer->out, ", ");
        xml_put_text(writer->out, correction->before[0] == '\0' ? "nothing" : correction->before);
        buffer_append_text(writer->out, " → ");
        xml_put_text(writer->out, correction->after[0] == '\0' ? "nothing" : correction->after);
    }
    buffer_append_text(writer->out, "</title>");
    if (correction->reason[0] != '\0') {
        put_element(writer, "summary", correction->reason);
    }
    end_entry(writer, "application/json", "/v1/corrections", "", "");
}

static void put_milestone(struct feed_writer *writer, const struct entry *entry)
{
    static const char *const reached[MARK_COUNT] = {[MARK_FIRST_REPORT] = "the first report",
                                                    [MARK_50] = "50 % have voted",
                                                    [MARK_90] = "90 % have voted",
                                                    [MARK_100] = "all have voted"};
    static const char *const withdrawn[MARK_COUNT] = {[MARK_FIRST_REPORT] = "no report counts any more",
                                                      [MARK_50] = "less than 50 % again",
                                                      [MARK_90] = "less than 90 % again",
                                                      [MARK_100] = "not all any more"};
    const struct area *area = &writer->figures->reg->areas[entry->area];
    const struct milestone *milestone = &writer->figures->areas[entry->area].milestones[entry->mark];
    char as_of[RFC3339_BYTES];
    rfc3339_format(milestone->as_of, writer->figures->election->offset_s, as_of);
    open_entry(writer, entry, "milestone");
    buffer_printf(writer->out, "milestone:%" PRId64 "-%" PRIu32, milestone->told_ms, milestone->told_number);
    open_title(writer, writer->figures->test);
    xml_put_text(writer->out, area->name);
    buffer_printf(writer->out, ": %s%s</title>", milestone->is_reached ? "" : "Withdrawn: ",
                  (milestone->is_reached ? reached : withdrawn)[entry->mark]);
    buffer_printf(writer->out, "<summary>as of %s</summary>", as_of);
    end_entry(writer, "application/json", "/v1/areas/", area->code, "");
}

static void put_head(struct feed_writer *writer, int64_t updated)
{
    const struct election *election = writer->figures->election;
    buffer_append_text(writer->out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                                    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
    buffer_printf(writer->out, "<id>urn:turnout:%s:feed</id><title>", election->id);
    if (writer->figures->test) {
        buffer_append_text(writer->out, "Rehearsal. ");
    }
    xml_put_text(writer->out, election->name);
    buffer_append_text(writer->out,
                       "</title><subtitle>Unofficial figures: bulletins, corrections, and milestones of the "
                       "nation and its provinces</subtitle>");
    put_updated(writer, updated);
    buffer_append_text(writer->out, "<author>");
    put_element(writer, "name", election->name);
    buffer_append_text(writer->out,
                       "</author><link rel=\"self\" type=\"application/atom+xml\" href=\"/v1/feed.atom\"/>"
                       "<link rel=\"alternate\" type=\"text/html\" href=\"/\"/>\n");
}

void document_feed_atom(struct buffer *out, const struct figures *figures, const struct feed *feed)
{
    static void (*const put[])(struct feed_writer *, const struct entry *) = {
        [ENTRY_BULLETIN] = put_bulletin,
        [ENTRY_CORRECTION] = put_correction,
        [ENTRY_MILESTONE] = put_milestone,
    };
    struct feed_writer writer = {out, figures, feed};
    struct entry entries[3 * FEED_ENTRIES_MAX];
    size_t count = add_bulletins(feed, entries);
    count += add_corrections(feed, entries + count);
    count += add_milestones(figures, entries + count);
    qsort(entries, count, sizeof entries[0], compare_entries);
    put_head(&writer, count > 0 ? entries[0].when_ms / 1000 : figures->generated_at);
    for (size_t i = 0; i < count; i++) {
        put[entries[i].kind](&writer, &entries[i]);
    }
    buffer_append_text(out, "</feed>\n");
}
