/* The feed to the byte: its three kinds of entries in the order of their times, names and reasons as XML takes them,
 * and its bounds. */
#include <turnout/wire/atom_feed.h>

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/base/memory.h>

#include "suite.h"

enum { VN, CENTRAL, COMMUNE, AREA_COUNT };

static const struct election election = {
    .id = "vn-2026", .name = "Bầu cử <2026> & \"hội\"", .date = "2026-03-15", .offset_s = 25200};
static struct area areas[AREA_COUNT] = {
    [VN] = {"VN", "Việt Nam", "Viet Nam", AREA_NATION, REGISTER_NONE, CENTRAL, 1, 1, 2, 150},
    [CENTRAL] = {"15", "<Miền> \x01'Trung'\xef\xbf\xbe\xef\xbf\xbd", "", AREA_PROVINCE, VN, COMMUNE, 1, 1, 2,
                 150},
    [COMMUNE] = {"19753", "Xã", "", AREA_COMMUNE, CENTRAL, 0, 0, 1, 0, 0}};
static const struct election_register reg = {
    .areas = areas, .area_count = AREA_COUNT, .province_count = 1, .unit_count = 2};
static struct area_figures counted[AREA_COUNT];
static struct figures figures;
static struct buffer out;

static void set_up(void)
{
    memset(counted, 0, sizeof counted);
    figures =
        (struct figures){.election = &election, .reg = &reg, .areas = counted, .generated_at = 1773561603};
}

static void tear_down(void)
{
    buffer_done(&out);
}

FIXTURE(set_up, tear_down);

#define HEAD                                                                                                 \
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"             \
    "<id>urn:turnout:vn-2026:feed</id><title>%sBầu cử &lt;2026&gt; &amp; &quot;hội&quot;</title>"      \
    "<subtitle>Unofficial figures: bulletins, corrections, and milestones of the nation and its provinces"   \
    "</subtitle><updated>%s</updated><author><name>Bầu cử &lt;2026&gt; &amp; &quot;hội&quot;</name>"   \
    "</author><link rel=\"self\" type=\"application/atom+xml\" href=\"/v1/feed.atom\"/>"                     \
    "<link rel=\"alternate\" type=\"text/html\" href=\"/\"/>\n"

static void expect(const char *entries, const char *prefix, const char *updated)
{
    struct buffer wanted = {0};
    buffer_printf(&wanted, HEAD "%s</feed>\n", prefix, updated, entries);
    ck_assert_str_eq(out.bytes, wanted.bytes);
    buffer_done(&wanted);
}

TEST(a_feed_with_nothing_to_tell_is_one)
{
    document_feed_atom(&out, &figures, &(struct feed){0});
    expect("", "", "2026-03-15T15:00:03+07:00");
}

TEST(entries_stand_in_the_order_of_their_times)
{
    static const struct bulletin_summary bulletin = {
        .statement = {.number = 3, .label = "11:30 & <so>", .cut = "2026-03-15T11:45:00+07:00"},
        .sha256 = "00ff",
        .nation = {.line = {.registered = 150, .voted = 75}}};
    static const struct bulletin_summary *const bulletins[] = {&bulletin};
    static const struct ledger_entry corrections[] = {
        {.when_ms = 1773561600999, .kind = LEDGER_PHASE, .before = "open", .after = "closed"},
        {.when_ms = 1773561600000,
         .kind = LEDGER_CORRECTION,
         .unit_code = "15.1-001",
         .area_code = "19753",
         .seq = 7,
         .before = "100",
         .after = "90",
         .reason = "mis<count> & \x02"},
        {.when_ms = 1773550000000, .kind = LEDGER_COMMUNE_ADDED, .area_code = "19753"}};
    counted[CENTRAL].milestones[MARK_90] =
        (struct milestone){.told_ms = 1773561600500, .is_reached = true, .as_of = 1773561590};
    counted[VN].milestones[MARK_50] =
        (struct milestone){.told_ms = 1773561600500, .told_number = 1, .as_of = 1773561595};
    counted[COMMUNE].milestones[MARK_50] = (struct milestone){.told_ms = 1773561600500, .is_reached = true};
    document_feed_atom(&out, &figures, &(struct feed){bulletins, 1, corrections, COUNT(corrections)});
    expect("<entry><category term=\"correction\"/><updated>2026-03-15T15:00:00+07:00</updated>"
           "<id>urn:turnout:vn-2026:phase:1773561600999:VN:0</id><title>phase: VN, open → closed</title>"
           "<link rel=\"alternate\" type=\"application/json\" href=\"/v1/corrections\"/></entry>\n"
           "<entry><category term=\"milestone\"/><updated>2026-03-15T15:00:00+07:00</updated>"
           "<id>urn:turnout:vn-2026:milestone:1773561600500-1</id>"
           "<title>Việt Nam: Withdrawn: less than 50 % again</title>"
           "<summary>as of 2026-03-15T14:59:55+07:00</summary>"
           "<link rel=\"alternate\" type=\"application/json\" href=\"/v1/areas/VN\"/></entry>\n"
           "<entry><category term=\"milestone\"/><updated>2026-03-15T15:00:00+07:00</updated>"
           "<id>urn:turnout:vn-2026:milestone:1773561600500-0</id>"
           "<title>&lt;Miền&gt; \xef\xbf\xbd'Trung'\xef\xbf\xbd\xef\xbf\xbd: 90 % have voted</title>"
           "<summary>as of 2026-03-15T14:59:50+07:00</summary>"
           "<link rel=\"alternate\" type=\"application/json\" href=\"/v1/areas/15\"/></entry>\n"
           "<entry><category term=\"correction\"/><updated>2026-03-15T15:00:00+07:00</updated>"
           "<id>urn:turnout:vn-2026:correction:1773561600000:15.1-001:7</id>"
           "<title>correction: 15.1-001, 100 → 90</title>"
           "<summary>mis&lt;count&gt; &amp; \xef\xbf\xbd</summary>"
           "<link rel=\"alternate\" type=\"application/json\" href=\"/v1/corrections\"/></entry>\n"
           "<entry><category term=\"correction\"/><updated>2026-03-15T11:46:40+07:00</updated>"
           "<id>urn:turnout:vn-2026:commune-added:1773550000000:19753:0</id>"
           "<title>commune-added: 19753</title>"
           "<link rel=\"alternate\" type=\"application/json\" href=\"/v1/corrections\"/></entry>\n"
           "<entry><category term=\"bulletin\"/><updated>2026-03-15T11:45:00+07:00</updated>"
           "<id>urn:turnout:vn-2026:bulletin:00ff</id>"
           "<title>Bulletin 3, 11:30 &amp; &lt;so&gt;: 50.00 %, 75 of 150 have voted</title>"
           "<link rel=\"alternate\" type=\"text/plain\" href=\"/v1/bulletins/3/bulletin.txt\"/></entry>\n",
           "", "2026-03-15T15:00:00+07:00");
}

TEST(a_rehearsal_says_so)
{
    figures.test = true;
    counted[VN].milestones[MARK_100] =
        (struct milestone){.told_ms = 1773561600500, .is_reached = true, .as_of = 1773561590};
    document_feed_atom(&out, &figures, &(struct feed){0});
    ck_assert_ptr_nonnull(strstr(out.bytes, "</id><title>Rehearsal. Bầu cử"));
    ck_assert_ptr_nonnull(strstr(out.bytes, "</id><title>Rehearsal. Việt Nam: all have voted"));
}

static size_t count_of(const char *word)
{
    size_t count = 0;
    for (const char *at = out.bytes; (at = strstr(at, word)) != NULL; at++) {
        count++;
    }
    return count;
}

/* None of a kind pushes out another kind; the newest stay. */
TEST(it_is_bounded)
{
    enum { MANY = FEED_ENTRIES_MAX + 50 };
    struct ledger_entry *corrections = memory_new_array(MANY, sizeof *corrections);
    struct bulletin_summary *bulletins = memory_new_array(MANY, sizeof *bulletins);
    const struct bulletin_summary **list = memory_new_array(MANY, sizeof(struct bulletin_summary *));
    for (size_t i = 0; i < MANY; i++) {
        corrections[i] =
            (struct ledger_entry){.when_ms = 1773561600000 - (int64_t)i, .kind = LEDGER_CORRECTION, .seq = 1};
        bulletins[i] = (struct bulletin_summary){
            .statement = {.number = (int64_t)i + 1, .cut = "2026-03-15T11:45:00+07:00"}};
        list[i] = &bulletins[i];
    }
    counted[VN].milestones[MARK_50] = (struct milestone){.told_ms = 1, .is_reached = true};
    document_feed_atom(&out, &figures, &(struct feed){list, MANY, corrections, MANY});
    ck_assert_uint_eq(count_of("<entry>"), 2 * FEED_ENTRIES_MAX + 1);
    ck_assert_uint_eq(count_of("\"milestone\""), 1);
    ck_assert_ptr_nonnull(strstr(out.bytes, "Bulletin 150, "));
    ck_assert_ptr_null(strstr(out.bytes, "Bulletin 50, "));
    ck_assert_ptr_nonnull(strstr(out.bytes, ":1773561600000:"));
    free(list);
    free(bulletins);
    free(corrections);
}

SUITE("atom_feed");
